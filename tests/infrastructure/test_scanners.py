"""Scanners on the template as written and as expanded.

``cfn-lint`` and ``checkov`` do not see a dependency cycle, so that check is our own.
"""

from __future__ import annotations

import copy
import graphlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.expand_template import ROOT
from tests.infrastructure.templates import Template, dependencies, resources

type Report = dict[str, list[dict[str, Any]]]

pytestmark = pytest.mark.xdist_group("scanners")


@pytest.fixture(scope="session")
def expanded_file(expanded: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("expanded") / "template.json"
    path.write_text(json.dumps(expanded, indent=2), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def checkov(expanded_file: Path) -> dict[str, Report]:
    """What checkov says of both templates, by the file's name: one run, because it is slow."""
    finished = subprocess.run(  # noqa: S603
        [
            *(str(ROOT / ".venv-checkov/bin/checkov"), "--framework", "cloudformation"),
            *("--file", str(ROOT / "template.yaml"), str(expanded_file)),
            # Without it, it asks a server for its texts.
            *("--skip-download", "--output", "json"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    results = json.loads(finished.stdout)["results"]
    return {
        name: {
            outcome: [check for check in results[outcome] if check["file_path"].endswith(name)]
            for outcome in ("passed_checks", "failed_checks", "skipped_checks")
        }
        for name in ("template.yaml", "template.json")
    }


BOTH = pytest.mark.parametrize("name", ["template.yaml", "template.json"])


@BOTH
def test_checkov_finds_nothing(checkov: dict[str, Report], name: str) -> None:
    failed = [(check["check_id"], check["resource"]) for check in checkov[name]["failed_checks"]]

    assert failed == []
    assert len(checkov[name]["passed_checks"]) > 80


@BOTH
def test_every_check_that_is_skipped_has_its_reason(checkov: dict[str, Report], name: str) -> None:
    skipped = checkov[name]["skipped_checks"]
    reasons = {check["check_result"].get("suppress_comment", "") for check in skipped}

    assert skipped
    assert all(len(reason) > 30 for reason in reasons)


def test_no_skip_is_left_over(checkov: dict[str, Report], template: Template) -> None:
    written = {
        (f"{resource['Type']}.{name}", skip["id"])
        for name, resource in template["Resources"].items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }
    used = {
        (check["resource"], check["check_id"])
        for check in checkov["template.yaml"]["skipped_checks"]
    }

    assert written == used


def test_cfn_lint_accepts_both_templates(expanded_file: Path) -> None:
    finished = subprocess.run(  # noqa: S603
        [
            *(str(Path(sys.executable).with_name("cfn-lint")), "--"),
            *(str(ROOT / "template.yaml"), str(expanded_file)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.stdout == ""
    assert finished.returncode == 0


def test_the_resources_do_not_wait_for_each_other_in_a_circle(expanded: Template) -> None:
    order = list(graphlib.TopologicalSorter(dependencies(expanded)).static_order())

    assert set(order) == set(expanded["Resources"])


def test_a_circle_would_be_noticed(expanded: Template) -> None:
    circular = copy.deepcopy(expanded)
    policy = circular["Resources"]["ScanFleetRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"][0]["Resource"] = {"Ref": "ScanFleet"}

    with pytest.raises(graphlib.CycleError):
        list(graphlib.TopologicalSorter(dependencies(circular)).static_order())


def test_the_expanded_template_has_a_function_for_each_written_one(
    template: Template, expanded: Template
) -> None:
    written = resources(template, "AWS::Serverless::Function")

    assert set(resources(expanded, "AWS::Lambda::Function")) == set(written)
