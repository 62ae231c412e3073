from __future__ import annotations

import pytest

from tests.functions.aging import grow_older
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep
from zoom_migrator.domain.notice import NoticeKind

NAME = "follow_up_approval/first_attempt"
EVENT = load_event(NAME)
HOURS = 3600


def reminders(deployment: Deployment) -> int:
    notices = deployment.migrations.notices(ASTER, limit=99)
    return sum(notice.kind is NoticeKind.UPGRADE_APPROVAL_REMINDER for notice in notices)


def test_consent_leads_to_the_install(deployment: Deployment) -> None:
    upgrades = set_stage(deployment, NAME)
    upgrades.answer(ASTER)

    answer = deployment.invoke("follow_up_approval", EVENT)

    assert answer == {"next": "install", "wait_seconds": 0, "outcome": None}
    assert deployment.migration(ASTER).step is MigrationStep.INSTALLING


def test_a_refusal_ends_the_migration(deployment: Deployment) -> None:
    upgrades = set_stage(deployment, NAME)
    upgrades.answer(ASTER, accepted=False)
    deployment.forget_lines()

    answer = deployment.invoke("follow_up_approval", EVENT)

    assert answer == {"next": "end", "wait_seconds": 0, "outcome": "declined"}
    assert deployment.metrics() == [{"UpgradeDeclined": 1}]


def test_without_an_answer_the_machine_waits_until_the_next_reminder(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    grow_older(TABLE, 70 * HOURS)

    answer = deployment.invoke("follow_up_approval", EVENT)

    assert answer["next"] == "ask"
    assert answer["wait_seconds"] == pytest.approx(2 * HOURS, abs=60)
    assert reminders(deployment) == 0


def test_a_reminder_is_recorded_once_however_often_the_function_is_called(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    grow_older(TABLE, 73 * HOURS)
    deployment.forget_lines()

    for delivery in range(3):
        deployment.invoke("follow_up_approval", EVENT, request_id=f"req-{delivery}")

    assert reminders(deployment) == 1
    assert deployment.metrics() == [{"ReminderRecorded": 1}]


def test_a_request_that_is_out_of_date_ends_the_migration(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    grow_older(TABLE, 337 * HOURS)

    answer = deployment.invoke("follow_up_approval", EVENT)

    assert answer == {"next": "end", "wait_seconds": 0, "outcome": "expired"}
    assert deployment.migration(ASTER).outcome is MigrationOutcome.EXPIRED


def test_an_end_that_could_not_be_stored_is_stored_by_the_retry(deployment: Deployment) -> None:
    upgrades = set_stage(deployment, NAME)
    upgrades.answer(ASTER, accepted=False)
    deployment.disturbance.refuse("TransactWriteItems")
    with pytest.raises(StoreUnavailable):
        deployment.invoke("follow_up_approval", EVENT)
    deployment.disturbance.stop()

    answer = deployment.invoke("follow_up_approval", EVENT)

    assert answer["outcome"] == "declined"


def test_the_function_does_without_salesforce(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    deployment.simulator.forget_requests()

    deployment.invoke("follow_up_approval", EVENT)

    assert deployment.simulator.requests == []
    assert "SALESFORCE_SECRET_ARN" not in deployment.environment["follow_up_approval"]
