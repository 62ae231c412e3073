"""What people are told when a connected org turns out not to be as it should, and of scans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zoom_migrator.domain.consequences import what_stops
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.scan import ScanOutcome
from zoom_migrator.domain.telling import Telling, counted
from zoom_migrator.domain.words import (
    Words,
    Writer,
    salesforce_admin,
    steps_of_remedy,
    versions,
    what_was_said,
)

_O: Final = ScanOutcome
_OUTCOMES: Final = {
    _O.SUFFICIENT: "Right version",
    _O.BEHIND: "To be upgraded",
    _O.NOT_INSTALLED: "Without the package",
    _O.REFUSED: "Refused the check",
    _O.UNREACHABLE: "Could not be reached",
    _O.NO_RESULT: "Without a result",
}


def _unverified(telling: Telling) -> Words:
    detail = telling.fact("detail") or "The connection could not be proven."
    return Words(
        subject=f"The connection of {telling.name} to Zoom is not proven",
        preheader=detail,
        line=detail,
        paragraphs=(
            detail,
            *what_was_said(telling),
            "The old key and secret stay where they are: nothing is removed before the connection"
            " is proven.",
            what_stops(telling),
        ),
        steps=steps_of_remedy(telling),
        who=f"Whoever administers this org, such as {salesforce_admin(telling)}; commands are for"
        " the operators of the migrator.",
    )


def _went_down(telling: Telling) -> Words:
    detail = telling.fact("detail") or "The package has too old a version again."
    return Words(
        subject=f"Zoom in {telling.name} has too old a version again",
        preheader=detail,
        line=detail,
        paragraphs=(detail, "Older versions cannot connect to Zoom by OAuth."),
        facts=versions(telling, ("Version now", "version_now")),
        steps=steps_of_remedy(telling) or _begin_anew(telling),
        who=f"Whoever installs packages in this org, such as {salesforce_admin(telling)}, knows"
        " what happened; commands are for the operators of the migrator.",
    )


def _removed(telling: Telling) -> Words:
    detail = telling.fact("detail") or "The Zoom package was removed from the org."
    return Words(
        subject=f"The Zoom package is gone from {telling.name}",
        preheader=detail,
        line=detail,
        paragraphs=(
            detail,
            "Nobody in this org can use Zoom from Salesforce any more. If that is what was wanted,"
            " there is nothing to do.",
        ),
        steps=(
            "If it was not wanted, install the package again from AppExchange.",
            f"Then whoever operates the migrator begins anew: {_command(telling, 'start')}.",
        ),
        who=f"Whoever installs packages in this org, such as {salesforce_admin(telling)}.",
    )


def _scan_finished(telling: Telling) -> Words:
    orgs = counted(int(telling.fact("org_count") or 0), "org", "orgs")
    failure, changes = telling.fact("failure"), int(telling.fact("status_changes") or 0)
    moved = counted(changes, "org has", "orgs have")
    summary = failure or f"{moved} moved to another status since the scan before."
    counts = tuple(
        (_OUTCOMES[outcome], telling.fact(outcome))
        for outcome in ScanOutcome
        if telling.fact(outcome)
    )
    return Words(
        subject=f"The scan of {orgs} failed" if failure else f"{orgs} scanned",
        preheader=summary,
        line=f"{orgs}. {summary}",
        paragraphs=(summary,),
        facts=(("Scan", telling.ref.milestone), *counts),
        steps=(f"See what each org answered: `zoom-migrator scan show {telling.ref.milestone}`.",)
        if failure or _has_problems(telling)
        else (),
        who="The operators of the migrator." if failure or _has_problems(telling) else "",
    )


def _has_problems(telling: Telling) -> bool:
    return any(outcome.is_problem and telling.fact(outcome) for outcome in ScanOutcome)


def _begin_anew(telling: Telling) -> tuple[str, ...]:
    return (f"Whoever operates the migrator has it upgraded again: {_command(telling, 'start')}.",)


def _command(telling: Telling, verb: str) -> str:
    return f"`zoom-migrator migrate {verb} {telling.org.org_id if telling.org else ''}`"


WRITERS: Final[Mapping[NoticeKind, Writer]] = {
    NoticeKind.VERIFICATION_FAILED: _unverified,
    NoticeKind.VERSION_WENT_DOWN: _went_down,
    NoticeKind.PACKAGE_REMOVED: _removed,
    NoticeKind.SCAN_FINISHED: _scan_finished,
}
HEADINGS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.VERIFICATION_FAILED: "Connections that are not proven",
    NoticeKind.VERSION_WENT_DOWN: "Too old a version again",
    NoticeKind.PACKAGE_REMOVED: "Without the package now",
    NoticeKind.SCAN_FINISHED: "Scans",
}
