from __future__ import annotations

import pytest

from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.domain.approval import Approval, ApprovalStatus
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import OrgStatus

NAME = "request_approval/first_request"
EVENT = load_event(NAME)
AGAIN = load_event("request_approval/asked_again")


def approval_of(deployment: Deployment) -> Approval:
    approval = deployment.migration(ASTER).approval
    assert approval is not None
    return approval


def test_the_request_is_stored_and_told(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    answer = deployment.invoke("request_approval", EVENT)

    assert answer == {"org_id": ASTER, "attempt": 1}
    assert approval_of(deployment).status is ApprovalStatus.PENDING
    assert deployment.org(ASTER).status is OrgStatus.UPGRADE_APPROVAL_PENDING
    (notice,) = deployment.migrations.notices(ASTER, limit=9)
    assert notice.kind is NoticeKind.UPGRADE_APPROVAL_NEEDED
    assert deployment.metrics() == [{"ApprovalRequested": 1}]


def test_the_task_token_is_stored_encrypted_and_printed_nowhere(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    deployment.invoke("request_approval", EVENT)

    assert approval_of(deployment).task_token
    assert EVENT["task_token"] not in deployment.everything_left_behind()
    assert approval_of(deployment).task_token not in deployment.output.getvalue()


def test_a_second_token_takes_the_place_of_the_first_and_nobody_is_told_again(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    deployment.invoke("request_approval", EVENT)
    first = approval_of(deployment)

    deployment.invoke("request_approval", AGAIN, request_id="req-2")

    second = approval_of(deployment)
    assert second.task_token != first.task_token
    assert second.approval_id == first.approval_id
    assert len(deployment.migrations.notices(ASTER, limit=9)) == 1
    assert deployment.metrics() == [{"ApprovalRequested": 1}]


@pytest.mark.parametrize("operation", ["Encrypt", "TransactWriteItems"])
def test_nothing_is_asked_while_the_token_cannot_be_kept(
    deployment: Deployment, operation: str
) -> None:
    set_stage(deployment, NAME)
    deployment.disturbance.refuse(operation)
    with pytest.raises(StoreUnavailable):
        deployment.invoke("request_approval", EVENT)
    deployment.disturbance.stop()
    assert deployment.migration(ASTER).approval is None

    deployment.invoke("request_approval", EVENT)

    assert len(deployment.migrations.notices(ASTER, limit=9)) == 1


def test_where_the_answer_is_there_already_the_machine_is_woken_at_once(
    deployment: Deployment,
) -> None:
    upgrades = set_stage(deployment, NAME)
    deployment.invoke("request_approval", EVENT)
    upgrades.answer(ASTER)
    # The machine that waits with this token is not in this test, so nobody takes it.
    deployment.disturbance.refuse("SendTaskSuccess", code="TaskDoesNotExist")

    deployment.invoke("request_approval", AGAIN)

    assert "SendTaskSuccess" in deployment.disturbance.refused
    assert approval_of(deployment).status is ApprovalStatus.ACCEPTED
