from __future__ import annotations

import pytest

from tests.functions.aging import grow_older
from tests.functions.authorizations import Authorizations
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.stages import ASTER, ASTERS_ADMIN, set_stage
from tests.functions.zoom_app import STRANGER
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import BlockedReason, OrgStatus

NAME = "follow_up_authorization/first_attempt"
EVENT = load_event(NAME)
HOURS = 3600


@pytest.fixture
def authorizations(deployment: Deployment) -> Authorizations:
    set_stage(deployment, NAME)
    deployment.forget_lines()
    return Authorizations(deployment)


def reminders(deployment: Deployment) -> int:
    notices = deployment.migrations.notices(ASTER, limit=99)
    return sum(notice.kind is NoticeKind.AUTHORIZATION_REMINDER for notice in notices)


def follow_up(deployment: Deployment, delivery: int = 1) -> dict[str, object]:
    return deployment.invoke("follow_up_authorization", EVENT, request_id=f"req-{delivery}")


def test_an_authorized_org_is_to_be_proven_at_once(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    authorizations.authorize(ASTER, ASTERS_ADMIN)
    deployment.forget_lines()

    answer = follow_up(deployment)

    assert answer == {"next": "verify", "wait_seconds": 0, "outcome": None}
    assert deployment.org(ASTER).status is OrgStatus.AUTHORIZED
    assert deployment.metrics() == []


def test_without_an_authorization_the_machine_looks_again_once_a_day(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    answer = follow_up(deployment)

    assert answer == {"next": "authorize", "wait_seconds": 24 * HOURS, "outcome": None}
    assert deployment.metrics() == []


def test_a_reminder_is_recorded_once_however_often_the_function_is_called(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    grow_older(TABLE, 73 * HOURS)

    for delivery in range(3):
        follow_up(deployment, delivery)

    assert reminders(deployment) == 1
    assert deployment.metrics() == [{"ReminderRecorded": 1}]


def test_a_request_that_is_out_of_date_ends_the_migration(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    grow_older(TABLE, 337 * HOURS)

    answer = follow_up(deployment)

    assert answer == {"next": "end", "wait_seconds": 0, "outcome": "authorization_expired"}
    assert deployment.metrics() == [{"AuthorizationExpired": 1}]


@pytest.mark.parametrize(
    ("deadline", "status"),
    [("2023-09-08", OrgStatus.DISCONNECTED), ("2099-12-31", OrgStatus.FALLBACK_JWT)],
)
def test_an_org_whose_admin_declined_runs_on_jwt_until_it_ends(
    deployment: Deployment, authorizations: Authorizations, deadline: str, status: OrgStatus
) -> None:
    deployment.environment["follow_up_authorization"]["JWT_DEADLINE"] = deadline
    authorizations.decline(ASTER, ASTERS_ADMIN)
    grow_older(TABLE, 337 * HOURS)

    answer = follow_up(deployment)

    assert answer["outcome"] == "authorization_declined"
    assert deployment.org(ASTER).status is status


def test_an_org_that_only_the_wrong_person_tried_to_authorize_is_blocked(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    authorizations.authorize(ASTER, STRANGER)
    grow_older(TABLE, 337 * HOURS)
    deployment.forget_lines()

    answer = follow_up(deployment)

    assert answer["outcome"] == "authorization_blocked"
    assert deployment.org(ASTER).blocked_reason is BlockedReason.EMAIL_MISMATCH
    assert deployment.metrics() == [{"AuthorizationBlocked": 1}]


def test_a_grant_that_was_stored_and_not_recorded_is_recorded(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    deployment.disturbance.refuse("TransactWriteItems", mentioning=f'"{NoticeKind.CONNECTED}"')
    authorizations.authorize(ASTER, ASTERS_ADMIN)
    deployment.disturbance.stop()
    assert deployment.org(ASTER).status is OrgStatus.AUTHORIZATION_PENDING

    deployment.forget_lines()

    answers = [follow_up(deployment, delivery) for delivery in range(2)]

    assert [answer["next"] for answer in answers] == ["verify", "verify"]
    assert authorizations.grant(ASTER) is not None
    assert deployment.metrics() == [{"AuthorizationCompleted": 1}]


def test_an_end_that_could_not_be_stored_is_stored_by_the_retry(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    grow_older(TABLE, 337 * HOURS)
    deployment.disturbance.refuse("TransactWriteItems")
    with pytest.raises(StoreUnavailable):
        follow_up(deployment)
    deployment.disturbance.stop()

    assert follow_up(deployment)["outcome"] == "authorization_expired"
    assert deployment.migration(ASTER).outcome is MigrationOutcome.AUTHORIZATION_EXPIRED


def test_the_function_does_without_salesforce_and_zoom(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    deployment.simulator.forget_requests()

    follow_up(deployment)

    assert (deployment.simulator.requests, deployment.zoom.requests) == ([], [])
    variables = deployment.environment["follow_up_authorization"]
    assert {"SALESFORCE_SECRET_ARN", "ZOOM_SECRET_ARN"}.isdisjoint(variables)
