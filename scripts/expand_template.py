"""Expand the SAM template to plain CloudFormation without calling AWS.

The scanners and the tests look at the expanded template too, because it is what gets deployed.

Usage: ``expand_template.py [TEMPLATE]`` prints JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from boto3 import Session
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

type Template = dict[str, Any]

ROOT = Path(__file__).parent.parent
# `sam build` and `sam package` put addresses in S3 here; any will do where nothing is deployed.
_CODE_ADDRESS = "s3://placeholder/code"
_LOCAL_PATHS = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


def load(path: Path = ROOT / "template.yaml") -> Template:
    """Read a template with CloudFormation's short tags (``!Ref``) in their long form."""
    text = path.read_text(encoding="utf-8")
    return dict(yaml_parse(text))  # type: ignore[no-untyped-call] # samtranslator's is not typed


def expand(template: Template) -> Template:
    """Return the plain CloudFormation template that AWS makes of a SAM template."""
    packaged = json.loads(json.dumps(template))
    for resource in packaged["Resources"].values():
        if path_property := _LOCAL_PATHS.get(resource["Type"]):
            resource["Properties"][path_property] = _CODE_ADDRESS
    # The template names no managed policy, so none has to be looked up in IAM.
    translator = Translator({}, Parser(), boto_session=Session(region_name="us-east-1"))
    expanded = dict(translator.translate(packaged, {}))
    _keep_remarks_about_stages(template, expanded)
    return expanded


def _keep_remarks_about_stages(template: Template, expanded: Template) -> None:
    """Hand on what is remarked about an API to its stage, where the scanners look for it.

    SAM makes several resources of an API, and hands its Metadata on to the first only.
    """
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Api" and "Metadata" in resource:
            stage = f"{name}{resource['Properties']['StageName']}Stage"
            expanded["Resources"][stage]["Metadata"] = resource["Metadata"]


def main() -> None:
    """Print the expansion of the template named on the command line."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "template.yaml"
    json.dump(expand(load(path)), sys.stdout, indent=2)


if __name__ == "__main__":
    main()
