from __future__ import annotations

from local.salesforce import Fault, FaultKind
from tests.functions.aging import grow_older
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.stages import ASTER, TO_BE_AUTHORIZED, set_stage
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import OrgStatus

NAME = "follow_upgrade_by_hand/first_attempt"
EVENT = load_event(NAME)
DAYS = 24 * 3600


def test_an_org_that_is_still_behind_is_looked_at_again(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    answer = deployment.invoke("follow_upgrade_by_hand", EVENT)

    assert answer == {"next": "by_hand", "wait_seconds": 600, "outcome": None}


def test_a_customer_who_has_upgraded_is_done(deployment: Deployment) -> None:
    upgrades = set_stage(deployment, NAME)
    upgrades.upgrade_by_hand(ASTER)

    answer = deployment.invoke("follow_upgrade_by_hand", EVENT)

    assert answer == TO_BE_AUTHORIZED
    assert deployment.org(ASTER).status is OrgStatus.AUTHORIZATION_PENDING


def test_a_reminder_is_recorded_once_however_often_the_function_is_called(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    grow_older(TABLE, 3 * DAYS)
    deployment.forget_lines()

    for delivery in range(3):
        deployment.invoke("follow_upgrade_by_hand", EVENT, request_id=f"req-{delivery}")

    kinds = [notice.kind for notice in deployment.migrations.notices(ASTER, limit=9)]
    assert kinds.count(NoticeKind.UPGRADE_BY_HAND_REMINDER) == 1
    assert deployment.metrics() == [{"ReminderRecorded": 1}]


def test_the_wait_grows_up_to_six_hours(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    grow_older(TABLE, 2 * DAYS)

    answer = deployment.invoke("follow_upgrade_by_hand", EVENT)

    assert answer["wait_seconds"] == 6 * 3600


def test_after_the_deadline_the_migration_is_over(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    grow_older(TABLE, 14 * DAYS)

    answer = deployment.invoke("follow_upgrade_by_hand", EVENT)

    assert answer == {"next": "end", "wait_seconds": 0, "outcome": "expired"}


def test_an_org_that_cannot_be_looked_at_is_waited_for(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    deployment.simulator.org(ASTER).faults.add(Fault(kind=FaultKind.MAINTENANCE))

    answer = deployment.invoke("follow_upgrade_by_hand", EVENT)

    assert answer["next"] == "by_hand"


def test_nothing_is_installed(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    deployment.invoke("follow_upgrade_by_hand", EVENT)

    assert [
        request.target
        for request in deployment.simulator.requests
        if "PackageInstallRequest" in request.target and request.method == "POST"
    ] == []
