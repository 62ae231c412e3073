"""Orgs and scans as tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
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
from zoom_migrator_cli.documents import version_of
from zoom_migrator_cli.layout import columns_table, named
from zoom_migrator_cli.standing import status_text

type _Standing = Callable[[Org], Text]

# Columns from which on the fleet fits side by side.
_WIDE: Final = 150
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

    def standing(org: Org) -> Text:
        return status_text(org, fleet_deadline=fleet_deadline, today=today)

    lay_out = _wide_fleet if width >= _WIDE else _narrow_fleet
    return Group(lay_out(orgs, minimum, standing), _fleet_summary(orgs, fleet_deadline, today))


def _wide_fleet(orgs: Sequence[Org], minimum: PackageVersion, standing: _Standing) -> Table:
    table = columns_table(
        "Org", "Name", "Kind", "Version", "Status", "What to do next", lines=False
    )
    for org in orgs:
        table.add_row(
            org.org_id,
            escape(org.registration.display_name),
            org.registration.environment,
            version_cell(org),
            standing(org),
            escape(next_step(org, minimum)),
        )
    return table


def _narrow_fleet(orgs: Sequence[Org], minimum: PackageVersion, standing: _Standing) -> Table:
    table = columns_table("Org", "Status and what to do next")
    for org in orgs:
        row = org.registration
        table.add_row(
            f"{named(row.display_name, org.org_id)}\n{row.environment} · {version_cell(org)}",
            Group(standing(org), escape(next_step(org, minimum))),
        )
    return table


def version_cell(org: Org) -> str:
    """A version; ``-`` where the package is absent, ``?`` where nobody could look yet."""
    return version_of(org) or ("-" if org.snapshot else "?")


def _fleet_summary(orgs: Sequence[Org], fleet_deadline: date, today: date) -> str:
    counts = Counter(org.status for org in orgs)
    parts = [f"{counts[status]} {status}" for status in OrgStatus if counts[status]]
    overdue = sum(
        risk_of(org, today=today, fleet_deadline=fleet_deadline) is Risk.OVERDUE for org in orgs
    )
    noun = "org" if len(orgs) == 1 else "orgs"
    late = f" JWT deadline {fleet_deadline}: {overdue} overdue." if overdue else ""
    down = counts[OrgStatus.DISCONNECTED]
    urgent = f" [bold red]Urgent: the integration is down in {down}.[/]" if down else ""
    return f"{len(orgs)} {noun}" + (": " + ", ".join(parts) if parts else "") + "." + late + urgent


def scans_table(scans: Sequence[Scan]) -> Table:
    """Scans, newest first."""
    table = columns_table("Scan", "Status", "Orgs", "Found")
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
    table = columns_table("Org", "Outcome", "Version", "Status and remarks")
    for result in results:
        org = orgs.get(result.org_id)
        remarks = " · ".join(filter(None, (result.failure_code, result.detail)))
        table.add_row(
            named(org.registration.display_name if org else "", result.org_id),
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
