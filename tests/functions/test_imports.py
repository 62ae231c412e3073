"""What functions leave unimported, because each of it takes its time whenever one starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {"approve", "authorize", "cleanup", "mute"}
# What machines call and wait for.
WEBHOOKS = {"slack_interactions", "zoom_webhook"}
TASKS = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")} - PAGES - WEBHOOKS
# The libraries that are in the layer, or near at hand, and take long.
FOR_NO_FUNCTION = {"boto3", "requests", "simple_salesforce"}


@pytest.mark.parametrize(
    ("functions", "unimported"),
    [
        (TASKS, FOR_NO_FUNCTION | {"jinja2"}),
        (PAGES, FOR_NO_FUNCTION | {"pydantic"}),
        (WEBHOOKS, FOR_NO_FUNCTION | {"jinja2", "pydantic"}),
    ],
    ids=["tasks", "pages", "webhooks"],
)
def test_functions_start_without_what_they_do_not_need(
    functions: set[str], unimported: set[str]
) -> None:
    imports = "; ".join(f"import functions.{name}.app" for name in sorted(functions))

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"{imports}; import sys; print({unimported!r} & {{*sys.modules}})"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'core'}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("set()\n", "")
