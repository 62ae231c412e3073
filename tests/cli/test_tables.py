"""Tables fit the terminal they are printed on."""

from __future__ import annotations

import io
from datetime import date

import pytest
from rich.console import Console

from tests.builders import MINIMUM, a_failure, a_registration, a_result, a_snapshot, an_org
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import ScanOutcome
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator_cli.tables import fleet_table, results_table

FLEET = [
    an_org(1, status=OrgStatus.UPGRADE_REQUIRED, snapshot=a_snapshot("3.9.0.1")),
    an_org(
        2,
        registration=a_registration(2, display_name="A Company With Quite a Long Name, Ltd."),
        status=OrgStatus.BLOCKED,
        blocked_reason=BlockedReason.INSUFFICIENT_PRIVILEGES,
        failure=a_failure(FailureCode.PACKAGES_NOT_VISIBLE),
    ),
]


def _printed(orgs: list[Org], width: int) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(
        fleet_table(
            orgs,
            minimum=MINIMUM,
            fleet_deadline=date(2023, 9, 8),
            today=date(2026, 11, 24),
            width=width,
        )
    )
    return console.export_text()


@pytest.mark.parametrize("width", [80, 100, 149, 150, 200])
def test_every_fact_of_an_org_is_readable_at_any_usual_width(width: int) -> None:
    text = _printed(FLEET, width)

    assert max(len(line) for line in text.splitlines()) <= width
    for fact in ("production", "3.9", "upgrade_required", FLEET[0].org_id, "Acme 1"):
        assert fact in text
    assert len(text.splitlines()) < 25


def test_an_org_nobody_could_look_at_is_told_from_one_without_the_package() -> None:
    unseen = an_org(1)
    without = an_org(2, status=OrgStatus.NOT_INSTALLED, snapshot=a_snapshot(None))

    lines = _printed([unseen, without], 200).splitlines()

    assert any(unseen.org_id in line and "? " in line for line in lines)
    assert any(without.org_id in line and "- " in line for line in lines)


def test_a_name_full_of_markup_is_shown_as_it_is() -> None:
    org = an_org(1, registration=a_registration(1, display_name="[red]{{7*7}}[/red]"))

    assert "[red]{{7*7}}[/red]" in _printed([org], 200)


def test_a_result_of_an_org_that_is_gone_still_has_its_row() -> None:
    result = a_result(outcome=ScanOutcome.NO_RESULT, status_before=None, status_after=None)
    console = Console(width=80, record=True, file=io.StringIO())

    console.print(results_table([result], {}))

    assert result.org_id in console.export_text()
