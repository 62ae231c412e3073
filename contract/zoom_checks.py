"""Checks the Zoom simulator with clients that nobody here wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from contract import zoom_setting
from contract.report import Report
from contract.zoom_passport import PassportChecks
from contract.zoom_python import PythonChecks
from contract.zoom_rivet import RivetChecks
from contract.zoom_setting import ZoomSetting

CLIENTS: Final[dict[str, Callable[[ZoomSetting, Report], None]]] = {
    "zoom-rivet": RivetChecks.run,
    "zoom-passport": PassportChecks.run,
    "zoom-python": PythonChecks.run,
}


def run(client: str, report: Report, scratch: Path) -> None:
    """Run the checks of a client against a simulator of their own."""
    try:
        with zoom_setting.running(scratch, client) as setting:
            CLIENTS[client](setting, report)
    # A client that cannot be installed counts as a failed check, and the others still run.
    except Exception as error:
        report.record(client, "can be run", 0.0, f"\n        {type(error).__name__}: {error}")
