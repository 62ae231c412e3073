"""Follow a migration until a person has to do something, or it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.find_migration import find_migration
from zoom_migrator_cli.command import complain, error_console, print_json, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.exit_codes import ExitCode
from zoom_migrator_cli.migrate.documents import migration_document
from zoom_migrator_cli.migrate.words import comes_next, last_try, waits_for

Timeout = Annotated[
    int, typer.Option(min=1, help="Longest wait in minutes; the migration itself goes on.")
]

_POLL_SECONDS: Final = 2.0
_PEOPLE: Final = (
    MigrationStep.AWAITING_APPROVAL,
    MigrationStep.AWAITING_UPGRADE_BY_HAND,
    MigrationStep.AWAITING_AUTHORIZATION,
    MigrationStep.AWAITING_CLEANUP_APPROVAL,
)
_SUCCESSES: Final = (
    MigrationOutcome.UPGRADED,
    MigrationOutcome.AUTHORIZED,
    MigrationOutcome.MIGRATED,
    MigrationOutcome.MIGRATED_KEYS_KEPT,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A migration at one moment.

    Attributes:
        failure: Why its run is over without having ended it, or empty.
    """

    migration: Migration
    failure: str

    @property
    def is_worth_stopping_at(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.migration.is_over or bool(self.failure) or self.migration.step in _PEOPLE

    def is_quiet_until(self, then: datetime) -> bool:
        """Whether it is known that nothing happens before a time, or at it."""
        until = self.migration.soak_until
        return self.migration.step is MigrationStep.SOAKING and until is not None and until > then


def look_at(org: Org, attempt: int, connection: Connection) -> Seen:
    """A migration as it is now, and whether its run is alive.

    Raises:
        MigratorError: It cannot be read.
    """
    migration = _migration(org, attempt, connection)
    if migration.is_over:
        return Seen(migration, "")
    failure = connection.migration_workflow.failure_of(migration)
    if failure is None:
        return Seen(migration, "")
    # It may have ended between the two questions.
    migration = _migration(org, attempt, connection)
    return Seen(migration, "" if migration.is_over else failure)


def follow(org: Org, attempt: int, connection: Connection, *, timeout: int, as_json: bool) -> None:
    """Follow a migration with a line of progress, then say where it stands.

    A soak that lasts longer than the wait is not waited for at all.

    Raises:
        MigratorError: It cannot be read.
        typer.Exit: It ended without success, its run died, or the wait was too long.
    """
    give_up = connection.clock.now() + timedelta(minutes=timeout)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=error_console, disable=as_json) as line:
            task = line.add_task("migration", total=None)
            while True:
                seen = look_at(org, attempt, connection)
                line.update(task, description=_progress(seen.migration, org))
                if seen.is_worth_stopping_at or seen.is_quiet_until(give_up):
                    break
                if connection.clock.now() > give_up:
                    break
                connection.pause(_POLL_SECONDS)
    except KeyboardInterrupt:
        complain(f"The migration goes on: `zoom-migrator migrate watch {org.org_id}`")
        raise
    _report(seen, org, as_json=as_json)


def say_that_its_run_is_dead(seen: Seen) -> None:
    """Say why a migration does not go on, and what to do; nothing where it does."""
    if seen.failure:
        complain(
            f"[red]Migration {seen.migration.attempt} does not go on:[/] {escape(seen.failure)}. "
            f"Set it going: `zoom-migrator migrate start {seen.migration.org_id}`"
        )


def _migration(org: Org, attempt: int, connection: Connection) -> Migration:
    return find_migration(
        org.org_id, attempt, orgs=connection.orgs, migrations=connection.migrations
    )


def _progress(migration: Migration, org: Org) -> str:
    where = (migration.outcome or migration.step).replace("_", " ")
    what = waits_for(migration, org)
    return escape(f"{where}: waits for {what}" if what else where)


def _report(seen: Seen, org: Org, *, as_json: bool) -> None:
    migration = seen.migration
    if as_json:
        print_json(migration_document(migration, org) | {"run_failure": seen.failure or None})
    else:
        name = escape(org.registration.display_name)
        say(f"{name}, migration {migration.attempt}: {_progress(migration, org)}.")
        remarks = (last_try(migration), migration.detail, comes_next(migration))
        for sentence in filter(None, remarks):
            say(escape(sentence))
        say_that_its_run_is_dead(seen)
        if not seen.is_worth_stopping_at:
            complain(f"It goes on: `zoom-migrator migrate watch {org.org_id}`")
    if seen.failure or (migration.is_over and migration.outcome not in _SUCCESSES):
        raise typer.Exit(ExitCode.RUN_FAILED)
    if not seen.is_worth_stopping_at:
        raise typer.Exit(ExitCode.TRY_AGAIN)
