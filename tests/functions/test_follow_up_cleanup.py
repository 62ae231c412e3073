from __future__ import annotations

import pytest

from tests.functions.aging import grow_older
from tests.functions.cleanups import Cleanups
from tests.functions.deployment import Answer, Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus

NAME = "follow_up_cleanup/first_attempt"
EVENT = load_event(NAME)
DAYS = 24 * 3600


@pytest.fixture
def cleanups(deployment: Deployment) -> Cleanups:
    set_stage(deployment, NAME)
    deployment.forget_lines()
    return Cleanups(deployment)


def follow_up(deployment: Deployment, delivery: int = 1) -> Answer:
    return deployment.invoke("follow_up_cleanup", EVENT, request_id=f"req-{delivery}")


def reminders(deployment: Deployment) -> int:
    notices = deployment.migrations.notices(ASTER, limit=99)
    return sum(notice.kind is NoticeKind.CLEANUP_APPROVAL_REMINDER for notice in notices)


def test_what_was_approved_is_done_next(deployment: Deployment, cleanups: Cleanups) -> None:
    cleanups.answer(ASTER)

    answers = [follow_up(deployment, delivery) for delivery in range(2)]

    assert answers == [{"next": "remove_keys", "wait_seconds": 0, "outcome": None}] * 2
    assert deployment.migration(ASTER).step is MigrationStep.REMOVING_KEYS


def test_keys_stay_where_somebody_says_no(deployment: Deployment, cleanups: Cleanups) -> None:
    cleanups.answer(ASTER, approved=False)

    answer = follow_up(deployment)

    assert answer == {"next": "end", "wait_seconds": 0, "outcome": "migrated_keys_kept"}
    org = deployment.org(ASTER)
    assert (org.status, org.keys_kept) == (
        OrgStatus.MIGRATED_KEYS_KEPT,
        KeysKeptReason.DECLINED,
    )
    assert deployment.metrics() == [{"MigrationCompletedKeysKept": 1}]


def test_without_an_answer_the_machine_waits_until_the_next_reminder(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    answer = follow_up(deployment)

    assert answer["next"] == "ask_cleanup"
    assert answer["wait_seconds"] == pytest.approx(3 * DAYS, abs=60)
    assert deployment.metrics() == []


def test_a_reminder_is_recorded_once_however_often_the_function_is_called(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    grow_older(TABLE, 3 * DAYS + 60)

    for delivery in range(3):
        follow_up(deployment, delivery)

    assert reminders(deployment) == 1
    assert deployment.metrics() == [{"ReminderRecorded": 1}]


def test_silence_never_removes_anything(deployment: Deployment, cleanups: Cleanups) -> None:
    grow_older(TABLE, 14 * DAYS)

    answer = follow_up(deployment)

    assert answer["outcome"] == "migrated_keys_kept"
    assert deployment.org(ASTER).keys_kept is KeysKeptReason.UNANSWERED
    assert cleanups.request(ASTER).status is CleanupStatus.EXPIRED
    assert cleanups.keys_in(ASTER)


def test_an_end_that_could_not_be_stored_is_stored_by_the_retry(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    cleanups.answer(ASTER, approved=False)
    deployment.disturbance.refuse("TransactWriteItems")
    with pytest.raises(StoreUnavailable):
        follow_up(deployment)
    deployment.disturbance.stop()

    assert follow_up(deployment)["outcome"] == "migrated_keys_kept"
    assert deployment.migration(ASTER).outcome is MigrationOutcome.MIGRATED_KEYS_KEPT


def test_the_function_does_without_salesforce_and_zoom(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    deployment.simulator.forget_requests()
    deployment.zoom.forget_requests()

    follow_up(deployment)

    assert (deployment.simulator.requests, deployment.zoom.requests) == ([], [])
    variables = deployment.environment["follow_up_cleanup"]
    assert {"SALESFORCE_SECRET_ARN", "ZOOM_SECRET_ARN", "GRANT_KEY_ARN"}.isdisjoint(variables)
