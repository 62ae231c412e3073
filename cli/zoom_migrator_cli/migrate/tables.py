"""Migrations as tables and texts for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.finding import Finding, Severity
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator_cli.layout import columns_table, moment, named
from zoom_migrator_cli.migrate.words import (
    comes_next,
    last_try,
    since,
    waits_for,
    way_of_upgrading,
)
from zoom_migrator_cli.tables import version_cell

_STYLES: Final = {
    MigrationStep.AWAITING_APPROVAL: "cyan",
    MigrationStep.AWAITING_UPGRADE_BY_HAND: "cyan",
    MigrationStep.AWAITING_AUTHORIZATION: "cyan",
    MigrationStep.AUTHORIZED: "green",
    MigrationStep.SOAKING: "green",
    MigrationStep.AWAITING_CLEANUP_APPROVAL: "cyan",
    MigrationOutcome.UPGRADED: "green",
    MigrationOutcome.DECLINED: "red",
    MigrationOutcome.BLOCKED: "red",
    MigrationOutcome.BROKE: "bold red",
    MigrationOutcome.EXPIRED: "yellow",
    MigrationOutcome.STOPPED: "yellow",
    MigrationOutcome.AUTHORIZATION_EXPIRED: "yellow",
    MigrationOutcome.AUTHORIZATION_BLOCKED: "red",
    MigrationOutcome.AUTHORIZATION_DECLINED: "red",
    MigrationOutcome.AUTHORIZED: "green",
    MigrationOutcome.UNVERIFIED: "red",
    MigrationOutcome.CLEANUP_BLOCKED: "red",
    MigrationOutcome.VERSION_WENT_DOWN: "red",
    MigrationOutcome.MIGRATED: "green",
    MigrationOutcome.MIGRATED_KEYS_KEPT: "green",
}
_SEVERITIES: Final = {Severity.BLOCKING: "red", Severity.WAIT: "yellow", Severity.WARNING: ""}


def migrations_table(rows: Sequence[tuple[Org, Migration]]) -> Table:
    """Orgs with their newest migration: where it stands, and what it waits for."""
    found = columns_table("Org", "Migration", "What it waits for, and what comes next")
    for org, migration in rows:
        found.add_row(
            named(org.registration.display_name, org.org_id),
            Text.assemble(
                standing(migration), f"\nattempt {migration.attempt}\n{moment(since(migration))}"
            ),
            escape("\n".join(_outlook(migration, org))),
        )
    return found


def _outlook(migration: Migration, org: Org) -> Iterator[str]:
    what, then = waits_for(migration, org), comes_next(migration)
    if what:
        yield f"Waits for {what}."
    if came_to_nothing := last_try(migration):
        yield came_to_nothing
    if migration.detail:
        yield migration.detail
    if then:
        yield then if migration.is_over else f"Then: {then}"


def standing(migration: Migration) -> Text:
    """The step of a migration, or how it ended."""
    where = migration.outcome or migration.step
    return Text(where.replace("_", " "), style=_STYLES.get(where, ""))


def behind_table(orgs: Sequence[Org], *, terms: Terms, version_id: str) -> Table:
    """Orgs whose migration is to be started, and who decides about the install in each."""
    found = columns_table("Org", "Kind", "Version", "Installs")
    for org in orgs:
        found.add_row(
            named(org.registration.display_name, org.org_id),
            org.registration.environment,
            version_cell(org),
            escape(way_of_upgrading(org, terms=terms, version_id=version_id)),
        )
    return found


def findings_table(findings: Sequence[Finding]) -> Table:
    """What the pre-flight found, the most serious first."""
    found = columns_table("Severity", "Code", "Finding and remedy", lines=False)
    for finding in findings:
        found.add_row(
            Text(finding.severity, style=_SEVERITIES[finding.severity]),
            finding.code,
            escape("\n".join(filter(None, (finding.message, finding.remedy, finding.raw)))),
        )
    return found
