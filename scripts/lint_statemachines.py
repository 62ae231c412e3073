"""Check every state machine: two linters from outside, and the rules of this repository.

``sam validate`` and cfn-lint never open a ``DefinitionUri``, so nothing else looks in here.

Usage: ``python -m scripts.lint_statemachines``
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from statelint.config import Config
from statelint.linter import Linter

from scripts.statemachine_data_rules import DATA_RULES
from scripts.statemachine_rules import FLOW_RULES
from scripts.statemachines import ROOT, Definition, load, paths

ASL_VALIDATOR: Final = ROOT / "tools/asl/node_modules/asl-validator/dist/bin/asl-validator.js"
# statelint 3.1.0 knows the reader's formats of the language, not those of the S3 reader, which
# demands an InputType; and it does not know that JSONata may compute the seconds of a wait. Source:
# Step Functions guide, "Transforming data with JSONata".
_STATELINT_FALSE_ALARMS: Final = re.compile(
    r'"InputType" not allowed|Seconds is "\{%.*%\}" but should be an Integer'
)


def own_problems(definition: Definition) -> list[str]:
    """What the rules of this repository find."""
    return [problem for rule in (*FLOW_RULES, *DATA_RULES) for problem in rule(definition)]


def statelint_problems(definition: Definition) -> list[str]:
    """What statelint finds, without its known false alarms."""
    found = [str(problem) for problem in Linter.validate(definition, Config())]
    return [problem for problem in found if not _STATELINT_FALSE_ALARMS.search(problem)]


def asl_validator_problems(path: Path) -> list[str]:
    """What asl-validator finds."""
    finished = subprocess.run(  # noqa: S603 - a fixed command on a file of ours
        ["node", str(ASL_VALIDATOR), "--json-path", str(path)],  # noqa: S607 - node is on the path
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if finished.returncode == 0 else [finished.stdout + finished.stderr]


def main() -> int:
    """Print every problem of every definition."""
    problems = [
        f"{path.relative_to(ROOT)}: {problem}"
        for path in paths()
        for problem in [
            *asl_validator_problems(path),
            *statelint_problems(load(path)),
            *own_problems(load(path)),
        ]
    ]
    print("\n".join(problems) or f"{len(paths())} state machine(s): no problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
