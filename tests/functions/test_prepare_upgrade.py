from __future__ import annotations

import pytest

from local.salesforce import Fault, FaultKind
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.domain.errors import MigrationNotFound, StoreUnavailable
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import OrgStatus

NAME = "prepare_upgrade/first_attempt"
EVENT = load_event(NAME)
THREE_DAYS = 72 * 3600


def test_an_org_whose_admin_has_to_consent_is_to_be_asked(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    answer = deployment.invoke("prepare_upgrade", EVENT)

    assert answer == {"next": "ask", "wait_seconds": THREE_DAYS, "outcome": None}
    migration = deployment.migration(ASTER)
    assert migration.step is MigrationStep.AWAITING_APPROVAL
    assert (migration.version_before, str(migration.target and migration.target.version)) == (
        "3.12.0.2",
        "3.28",
    )


def test_without_a_configured_version_the_customer_is_asked_to_upgrade_by_hand(
    deployment: Deployment,
) -> None:
    upgrades = set_stage(deployment, NAME)
    upgrades.configure("PACKAGE_VERSION_ID", "")

    answer = deployment.invoke("prepare_upgrade", EVENT)

    assert (answer["next"], answer["wait_seconds"]) == ("by_hand", 600)
    (notice,) = deployment.migrations.notices(ASTER, limit=9)
    assert notice.kind is NoticeKind.UPGRADE_BY_HAND_NEEDED


def test_what_blocks_is_the_answer_and_not_an_error(deployment: Deployment) -> None:
    upgrades = set_stage(deployment, NAME)
    upgrades.configure("PACKAGE_VERSION_ID", "04t1S000000ASBdQAO")

    answer = deployment.invoke("prepare_upgrade", EVENT)

    assert answer == {"next": "end", "wait_seconds": 0, "outcome": "blocked"}
    assert deployment.org(ASTER).status is OrgStatus.BLOCKED
    assert deployment.metrics() == [{"MigrationBlocked": 1}]


def test_an_org_that_does_not_answer_at_present_is_waited_for(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    deployment.simulator.org(ASTER).faults.add(Fault(kind=FaultKind.MAINTENANCE))

    answer = deployment.invoke("prepare_upgrade", EVENT)

    assert answer == {"next": "prepare", "wait_seconds": 60, "outcome": None}


def test_a_repeated_invocation_answers_the_same_and_asks_the_org_nothing(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    first = deployment.invoke("prepare_upgrade", EVENT)
    deployment.simulator.forget_requests()

    again = deployment.invoke("prepare_upgrade", EVENT, request_id="req-2")

    assert again == first
    assert deployment.simulator.requests == []


def test_the_org_is_only_looked_at(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    deployment.invoke("prepare_upgrade", EVENT)

    changing = [
        request.target
        for request in deployment.simulator.requests
        if request.method != "GET"
        and not request.target.endswith(("/services/oauth2/token", "/composite"))
    ]
    assert changing == []


def test_a_migration_that_was_never_started_is_refused(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    with pytest.raises(MigrationNotFound, match=ASTER):
        deployment.invoke("prepare_upgrade", EVENT | {"attempt": 7})


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_throttling_leaves_by_the_name_that_the_machine_retries(
    deployment: Deployment, operation: str
) -> None:
    set_stage(deployment, NAME)
    deployment.disturbance.refuse(operation)

    with pytest.raises(StoreUnavailable):
        deployment.invoke("prepare_upgrade", EVENT)

    (line,) = deployment.log("task_failed")
    assert (line["error"], line["migration_id"]) == ("StoreUnavailable", f"{ASTER}-1")


def test_the_log_says_what_was_decided(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    deployment.invoke("prepare_upgrade", EVENT)

    (line,) = deployment.log("upgrade_prepared")
    assert (line["org_id"], line["attempt"], line["next"]) == (ASTER, 1, "ask")
