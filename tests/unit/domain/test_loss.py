from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders import NOW, a_registration, a_snapshot, an_org, some_keys
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.loss import (
    CONNECTED,
    Loss,
    LossCause,
    cause_of,
    what_changed,
    what_is_left,
)
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import TRANSITIONS, OrgEvent, OrgStatus
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode

TODAY = NOW.date()
FLEET = date(2026, 7, 21)


def with_keys(
    presence: KeyPresence,
    *,
    status: OrgStatus = OrgStatus.MIGRATED_KEYS_KEPT,
    deadline: date | None = None,
) -> Org:
    return an_org(
        registration=a_registration(deadline=deadline),
        status=status,
        snapshot=a_snapshot(keys=some_keys(presence)),
    )


class TestWhatIsLeft:
    def test_an_org_that_has_its_keys_runs_on_jwt_until_the_deadline(self) -> None:
        org = with_keys(KeyPresence.PRESENT)

        assert what_is_left(org, today=FLEET, fleet_deadline=FLEET) is OrgEvent.FELL_BACK
        late = FLEET + timedelta(days=1)
        assert what_is_left(org, today=late, fleet_deadline=FLEET) is OrgEvent.DISCONNECTED

    def test_an_orgs_own_deadline_counts_before_the_fleets(self) -> None:
        org = with_keys(KeyPresence.PRESENT, deadline=date(2026, 12, 31))

        assert what_is_left(org, today=TODAY, fleet_deadline=date(2023, 9, 8)) is OrgEvent.FELL_BACK

    @pytest.mark.parametrize(
        "presence", [each for each in KeyPresence if each is not KeyPresence.PRESENT]
    )
    def test_where_no_keys_are_known_of_an_alarm_too_many_is_better(
        self, presence: KeyPresence
    ) -> None:
        left = what_is_left(with_keys(presence), today=TODAY, fleet_deadline=FLEET)

        assert left is OrgEvent.DISCONNECTED

    def test_an_org_that_was_never_seen_is_disconnected(self) -> None:
        assert what_is_left(an_org(), today=TODAY, fleet_deadline=FLEET) is OrgEvent.DISCONNECTED


class TestWhatChanged:
    def test_time_disconnects_an_org_that_runs_on_jwt(self) -> None:
        org = with_keys(KeyPresence.PRESENT, status=OrgStatus.FALLBACK_JWT)

        assert what_changed(org, today=TODAY, fleet_deadline=FLEET) is None
        late = FLEET + timedelta(days=1)
        assert what_changed(org, today=late, fleet_deadline=FLEET) is OrgEvent.DISCONNECTED

    def test_keys_that_are_there_again_let_an_org_run_on_jwt(self) -> None:
        org = with_keys(KeyPresence.PRESENT, status=OrgStatus.DISCONNECTED)

        assert what_changed(org, today=TODAY, fleet_deadline=FLEET) is OrgEvent.FELL_BACK

    @pytest.mark.parametrize("status", sorted(CONNECTED))
    def test_nothing_becomes_of_an_org_that_has_its_authorization(self, status: OrgStatus) -> None:
        org = with_keys(KeyPresence.ABSENT, status=status)

        assert what_changed(org, today=TODAY, fleet_deadline=FLEET) is None


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("The token is disabled by admin (4738)", LossCause.PREAPPROVAL_WITHDRAWN),
        ("4,738", LossCause.PREAPPROVAL_WITHDRAWN),
        ("Invalid Token!", LossCause.REFUSED),
        ("", LossCause.REFUSED),
    ],
)
def test_why_zoom_refuses_is_told_as_far_as_it_says(said: str, cause: LossCause) -> None:
    assert cause_of(ZoomFailure(ZoomFailureCode.GRANT_INVALID, said)) is cause


def test_without_an_answer_nothing_is_said() -> None:
    assert cause_of(None) is LossCause.REFUSED


@pytest.mark.parametrize("cause", LossCause)
def test_every_cause_is_said_in_a_sentence(cause: LossCause) -> None:
    assert Loss(cause).summary.endswith(".")


@pytest.mark.parametrize("status", sorted(CONNECTED))
def test_every_connected_org_can_lose_its_authorization(status: OrgStatus) -> None:
    assert {OrgEvent.FELL_BACK, OrgEvent.DISCONNECTED} <= TRANSITIONS[status].keys()
