"""What became of starting the migrations of orgs."""

from __future__ import annotations

from dataclasses import dataclass

from rich.markup import escape

from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.start_migration import Started
from zoom_migrator_cli.command import complain, error_document
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.migrate.words import way_of_upgrading


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of one org: a migration, or the error that kept it from starting."""

    org: Org
    started: Started | None = None
    error: MigratorError | None = None

    @property
    def result(self) -> str:
        """In a word, for scripts."""
        if self.started is None:
            return "failed" if self.error else "would_start"
        return "started" if self.started.is_new else "already_running"

    @property
    def attempt(self) -> int | None:
        """The attempt that runs."""
        return self.started.migration.attempt if self.started else None


def complain_of(begun: Begun) -> None:
    """Say why an org's migration was not started."""
    if begun.error is not None:
        name = escape(begun.org.registration.display_name)
        reason = f"{begun.error.message} {begun.error.remedy}".strip()
        complain(f"[red]Not started:[/] {name} ({begun.org.org_id}): {escape(reason)}")


def summary(begun: list[Begun]) -> str:
    """How many orgs, by what became of them."""
    words = {
        "started": "started",
        "already_running": "under way already",
        "failed": "not started",
        "would_start": "would be started",
    }
    counts = {result: sum(each.result == result for each in begun) for result in words}
    return ", ".join(f"{counts[each]} {said}" for each, said in words.items() if counts[each]) + "."


def begun_document(begun: Begun, connection: Connection) -> Document:
    """One org for scripts."""
    return {
        "org_id": begun.org.org_id,
        "name": begun.org.registration.display_name,
        "result": begun.result,
        "attempt": begun.attempt,
        "installs": way_of_upgrading(
            begun.org, terms=connection.terms, version_id=connection.version_id
        ),
        "error": error_document(begun.error) if begun.error else None,
    }
