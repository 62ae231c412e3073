from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders import a_registration, an_org
from zoom_migrator.domain.deadline import Risk, deadline_of, risk_of
from zoom_migrator.domain.status import OrgStatus

FLEET_DEADLINE = date(2026, 9, 8)
DONE = (OrgStatus.MIGRATED, OrgStatus.MIGRATED_KEYS_KEPT, OrgStatus.NOT_INSTALLED)
OPEN = [status for status in OrgStatus if status not in DONE]


@pytest.mark.parametrize(
    ("days_left", "risk"),
    [
        (365, Risk.ON_TRACK),
        (31, Risk.ON_TRACK),
        (30, Risk.DUE_SOON),
        (1, Risk.DUE_SOON),
        (0, Risk.DUE_SOON),
        (-1, Risk.OVERDUE),
        (-1_000, Risk.OVERDUE),
    ],
)
@pytest.mark.parametrize("status", OPEN)
def test_an_open_org_is_due_within_30_days_and_overdue_after_the_day(
    status: OrgStatus, days_left: int, risk: Risk
) -> None:
    today = FLEET_DEADLINE - timedelta(days=days_left)

    assert risk_of(an_org(status=status), today=today, fleet_deadline=FLEET_DEADLINE) is risk


@pytest.mark.parametrize("status", DONE)
def test_an_org_that_is_done_or_lacks_the_package_is_never_pressing(status: OrgStatus) -> None:
    late = FLEET_DEADLINE + timedelta(days=1)

    org = an_org(status=status)

    assert risk_of(org, today=late, fleet_deadline=FLEET_DEADLINE) is Risk.ON_TRACK


def test_the_orgs_own_deadline_goes_before_that_of_the_fleet() -> None:
    own = date(2027, 1, 1)
    org = an_org(registration=a_registration(deadline=own))

    assert deadline_of(org, FLEET_DEADLINE) == own
    assert deadline_of(an_org(), FLEET_DEADLINE) == FLEET_DEADLINE
    assert risk_of(org, today=date(2026, 10, 1), fleet_deadline=FLEET_DEADLINE) is Risk.ON_TRACK
    assert risk_of(org, today=date(2027, 1, 2), fleet_deadline=date.max) is Risk.OVERDUE
