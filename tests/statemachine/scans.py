"""The state machine of scans."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from tests.statemachine.interpreter import steps, threads_of
from tests.statemachine.machine import Machine, failures_in

_BY_OPERATOR: Final = {"trigger": "operator", "requested_by": "arn:aws:iam::123456789012:user/ada"}


@dataclass(frozen=True)
class ScanRun:
    """A scan's execution that ended.

    Attributes:
        path: The states it went through; one that was left by its Catch ends with ``!``.
        batches: The paths of the Map's children.
        failures: The errors that tasks failed with, those that were retried included.
        history: All events, those of the Map's children included.
    """

    status: str
    path: tuple[str, ...]
    batches: tuple[tuple[str, ...], ...]
    failures: tuple[str, ...]
    output: Any
    error: str
    cause: str
    history: str


class ScanMachine(Machine):
    """Starts scans and watches them."""

    def start(self, scan_id: str, scan_input: dict[str, str] | None = None) -> None:
        self.stepfunctions.start_execution(
            stateMachineArn=self.arn, name=scan_id, input=json.dumps(scan_input or _BY_OPERATOR)
        )

    def run(self, scan_id: str, scan_input: dict[str, str] | None = None) -> ScanRun:
        """Start a scan and wait for its end."""
        self.start(scan_id, scan_input)
        return self.end_of(scan_id)

    def end_of(self, scan_id: str) -> ScanRun:
        """Wait for the end of a scan."""
        execution = self.ended(scan_id)
        history = self.events(scan_id)
        children = [
            child
            for map_run in self.interpreter.histories_of_children()
            for child in threads_of(map_run, "ScanOrgs")
            if scan_id in child[0]["stateEnteredEventDetails"]["input"]
        ]
        return ScanRun(
            status=execution["status"],
            path=steps(history),
            batches=tuple(sorted(steps(child) for child in children)),
            failures=tuple(
                error for events in [history, *children] for error in failures_in(events)
            ),
            output=json.loads(execution.get("output", "null")),
            error=execution.get("error", ""),
            cause=execution.get("cause", ""),
            history=json.dumps([history, children], default=str),
        )
