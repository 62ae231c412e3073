"""The state machine of migrations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.functions.authorizations import Authorizations
from tests.functions.upgrades import Upgrades
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.statemachine.interpreter import HistoryEvent, steps
from tests.statemachine.machine import Machine, failures_in
from zoom_migrator.domain.migration import Migration


@dataclass(frozen=True)
class MigrationRun:
    """A migration's execution that ended.

    Attributes:
        path: The states it went through; one that was left by its Catch ends with ``!``.
        failures: The errors that tasks failed with, those that were retried included.
        events: Its whole history.
        migration: The migration, as it is stored.
    """

    status: str
    path: tuple[str, ...]
    failures: tuple[str, ...]
    output: Any
    error: str
    cause: str
    events: list[HistoryEvent]
    migration: Migration


def tokens_handed_over(run: MigrationRun) -> Iterator[str]:
    """The task tokens that functions were called with."""
    for event in run.events:
        parameters = event.get("taskScheduledEventDetails", {}).get("parameters", "{}")
        payload = json.loads(parameters).get("Payload", {})
        if "task_token" in payload:
            yield payload["task_token"]


def without_arguments(event: HistoryEvent) -> HistoryEvent:
    """An event of the history without what a task was called with."""
    details = event.get("taskScheduledEventDetails")
    if details is None:
        return event
    return event | {
        "taskScheduledEventDetails": {
            name: value for name, value in details.items() if name != "parameters"
        }
    }


class MigrationMachine(Machine):
    """Starts migrations and watches them."""

    @property
    def upgrades(self) -> Upgrades:
        return Upgrades(self.deployment)

    @property
    def authorizations(self) -> Authorizations:
        return Authorizations(self.deployment)

    def zoom_admin_consents(self, org_id: str, email: str = ZOOM_ADMIN) -> None:
        """Let a Zoom admin authorize the org as soon as the machine has asked for it."""
        self.functions.after(
            "request_authorization", lambda: self.authorizations.authorize(org_id, email)
        )

    def while_waiting(self, *actions: Callable[[], object]) -> None:
        """Let people act while the machine waits for an answer: one action for each wait."""
        self.interpreter.while_waiting.extend(actions)

    def run(self, org_id: str) -> MigrationRun:
        """Start the migration of an org and wait for its end."""
        return self.end_of(self.upgrades.begin(org_id))

    def end_of(self, migration: Migration) -> MigrationRun:
        """Wait for the end of a migration."""
        name = migration.migration_id
        execution = self.ended(name)
        events = self.events(name)
        return MigrationRun(
            status=execution["status"],
            path=steps(events),
            failures=failures_in(events),
            output=json.loads(execution.get("output", "null")),
            error=execution.get("error", ""),
            cause=execution.get("cause", ""),
            events=events,
            migration=self.deployment.migration(migration.org_id, migration.attempt),
        )
