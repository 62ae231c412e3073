"""Refused requests: the error code tells, the status only where there is none."""

from __future__ import annotations

import pytest

from local.salesforce import Fault, FaultKind, Phase, RunningOrg
from tests.adapters.salesforce.lab import HOST, Lab, failure_in, snapshot_in
from tests.adapters.salesforce.scripted import Reply, answer, http
from tests.adapters.salesforce.test_login import a_token_answer
from tests.adapters.salesforce.test_packages import Asked, asked, page, row
from zoom_migrator.domain.failure import FailureCode

__all__ = ["asked"]


@pytest.mark.parametrize(
    ("status", "error_code", "message", "code"),
    [
        (400, "INSUFFICIENT_ACCESS", "", FailureCode.INSUFFICIENT_ACCESS),
        (400, "INSUFFICIENT_ACCESS_OR_READONLY", "", FailureCode.INSUFFICIENT_ACCESS),
        (
            403,
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            "",
            FailureCode.INSUFFICIENT_ACCESS,
        ),
        (400, "INVALID_TYPE", "sObject type", FailureCode.PACKAGES_NOT_VISIBLE),
        (400, "INVALID_FIELD", "No such column", FailureCode.REQUEST_REJECTED),
        (400, "MALFORMED_QUERY", "unexpected token", FailureCode.REQUEST_REJECTED),
        (400, "MALFORMED_ID", "", FailureCode.REQUEST_REJECTED),
        (404, "NOT_FOUND", "does not exist", FailureCode.REQUEST_REJECTED),
        (400, "UNABLE_TO_LOCK_ROW", "", FailureCode.SERVICE_UNAVAILABLE),
        (400, "QUERY_TIMEOUT", "", FailureCode.TIMED_OUT),
        (400, "UNKNOWN_EXCEPTION", "", FailureCode.REQUEST_REJECTED),
        (500, "UNKNOWN_EXCEPTION", "", FailureCode.SERVICE_UNAVAILABLE),
        (
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "TotalRequests Limit exceeded.",
            FailureCode.DAILY_LIMIT_EXCEEDED,
        ),
        (
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
            FailureCode.CONCURRENT_LIMIT_EXCEEDED,
        ),
        (
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentPerOrgLongTxn Limit exceeded",
            FailureCode.CONCURRENT_LIMIT_EXCEEDED,
        ),
        (403, "REQUEST_LIMIT_EXCEEDED", "another limit", FailureCode.DAILY_LIMIT_EXCEEDED),
        (
            429,
            "REQUEST_LIMIT_EXCEEDED",
            "TotalRequests Limit exceeded.",
            FailureCode.DAILY_LIMIT_EXCEEDED,
        ),
        (429, "REQUEST_LIMIT_EXCEEDED", "too fast", FailureCode.SERVICE_UNAVAILABLE),
        (403, "LOGIN_RATE_EXCEEDED", "", FailureCode.LOGIN_RATE_EXCEEDED),
        (403, "API_DISABLED_FOR_ORG", "", FailureCode.API_DISABLED),
        (403, "API_CURRENTLY_DISABLED", "", FailureCode.API_DISABLED),
        (410, "UNSUPPORTED_API_VERSION", "", FailureCode.API_VERSION_RETIRED),
        (404, "GONE", "", FailureCode.API_VERSION_RETIRED),
        (503, "SERVER_UNAVAILABLE", "", FailureCode.SERVICE_UNAVAILABLE),
        (400, "SERVER_UNAVAILABLE", "", FailureCode.SERVICE_UNAVAILABLE),
        (503, "API_DISABLED_FOR_ORG", "", FailureCode.API_DISABLED),
        (400, "A_CODE_OF_NEXT_YEAR", "", FailureCode.REQUEST_REJECTED),
        (403, "A_CODE_OF_NEXT_YEAR", "", FailureCode.INSUFFICIENT_ACCESS),
    ],
)
def test_the_error_code_comes_before_the_status(
    lab: Lab,
    org: RunningOrg,
    status: int,
    error_code: str,
    message: str,
    code: FailureCode,
) -> None:
    org.faults.add(
        Fault(
            kind=FaultKind.API_ERROR,
            phase=Phase.TOOLING,
            status=status,
            error_code=error_code,
            message=message,
        )
    )

    failure = lab.failure(org)

    assert (failure.code, failure.http_status) == (code, status)
    assert failure.detail == (f"{error_code}: {message}" if message else error_code)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (http(302, headers={"Location": "https://x.example"}), FailureCode.REQUEST_REJECTED),
        (http(304), FailureCode.REQUEST_REJECTED),
        (http(400), FailureCode.REQUEST_REJECTED),
        (http(401), FailureCode.SESSION_REJECTED),
        (http(403, b"<html>no</html>"), FailureCode.INSUFFICIENT_ACCESS),
        (http(404, b"<html>no</html>"), FailureCode.REQUEST_REJECTED),
        (http(405), FailureCode.REQUEST_REJECTED),
        (http(408), FailureCode.SERVICE_UNAVAILABLE),
        (http(410), FailureCode.API_VERSION_RETIRED),
        (http(420), FailureCode.SERVICE_UNAVAILABLE),
        (http(429), FailureCode.SERVICE_UNAVAILABLE),
        (http(500), FailureCode.SERVICE_UNAVAILABLE),
        (http(502, b"<html>Bad gateway</html>"), FailureCode.SERVICE_UNAVAILABLE),
        (http(503, b"<html>Maintenance</html>"), FailureCode.SERVICE_UNAVAILABLE),
        (http(504), FailureCode.SERVICE_UNAVAILABLE),
        (http(503, b'[{"errorCode": "SERVER_UNA'), FailureCode.SERVICE_UNAVAILABLE),
        (answer([], 403), FailureCode.INSUFFICIENT_ACCESS),
        (answer([None], 403), FailureCode.INSUFFICIENT_ACCESS),
        (answer([{"errorCode": 7}], 403), FailureCode.INSUFFICIENT_ACCESS),
        (answer({"error": "API_DISABLED_FOR_ORG"}, 403), FailureCode.API_DISABLED),
    ],
    ids=lambda value: value.data.decode().replace("\r\n", " ") if isinstance(value, Reply) else "",
)
def test_the_status_tells_where_no_error_code_does(
    asked: Asked, reply: Reply, code: FailureCode
) -> None:
    failure = failure_in(asked(reply))

    assert failure.code is code
    assert failure.http_status == int(reply.data.split()[1])
    assert failure.detail
    assert failure.http_calls == 2


def test_an_api_version_that_is_retired_is_named_as_such(lab: Lab) -> None:
    org = lab.add(api_version="66.0")
    org.faults.add(
        Fault(
            kind=FaultKind.API_ERROR,
            phase=Phase.TOOLING,
            status=410,
            error_code="GONE",
            message="The requested resource is no longer available",
        )
    )

    assert lab.failure(org).code is FailureCode.API_VERSION_RETIRED


def test_an_api_version_that_the_org_does_not_have_yet_is_rejected(lab: Lab) -> None:
    org = lab.add(api_version="60.0")

    failure = failure_in(lab.gateway(api_version="62.0").check(lab.registration(org)))

    assert (failure.code, failure.http_status) == (FailureCode.REQUEST_REJECTED, 404)


def test_an_org_that_used_up_its_allowance_is_asked_again_another_day(lab: Lab) -> None:
    org = lab.add(daily_api_limit=10, daily_api_used=10)

    assert lab.failure(org).code is FailureCode.DAILY_LIMIT_EXCEEDED


# Sessions


def test_a_fresh_session_that_is_rejected_once_is_replaced_once(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.SESSION_EXPIRED, phase=Phase.TOOLING, times=1))

    snapshot = lab.seen(org)

    assert snapshot.unknown == {}
    assert [request.phase for request in lab.simulator.requests] == [
        Phase.TOKEN,
        Phase.TOOLING,
        Phase.TOKEN,
        Phase.TOOLING,
        Phase.COMPOSITE,
    ]
    assert snapshot.http_calls == 5


def test_a_session_that_is_rejected_twice_is_given_up(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.SESSION_EXPIRED, phase=Phase.TOOLING))

    failure = lab.failure(org)

    assert (failure.code, failure.http_status) == (FailureCode.SESSION_REJECTED, 401)
    assert failure.http_calls == 4
    assert len(lab.simulator.requests_to(HOST, Phase.TOKEN)) == 2


def test_a_check_replaces_its_session_once_in_all(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.SESSION_EXPIRED, phase=Phase.TOOLING, times=1))
    org.faults.add(Fault(kind=FaultKind.SESSION_EXPIRED, phase=Phase.COMPOSITE, times=1))

    snapshot = lab.seen(org)

    assert snapshot.package is not None
    assert len(lab.simulator.requests_to(HOST, Phase.TOKEN)) == 2
    assert all("session_rejected" in reason for reason in snapshot.unknown.values())


def test_a_login_that_fails_when_the_session_is_replaced_is_the_failure(
    asked: Asked,
) -> None:
    rejected = answer([{"errorCode": "INVALID_SESSION_ID", "message": "expired"}], 401)

    failure = failure_in(asked(rejected, answer({"error": "invalid_grant"}, 400)))

    assert failure.code is FailureCode.AUTHENTICATION_FAILED
    assert failure.http_calls == 3


def test_the_second_session_is_the_one_that_is_used(asked: Asked) -> None:
    rejected = answer([{"errorCode": "INVALID_SESSION_ID", "message": "expired"}], 401)
    second = a_token_answer(access_token="00D5g0000000001!second")

    snapshot_in(asked(rejected, answer(second), page(row())))

    sent = [request.headers.get("authorization") for request in asked.server.received]
    assert sent[1] != sent[3] == "Bearer 00D5g0000000001!second"


@pytest.mark.parametrize(
    "message",
    [
        "This session is not valid for use with the REST API",
        "Connected app is not attached to Agent",
    ],
)
def test_a_session_of_the_wrong_kind_is_not_replaced(asked: Asked, message: str) -> None:
    failure = failure_in(
        asked(answer([{"errorCode": "INVALID_SESSION_ID", "message": message}], 401))
    )

    assert failure.code is FailureCode.SESSION_REJECTED
    assert failure.http_calls == 2
