"""Logging in: what is sent, what is believed, and what refusals mean."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.salesforce import (
    Approval,
    Fault,
    FaultKind,
    Phase,
    RunningOrg,
    SimulatedUser,
    grant_refused,
)
from tests.adapters.salesforce.lab import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    HOST,
    USERNAME,
    Lab,
    failure_in,
    gateway_to,
    snapshot_in,
)
from tests.adapters.salesforce.scripted import Reply, ScriptedServer, answer, http
from tests.builders import NOW, a_registration, org_id_of
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import AuthKind, Environment

USER_ID = "0055g000000001AAAQ"


def a_token_answer(**changes: Any) -> dict[str, Any]:
    return {
        "access_token": "00D5g0000000001!AQoAQ.made.up",
        "token_type": "Bearer",
        "instance_url": f"https://{HOST}",
        "id": f"https://login.salesforce.com/id/{org_id_of(1)}/{USER_ID}",
    } | changes


@pytest.fixture
def failure_after(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> Callable[[Reply], CheckFailure]:
    """How a check ends whose token request is answered so; nothing else is answered."""

    def check(reply: Reply) -> CheckFailure:
        scripted.will_reply(reply)
        gateway = gateway_to(scripted.base_url, credentials, clock)
        return failure_in(gateway.check(a_registration(host=HOST, username=USERNAME)))

    return check


# What is sent


@pytest.mark.parametrize(
    ("environment", "audience"),
    [
        (Environment.PRODUCTION, "https://login.salesforce.com"),
        (Environment.SANDBOX, "https://test.salesforce.com"),
    ],
)
def test_a_jwt_login_asserts_the_user_for_three_minutes_to_the_login_service(
    scripted: ScriptedServer,
    app_key: rsa.RSAPrivateKey,
    credentials: AppCredentials,
    clock: SettableClock,
    environment: Environment,
    audience: str,
) -> None:
    scripted.will_reply(http(400))

    gateway_to(scripted.base_url, credentials, clock).check(
        a_registration(host=HOST, username=USERNAME, environment=environment)
    )

    (request,) = scripted.received
    form = parse_qs(request.body.decode(), strict_parsing=True)
    claims = jwt.decode(
        form["assertion"][0],
        app_key.public_key(),
        algorithms=["RS256"],
        audience=audience,
        options={"verify_exp": False},
    )
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert claims == {
        "iss": CONSUMER_KEY,
        "sub": USERNAME,
        "aud": audience,
        "exp": int(NOW.timestamp()) + 180,
    }
    assert type(claims["exp"]) is int


def test_the_token_is_asked_for_at_the_orgs_own_host(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    scripted.will_reply(http(400))

    gateway_to(scripted.base_url, credentials, clock).check(a_registration(host=HOST))

    (request,) = scripted.received
    assert request.line == "POST /services/oauth2/token HTTP/1.1"
    assert request.headers["host"] == HOST
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers


def test_a_client_credentials_login_sends_key_and_secret_in_the_header_only(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    scripted.will_reply(http(400))

    gateway_to(scripted.base_url, credentials, clock).check(
        a_registration(host=HOST, auth_kind=AuthKind.CLIENT_CREDENTIALS)
    )

    (request,) = scripted.received
    scheme, _, pair = request.headers["authorization"].partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(pair).decode() == f"{CONSUMER_KEY}:{CONSUMER_SECRET}"
    assert request.body == b"grant_type=client_credentials"


def test_both_kinds_of_login_lead_to_a_snapshot(lab: Lab) -> None:
    org = lab.add(run_as=USERNAME)

    by_jwt = snapshot_in(lab.check(org))
    by_secret = snapshot_in(lab.check(org, auth_kind=AuthKind.CLIENT_CREDENTIALS, username=""))

    assert by_jwt.identity == by_secret.identity
    assert by_jwt.package == by_secret.package


def test_a_sandbox_is_logged_in_to_as_a_sandbox(lab: Lab) -> None:
    sandbox = lab.add("acme--uat.sandbox.my.salesforce.com")

    snapshot = lab.seen(sandbox)

    assert snapshot.org is not None
    assert snapshot.org.is_sandbox


# Credentials that are not there


@pytest.mark.parametrize(
    ("present", "auth_kind", "missing"),
    [
        ("nothing", AuthKind.JWT_BEARER, "consumer_key"),
        ("the key only", AuthKind.JWT_BEARER, "private_key"),
        ("nothing", AuthKind.CLIENT_CREDENTIALS, "consumer_key"),
        ("the key only", AuthKind.CLIENT_CREDENTIALS, "consumer_secret"),
    ],
)
def test_credentials_that_a_login_lacks_are_named_and_nothing_is_sent(
    lab: Lab, org: RunningOrg, present: str, auth_kind: AuthKind, missing: str
) -> None:
    credentials = AppCredentials() if present == "nothing" else AppCredentials(CONSUMER_KEY)

    failure = failure_in(lab.gateway(credentials).check(lab.registration(org, auth_kind=auth_kind)))

    assert failure.code is FailureCode.CREDENTIALS_MISSING
    assert missing in failure.detail
    assert failure.http_calls == 0
    assert lab.simulator.requests == []


def test_a_malformed_secret_fails_the_login_and_not_the_scan(lab: Lab, org: RunningOrg) -> None:
    def refuse() -> AppCredentials:
        raise InvalidSettings("The Salesforce secret is not JSON.")

    failure = failure_in(lab.gateway(refuse).check(lab.registration(org)))

    assert failure.code is FailureCode.CREDENTIALS_MISSING
    assert failure.detail == "The Salesforce secret is not JSON."


def test_a_secret_rotated_between_two_checks_is_used_by_the_second(
    lab: Lab, org: RunningOrg
) -> None:
    known = [lab.credentials, AppCredentials("another.app", lab.credentials.private_key)]
    gateway = lab.gateway(lambda: known.pop())

    before = failure_in(gateway.check(lab.registration(org)))
    after = gateway.check(lab.registration(org))

    assert before.code is FailureCode.CLIENT_REJECTED
    snapshot_in(after)


# Who is refused, and in which words


def test_a_user_who_has_not_approved_the_app_is_told_apart(lab: Lab) -> None:
    user = SimulatedUser(username=USERNAME, approval=Approval.NOT_APPROVED)

    assert lab.failure(lab.add(users=[user])).code is FailureCode.LOGIN_NOT_APPROVED


def test_a_user_whom_no_admin_has_approved_is_told_apart(lab: Lab) -> None:
    user = SimulatedUser(username=USERNAME, approval=Approval.NOT_ADMIN_APPROVED)

    assert lab.failure(lab.add(users=[user])).code is FailureCode.LOGIN_NOT_APPROVED


def test_an_inactive_user_is_told_apart(lab: Lab) -> None:
    user = SimulatedUser(username=USERNAME, active=False)

    assert lab.failure(lab.add(users=[user])).code is FailureCode.USER_INACTIVE


def test_an_inactive_org_is_told_apart(lab: Lab) -> None:
    assert lab.failure(lab.add(active=False)).code is FailureCode.ORG_INACTIVE


def test_a_sandbox_registered_as_production_has_the_wrong_audience(lab: Lab) -> None:
    sandbox = lab.add("acme--uat.sandbox.my.salesforce.com")

    failure = lab.failure(sandbox, environment=Environment.PRODUCTION)

    assert failure.code is FailureCode.AUDIENCE_REJECTED


def test_a_key_that_is_not_the_apps_is_rejected(lab: Lab, org: RunningOrg) -> None:
    foreign = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    gateway = lab.gateway(AppCredentials(CONSUMER_KEY, foreign))

    failure = failure_in(gateway.check(lab.registration(org)))

    assert failure.code is FailureCode.ASSERTION_REJECTED


def test_a_clock_that_is_slow_makes_expired_assertions(lab: Lab, org: RunningOrg) -> None:
    slow = SettableClock(NOW - timedelta(minutes=30))
    gateway = gateway_to(lab.simulator.base_url, lab.credentials, slow)

    failure = failure_in(gateway.check(lab.registration(org)))

    assert failure.code is FailureCode.ASSERTION_EXPIRED


def test_an_unknown_consumer_key_is_the_clients_fault(lab: Lab, org: RunningOrg) -> None:
    gateway = lab.gateway(AppCredentials("another.app", lab.credentials.private_key))

    failure = failure_in(gateway.check(lab.registration(org)))

    assert failure.code is FailureCode.CLIENT_REJECTED


def test_a_wrong_consumer_secret_is_the_clients_fault(lab: Lab) -> None:
    org = lab.add(run_as=USERNAME)
    gateway = lab.gateway(AppCredentials(CONSUMER_KEY, consumer_secret="wrong"))

    failure = failure_in(
        gateway.check(lab.registration(org, auth_kind=AuthKind.CLIENT_CREDENTIALS))
    )

    assert failure.code is FailureCode.CLIENT_REJECTED


def test_client_credentials_need_a_run_as_user(lab: Lab, org: RunningOrg) -> None:
    failure = lab.failure(org, auth_kind=AuthKind.CLIENT_CREDENTIALS)

    assert failure.code is FailureCode.RUN_AS_USER_MISSING


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("user hasn't approved this consumer", FailureCode.LOGIN_NOT_APPROVED),
        ("user hasn\u2019t approved this consumer", FailureCode.LOGIN_NOT_APPROVED),
        ("user is not admin approved to access this app", FailureCode.LOGIN_NOT_APPROVED),
        ("invalid assertion", FailureCode.ASSERTION_REJECTED),
        ("audience is invalid", FailureCode.AUDIENCE_REJECTED),
        ("Audience validation failed", FailureCode.AUDIENCE_REJECTED),
        ("expired authorization code", FailureCode.ASSERTION_EXPIRED),
        ("ip restricted", FailureCode.IP_RESTRICTED),
        ("inactive user", FailureCode.USER_INACTIVE),
        ("inactive organization", FailureCode.ORG_INACTIVE),
        ("authentication failure", FailureCode.AUTHENTICATION_FAILED),
        ("no client credentials user enabled", FailureCode.RUN_AS_USER_MISSING),
        ("login rate exceeded", FailureCode.LOGIN_RATE_EXCEEDED),
        ("expired access/refresh token", FailureCode.LOGIN_REFUSED),
        ("request not supported on this domain", FailureCode.LOGIN_REFUSED),
        ("a text of next year's release", FailureCode.LOGIN_REFUSED),
        ("", FailureCode.AUTHENTICATION_FAILED),
        (None, FailureCode.AUTHENTICATION_FAILED),
    ],
)
def test_what_invalid_grant_means_depends_on_its_description(
    lab: Lab, org: RunningOrg, description: str | None, code: FailureCode
) -> None:
    org.faults.add(grant_refused(description))

    failure = lab.failure(org)

    assert (failure.code, failure.http_status, failure.http_calls) == (code, 400, 1)
    assert failure.detail.startswith("invalid_grant")
    assert (description or "invalid_grant") in failure.detail


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("OAUTH_APP_BLOCKED", FailureCode.APP_BLOCKED),
        ("OAUTH_APP_ACCESS_DENIED", FailureCode.LOGIN_NOT_APPROVED),
        ("invalid_app_access", FailureCode.LOGIN_NOT_APPROVED),
        ("app_not_found", FailureCode.LOGIN_NOT_APPROVED),
        ("invalid_client_id", FailureCode.CLIENT_REJECTED),
        ("invalid_client", FailureCode.CLIENT_REJECTED),
        ("unsupported_grant_type", FailureCode.FLOW_NOT_ENABLED),
        ("unauthorized_client", FailureCode.FLOW_NOT_ENABLED),
        ("inactive_user", FailureCode.USER_INACTIVE),
        ("inactive_org", FailureCode.ORG_INACTIVE),
        ("rate_limit_exceeded", FailureCode.LOGIN_RATE_EXCEEDED),
        ("LOGIN_RATE_EXCEEDED", FailureCode.LOGIN_RATE_EXCEEDED),
        ("an_error_of_next_year", FailureCode.LOGIN_REFUSED),
    ],
)
def test_every_other_login_error_speaks_for_itself(
    lab: Lab, org: RunningOrg, error: str, code: FailureCode
) -> None:
    org.faults.add(Fault(kind=FaultKind.OAUTH_ERROR, error=error))

    failure = lab.failure(org)

    assert failure.code is code
    assert failure.detail == error


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (http(500), FailureCode.SERVICE_UNAVAILABLE),
        (http(502, b"<html>Bad gateway</html>"), FailureCode.SERVICE_UNAVAILABLE),
        (http(503, b"<html>Maintenance</html>"), FailureCode.SERVICE_UNAVAILABLE),
        (http(504), FailureCode.SERVICE_UNAVAILABLE),
        (http(420), FailureCode.SERVICE_UNAVAILABLE),
        (http(429), FailureCode.SERVICE_UNAVAILABLE),
        (answer({"error": "unknown_error"}, 500), FailureCode.SERVICE_UNAVAILABLE),
        (http(404, b"<html>URL No Longer Exists</html>"), FailureCode.HOST_NOT_FOUND),
        (http(401), FailureCode.LOGIN_REFUSED),
        (http(403, b"<html>no</html>"), FailureCode.LOGIN_REFUSED),
        (answer([{"errorCode": "API_DISABLED_FOR_ORG"}], 403), FailureCode.API_DISABLED),
        (http(302, headers={"Location": "https://evil.example/?x=1"}), FailureCode.LOGIN_REFUSED),
    ],
)
def test_a_refused_login_without_an_oauth_error_goes_by_its_status(
    failure_after: Callable[[Reply], CheckFailure], reply: Reply, code: FailureCode
) -> None:
    failure = failure_after(reply)

    assert failure.code is code
    assert failure.http_status == int(reply.data.split()[1])
    assert failure.detail


def test_a_redirected_login_is_not_followed_and_the_address_is_told_without_its_query(
    failure_after: Callable[[Reply], CheckFailure], scripted: ScriptedServer
) -> None:
    failure = failure_after(http(307, headers={"Location": "https://evil.example/token?a=b"}))

    assert "https://evil.example/token;" in failure.detail
    assert len(scripted.received) == 1


# What is believed of a granted login


def test_an_org_other_than_the_registered_one_is_asked_nothing(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.WRONG_ORG_ID, org_id=org_id_of(7)))

    failure = lab.failure(org)

    assert failure.code is FailureCode.WRONG_ORG
    assert org_id_of(7) in failure.detail
    assert failure.http_calls == 1
    assert lab.simulator.requests_to(HOST, Phase.TOOLING) == []


def test_an_org_id_of_15_characters_is_the_same_org(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.WRONG_ORG_ID, org_id=org.org_id[:15]))

    snapshot_in(lab.check(org))


@pytest.mark.parametrize(
    "address",
    [
        "https://attacker.example",
        "https://acme.my.salesforce.com.attacker.example",
        "https://attacker.example/acme.my.salesforce.com",
        "https://acme.my.salesforce.com@attacker.example",
        "https://attackermy.salesforce.com",
        "http://acme.my.salesforce.com",
        "https://acme.my.salesforce.com:8443",
        "https://login.salesforce.com",
        "https://127.0.0.1",
        "",
    ],
)
def test_a_token_is_never_sent_to_a_host_that_is_not_allowed(
    lab: Lab, org: RunningOrg, address: str
) -> None:
    org.faults.add(Fault(kind=FaultKind.FOREIGN_INSTANCE_URL, instance_url=address))

    failure = lab.failure(org)

    assert failure.code is FailureCode.HOST_NOT_ALLOWED
    assert failure.http_calls == 1
    assert [request.phase for request in lab.simulator.requests] == [Phase.TOKEN]


def test_calls_go_to_the_host_that_the_login_names_if_it_is_an_allowed_one(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    renamed = a_token_answer(instance_url="https://renamed.my.salesforce.com")
    scripted.will_reply(answer(renamed), http(503))

    gateway_to(scripted.base_url, credentials, clock).check(a_registration(host=HOST))

    login, query = scripted.received
    assert (login.headers["host"], query.headers["host"]) == (HOST, "renamed.my.salesforce.com")
    assert query.headers["authorization"] == f"Bearer {renamed['access_token']}"


def test_an_instance_that_is_the_loopback_override_means_the_orgs_own_host(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    scripted.will_reply(answer(a_token_answer(instance_url=scripted.base_url + "/")), http(503))

    gateway_to(scripted.base_url, credentials, clock).check(a_registration(host=HOST))

    assert [request.headers["host"] for request in scripted.received] == [HOST, HOST]


@pytest.mark.parametrize(
    "host", ["attacker.example", "login.salesforce.com", "acme.my.salesforce.com.attacker.example"]
)
def test_credentials_are_never_sent_to_a_registered_host_that_is_not_allowed(
    lab: Lab, org: RunningOrg, host: str
) -> None:
    failure = lab.failure(org, host=host)

    assert failure.code is FailureCode.HOST_NOT_ALLOWED
    assert lab.simulator.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        answer(a_token_answer(access_token=None)),
        answer(a_token_answer(access_token="")),
        answer(a_token_answer(access_token=42)),
        answer(a_token_answer(access_token="two words")),
        answer(a_token_answer(access_token="x\r\nX-Injected: yes")),
        answer(a_token_answer(access_token="ü")),
        answer(a_token_answer(access_token="x" * 5_000)),
        answer(a_token_answer(token_type="mac")),
        answer(a_token_answer(token_type=None)),
        answer(a_token_answer(id=None)),
        answer(a_token_answer(id="https://login.salesforce.com/id/00D/005")),
        answer(a_token_answer(id=f"https://login.salesforce.com/id/{org_id_of(1)}")),
        answer(a_token_answer(id=f"https://[/id/{org_id_of(1)}/{USER_ID}/../x")),
        answer(a_token_answer(id=f"https://a/id/{org_id_of(1)[:15]}AAA/{USER_ID}")),
        answer(a_token_answer(instance_url=None)),
        answer([a_token_answer()]),
        answer("a token"),
        http(200, b""),
        http(200, b'{"access_token": "00D'),
        http(200, b"<!DOCTYPE html><html>Log in</html>", {"Content-Type": "text/html"}),
        http(200, b"\xff\xfe\x00"),
        http(200, b"[" * 100_000),
    ],
    ids=lambda reply: reply.data[-60:].decode(errors="replace") if reply.data else "nothing",
)
def test_a_token_answer_of_another_shape_is_not_believed(
    failure_after: Callable[[Reply], CheckFailure], scripted: ScriptedServer, reply: Reply
) -> None:
    failure = failure_after(reply)

    assert failure.code is FailureCode.MALFORMED_ANSWER
    assert len(scripted.received) == 1


def test_a_secret_that_cannot_be_read_at_present_is_not_the_orgs_failure(
    lab: Lab, org: RunningOrg
) -> None:
    def throttled() -> AppCredentials:
        raise StoreUnavailable("Secrets Manager is throttling.")

    with pytest.raises(StoreUnavailable):
        lab.gateway(throttled).check(lab.registration(org))
