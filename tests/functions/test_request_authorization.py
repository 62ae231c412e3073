from __future__ import annotations

from dataclasses import replace

import pytest

from tests.functions.authorizations import Authorizations
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.stages import ASTER, ASTERS_ADMIN, set_stage
from zoom_migrator.domain.authorization_request import AuthorizationStatus
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.status import OrgStatus

NAME = "request_authorization/first_request"
EVENT = load_event(NAME)
AGAIN = load_event("request_authorization/asked_again")


@pytest.fixture
def authorizations(deployment: Deployment) -> Authorizations:
    set_stage(deployment, NAME)
    deployment.forget_lines()
    return Authorizations(deployment)


def test_the_request_is_stored_and_told(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    answer = deployment.invoke("request_authorization", EVENT)

    request = authorizations.request(ASTER)
    assert answer == {"org_id": ASTER, "attempt": 1}
    assert request.status is AuthorizationStatus.PENDING
    assert request.products == (ZoomProduct.MEETINGS, ZoomProduct.PHONE)
    assert deployment.org(ASTER).status is OrgStatus.AUTHORIZATION_PENDING
    (notice,) = deployment.migrations.notices(ASTER, limit=9)
    assert notice.kind is NoticeKind.AUTHORIZATION_NEEDED
    assert notice.facts["zoom_admin_email"] == ASTERS_ADMIN
    assert deployment.metrics() == [{"AuthorizationRequested": 1}]


def test_it_waits_as_long_as_the_operator_decided(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    deployment.environment["request_authorization"]["AUTHORIZATION_LIFETIME_HOURS"] = "48"

    deployment.invoke("request_authorization", EVENT)

    request = authorizations.request(ASTER)
    assert (request.expires_at - request.requested_at).days == 2


def test_the_task_token_is_stored_encrypted_and_printed_nowhere(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    deployment.invoke("request_authorization", EVENT)

    sealed = authorizations.request(ASTER).task_token
    assert sealed
    assert EVENT["task_token"] not in deployment.everything_left_behind()
    assert sealed not in deployment.output.getvalue()


def test_a_second_token_takes_the_place_of_the_first_and_nobody_is_told_again(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    deployment.invoke("request_authorization", EVENT)
    first = authorizations.request(ASTER)

    deployment.invoke("request_authorization", AGAIN, request_id="req-2")

    second = authorizations.request(ASTER)
    assert second.task_token != first.task_token
    assert replace(second, task_token="") == replace(first, task_token="")
    assert len(deployment.migrations.notices(ASTER, limit=9)) == 1
    assert deployment.metrics() == [{"AuthorizationRequested": 1}]


@pytest.mark.parametrize("operation", ["Encrypt", "TransactWriteItems"])
def test_nothing_is_asked_while_the_token_cannot_be_kept(
    deployment: Deployment, authorizations: Authorizations, operation: str
) -> None:
    deployment.disturbance.refuse(operation)
    with pytest.raises(StoreUnavailable):
        deployment.invoke("request_authorization", EVENT)
    deployment.disturbance.stop()
    assert deployment.migration(ASTER).authorization is None

    deployment.invoke("request_authorization", EVENT)

    assert len(deployment.migrations.notices(ASTER, limit=9)) == 1


def test_where_somebody_has_authorized_the_machine_is_woken_at_once(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    deployment.invoke("request_authorization", EVENT)
    authorizations.authorize(ASTER, ASTERS_ADMIN)
    # The machine that waits with this token is not in this test, so nobody takes it.
    deployment.disturbance.refuse("SendTaskSuccess", code="TaskDoesNotExist")

    deployment.invoke("request_authorization", AGAIN)

    assert "SendTaskSuccess" in deployment.disturbance.refused
    assert authorizations.request(ASTER).status is AuthorizationStatus.AUTHORIZED


def test_the_function_does_without_salesforce_and_zoom(
    deployment: Deployment, authorizations: Authorizations
) -> None:
    deployment.simulator.forget_requests()

    deployment.invoke("request_authorization", EVENT)

    assert (deployment.simulator.requests, deployment.zoom.requests) == ([], [])
    variables = deployment.environment["request_authorization"]
    assert {"SALESFORCE_SECRET_ARN", "ZOOM_SECRET_ARN"}.isdisjoint(variables)
