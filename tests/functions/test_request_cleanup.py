from __future__ import annotations

from dataclasses import replace

import pytest

from tests.functions.cleanups import Cleanups
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.errors import StoreUnavailable

NAME = "request_cleanup/first_request"
EVENT = load_event(NAME)
AGAIN = load_event("request_cleanup/asked_again")


@pytest.fixture
def cleanups(deployment: Deployment) -> Cleanups:
    set_stage(deployment, NAME)
    deployment.forget_lines()
    return Cleanups(deployment)


def test_the_task_token_is_stored_encrypted_and_printed_nowhere(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    answer = deployment.invoke("request_cleanup", EVENT)

    request = cleanups.request(ASTER)
    assert answer == {"org_id": ASTER, "attempt": 1}
    assert request.status is CleanupStatus.PENDING
    assert request.task_token
    assert EVENT["task_token"] not in deployment.everything_left_behind()
    assert request.task_token not in deployment.output.getvalue()


def test_a_second_token_takes_the_place_of_the_first_and_nobody_is_told_again(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    told = len(deployment.migrations.notices(ASTER, limit=99))
    deployment.invoke("request_cleanup", EVENT)
    first = cleanups.request(ASTER)

    deployment.invoke("request_cleanup", AGAIN, request_id="req-2")

    second = cleanups.request(ASTER)
    assert second.task_token != first.task_token
    assert replace(second, task_token="") == replace(first, task_token="")
    assert len(deployment.migrations.notices(ASTER, limit=99)) == told
    assert deployment.metrics() == []


@pytest.mark.parametrize("operation", ["Encrypt", "PutItem"])
def test_the_machine_does_not_wait_while_its_token_cannot_be_kept(
    deployment: Deployment, cleanups: Cleanups, operation: str
) -> None:
    deployment.disturbance.refuse(operation)

    with pytest.raises(StoreUnavailable):
        deployment.invoke("request_cleanup", EVENT)

    assert cleanups.request(ASTER).task_token == ""


def test_where_somebody_has_answered_the_machine_is_woken_at_once(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    cleanups.answer(ASTER)
    # The machine that waits with this token is not in this test, so nobody takes it.
    deployment.disturbance.refuse("SendTaskSuccess", code="TaskDoesNotExist")

    deployment.invoke("request_cleanup", EVENT)

    assert "SendTaskSuccess" in deployment.disturbance.refused
    assert cleanups.request(ASTER).task_token == ""


def test_where_the_question_is_void_the_machine_is_woken_at_once(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    migration = deployment.migration(ASTER)
    assert migration.cleanup is not None
    void = replace(migration.cleanup, status=CleanupStatus.REVOKED)
    deployment.migrations.save(replace(migration, cleanup=void))
    deployment.disturbance.refuse("SendTaskSuccess", code="TaskDoesNotExist")

    deployment.invoke("request_cleanup", EVENT)

    assert "SendTaskSuccess" in deployment.disturbance.refused


def test_the_function_does_without_salesforce_and_zoom(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    deployment.simulator.forget_requests()
    deployment.zoom.forget_requests()

    deployment.invoke("request_cleanup", EVENT)

    assert (deployment.simulator.requests, deployment.zoom.requests) == ([], [])
    variables = deployment.environment["request_cleanup"]
    assert {
        "SALESFORCE_SECRET_ARN",
        "ZOOM_SECRET_ARN",
        "GRANT_KEY_ARN",
        "BACKUP_KEY_ARN",
    }.isdisjoint(variables)
