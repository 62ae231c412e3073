"""Orgs and scans as tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from zoom_migrator.domain.deadline import Risk, risk_of
from zoom_migrator.domain.next_step import next_step
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import Scan, ScanOutcome, ScanResult, ScanStatus
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator_cli.documents import Document, version_of

# Columns from which on the fleet fits side by side.
_WIDE: Final = 150
_LONGEST_CELL: Final = 34
_STATUS_STYLE: Final = {
    OrgStatus.UPGRADE_REQUIRED: "yellow",
    OrgStatus.AUTHORIZATION_PENDING: "cyan",
    OrgStatus.MIGRATED: "green",
    OrgStatus.MIGRATED_KEYS_KEPT: "green",
    OrgStatus.BLOCKED: "red",
    OrgStatus.DISCONNECTED: "bold red",
    OrgStatus.NOT_INSTALLED: "dim",
}
_SCAN_STYLE: Final = {
    ScanStatus.RUNNING: "yellow",
    ScanStatus.COMPLETED: "green",
    ScanStatus.FAILED: "red",
}


def fleet_table(
    orgs: Sequence[Org],
    *,
    minimum: PackageVersion,
    fleet_deadline: date,
    today: date,
    width: int,
) -> RenderableType:
    """Every org: name, kind, version, status, and what to do next.

    Args:
        width: Columns of the terminal; a narrow one gets the same in fewer, taller cells.
    """
    rows = _wide_fleet(orgs, minimum) if width >= _WIDE else _narrow_fleet(orgs, minimum)
    return Group(rows, _fleet_summary(orgs, fleet_deadline, today))


def _wide_fleet(orgs: Sequence[Org], minimum: PackageVersion) -> Table:
    table = _table("Org", "Name", "Kind", "Version", "Status", "What to do next", lines=False)
    for org in orgs:
        table.add_row(
            org.org_id,
            escape(org.registration.display_name),
            org.registration.environment,
            _version_cell(org),
            status_text(org),
            escape(next_step(org, minimum)),
        )
    return table


def _narrow_fleet(orgs: Sequence[Org], minimum: PackageVersion) -> Table:
    table = _table("Org", "Status and what to do next")
    for org in orgs:
        row = org.registration
        table.add_row(
            f"{_named(row.display_name, org.org_id)}\n{row.environment} · {_version_cell(org)}",
            Group(status_text(org), escape(next_step(org, minimum))),
        )
    return table


def _version_cell(org: Org) -> str:
    """A version; ``-`` where the package is absent, ``?`` where nobody could look yet."""
    return version_of(org) or ("-" if org.snapshot else "?")


def _named(name: str, org_id: str) -> str:
    return f"{escape(name)}\n[dim]{org_id}[/]" if name else org_id


def status_text(org: Org) -> Text:
    """An org's status, with its reason where it is blocked."""
    label = f"{org.status}: {org.blocked_reason}" if org.blocked_reason else str(org.status)
    return Text(label, style=_STATUS_STYLE.get(org.status, ""))


def _fleet_summary(orgs: Sequence[Org], fleet_deadline: date, today: date) -> str:
    counts = Counter(org.status for org in orgs)
    parts = [f"{counts[status]} {status}" for status in OrgStatus if counts[status]]
    overdue = sum(
        risk_of(org, today=today, fleet_deadline=fleet_deadline) is Risk.OVERDUE for org in orgs
    )
    noun = "org" if len(orgs) == 1 else "orgs"
    late = f" JWT deadline {fleet_deadline}: {overdue} overdue." if overdue else ""
    return f"{len(orgs)} {noun}" + (": " + ", ".join(parts) if parts else "") + "." + late


def scans_table(scans: Sequence[Scan]) -> Table:
    """Scans, newest first."""
    table = _table("Scan", "Status", "Orgs", "Found")
    for scan in scans:
        table.add_row(
            f"{scan.scan_id}\n[dim]{scan.started_at:%Y-%m-%d %H:%M} UTC, {duration(scan)}[/]",
            Text(scan.status, style=_SCAN_STYLE[scan.status]),
            str(scan.org_count),
            escape(scan.failure) if scan.failure else counts_text(scan),
        )
    return table


def duration(scan: Scan) -> str:
    """How long a scan took, or has been running."""
    if scan.ended_at is None:
        return "-"
    seconds = max(0, round((scan.ended_at - scan.started_at).total_seconds()))
    return f"{seconds // 60}m {seconds % 60:02}s" if seconds >= 60 else f"{seconds}s"


def counts_text(scan: Scan) -> str:
    """Orgs by outcome, in words."""
    counts = (
        f"{scan.counts[outcome]} {outcome.replace('_', ' ')}"
        for outcome in ScanOutcome
        if scan.counts.get(outcome)
    )
    return ", ".join(counts) or "-"


def results_table(results: Sequence[ScanResult], orgs: Mapping[str, Org]) -> Table:
    """Results of a scan, in the order given."""
    table = _table("Org", "Outcome", "Version", "Status and remarks")
    for result in results:
        org = orgs.get(result.org_id)
        remarks = " · ".join(filter(None, (result.failure_code, result.detail)))
        table.add_row(
            _named(org.registration.display_name if org else "", result.org_id),
            Text(result.outcome, style="red" if result.outcome.is_problem else ""),
            result.version or "-",
            escape("\n".join(filter(None, (_movement(result), remarks)))),
        )
    return table


def _movement(result: ScanResult) -> str:
    if result.status_after is None:
        return ""
    if result.status_before is result.status_after:
        return result.status_after
    return f"{result.status_before} → {result.status_after}"


def facts_table(document: Document) -> Table:
    """A document as two columns, nested parts indented."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    _add_facts(table, document, indent="")
    return table


def _add_facts(table: Table, document: Document, indent: str) -> None:
    for name, value in document.items():
        label = indent + name.replace("_", " ")
        if isinstance(value, dict) and value:
            table.add_row(label, "")
            _add_facts(table, value, indent + "  ")
        else:
            table.add_row(label, escape(_fact(value)))


def _fact(value: object) -> str:
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def _table(*columns: str, lines: bool = True) -> Table:
    """A table as wide as the terminal, whose last column takes what the others leave."""
    table = Table(header_style="bold", expand=True, show_lines=lines)
    for column in columns[:-1]:
        table.add_column(column, overflow="fold", max_width=_LONGEST_CELL)
    table.add_column(columns[-1], ratio=1, overflow="fold")
    return table
