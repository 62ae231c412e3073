"""Ordering an install: at most one request ever arrives, and its answer is read with care."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from local.salesforce import Fault, FaultKind, RunningOrg
from tests.adapters.salesforce.lab import CONSUMER_KEY, HOST, Lab
from tests.adapters.salesforce.scripted import (
    Received,
    Reply,
    ScriptedServer,
    answer,
    http,
)
from tests.adapters.salesforce.test_login import a_token_answer
from tests.adapters.salesforce.test_secrecy import http_answers, raw_answers
from tests.adapters.salesforce.upgrade_lab import (
    ACCEPTED,
    LOGIN,
    TARGET,
    Ordered,
    order_of,
    orders_in,
    refusal,
    registered,
    upgrades_in,
    upgrades_to,
)
from tests.builders import NOW, REQUEST_ID, TARGET_ID
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.upgrade import (
    InstallAccepted,
    InstallRefused,
    InstallUncertain,
    SecurityType,
    UpgradeFacts,
)


@pytest.fixture
def ordered(scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock) -> Ordered:
    return Ordered(scripted, credentials, clock)


# What is ordered


@pytest.mark.parametrize(
    ("security", "word"), [(SecurityType.ALL_USERS, "Full"), (SecurityType.ADMINS_ONLY, "None")]
)
def test_an_order_says_everything_that_matters(
    ordered: Ordered, security: SecurityType, word: str
) -> None:
    ordered(ACCEPTED, security=security)

    (request,) = ordered.orders
    assert order_of(request) == {
        "SubscriberPackageVersionKey": TARGET_ID,
        "SecurityType": word,
        "EnableRss": True,
        "NameConflictResolution": "Block",
    }
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("key", ["open-sesame", 'it\'s \\ "ключ"'])
def test_the_installation_key_goes_along_as_it_is(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock, key: str
) -> None:
    ordered = Ordered(scripted, replace(credentials, installation_key=key), clock)

    ordered(ACCEPTED)

    assert order_of(ordered.orders[0])["Password"] == key


def test_every_order_logs_in_first_and_shares_the_connection_with_its_login(
    ordered: Ordered, scripted: ScriptedServer
) -> None:
    ordered(ACCEPTED)
    ordered(ACCEPTED)

    assert [request.line.split()[1] for request in scripted.received] == [
        "/services/oauth2/token",
        "/services/data/v62.0/tooling/sobjects/PackageInstallRequest",
    ]
    assert scripted.connections == 2


# Accepted


@pytest.mark.parametrize("said", [REQUEST_ID, REQUEST_ID[:15]])
def test_an_accepted_order_has_the_id_of_its_request(ordered: Ordered, said: str) -> None:
    answered = ordered(answer({"id": said, "success": True, "errors": []}, 201))

    assert answered == InstallAccepted(REQUEST_ID)


# Refused


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("INSTALL_KEY_INVALID", 400),
        ("UNABLE_TO_LOCK_ROW", 400),
        ("INVALID_CROSS_REFERENCE_KEY", 400),
        ("INSUFFICIENT_ACCESS_OR_READONLY", 400),
        ("INSUFFICIENT_ACCESS", 403),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400),
        ("UNKNOWN_EXCEPTION", 400),
        ("SOMETHING_NEW", 409),
    ],
)
def test_an_error_that_the_org_names_is_a_refusal_in_its_own_words(
    ordered: Ordered, code: str, status: int
) -> None:
    assert ordered(refusal(code, "In\nwords.", status)) == InstallRefused(f"{code}: In words.")


def test_an_order_that_was_not_saved_is_refused(ordered: Ordered) -> None:
    errors = [{"message": "Not today.", "errorCode": "X"}]

    answered = ordered(answer({"id": None, "success": False, "errors": errors}))

    assert answered == InstallRefused("X: Not today.")


def test_a_refusal_is_short(ordered: Ordered) -> None:
    answered = ordered(refusal("X", "long " * 500))

    assert isinstance(answered, InstallRefused)
    assert len(answered.message) == 300


# Surely not begun


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (refusal("INVALID_SESSION_ID", status=401), FailureCode.SESSION_REJECTED),
        (refusal("INVALID_AUTH_HEADER", status=401), FailureCode.SESSION_REJECTED),
        (
            refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403),
            FailureCode.DAILY_LIMIT_EXCEEDED,
        ),
        (
            refusal("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.", 403),
            FailureCode.CONCURRENT_LIMIT_EXCEEDED,
        ),
        (refusal("REQUEST_LIMIT_EXCEEDED", status=429), FailureCode.SERVICE_UNAVAILABLE),
        (refusal("SLOW_DOWN", status=420), FailureCode.SERVICE_UNAVAILABLE),
        (refusal("API_DISABLED_FOR_ORG", status=403), FailureCode.API_DISABLED),
        (refusal("API_CURRENTLY_DISABLED", status=403), FailureCode.API_DISABLED),
        (refusal("GONE", status=410), FailureCode.API_VERSION_RETIRED),
        (refusal("INVALID_TYPE"), FailureCode.PACKAGES_NOT_VISIBLE),
        (refusal("NOT_FOUND", status=404), FailureCode.PACKAGES_NOT_VISIBLE),
    ],
)
def test_an_order_that_was_not_let_in_is_not_sent_again_and_counts_as_unsent(
    ordered: Ordered, said: Reply, code: FailureCode
) -> None:
    answered = ordered(said, LOGIN, ACCEPTED)

    assert isinstance(answered, CheckFailure)
    assert answered.code is code
    assert answered.http_calls == len(ordered.server.received) == 2


def test_an_order_that_cannot_connect_was_not_sent(
    ordered: Ordered, scripted: ScriptedServer
) -> None:
    address = "https://elsewhere.my.salesforce.com"

    def the_last(_: Received) -> Reply:
        scripted.stop_listening()
        return answer(a_token_answer(instance_url=address))

    answered = ordered(login=the_last)

    assert isinstance(answered, CheckFailure)
    assert answered.code is FailureCode.CONNECTION_FAILED
    assert len(scripted.received) == 1


def test_an_order_whose_tls_handshake_fails_was_not_sent(
    ordered: Ordered, scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    secure = scripted.base_url.replace("http:", "https:")

    answered = upgrades_to(secure, credentials, clock, connect_timeout_seconds=0.1).install(
        registered(), TARGET_ID, SecurityType.ALL_USERS
    )

    assert isinstance(answered, CheckFailure)
    assert scripted.received == []


def test_an_order_whose_time_is_up_was_not_sent(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    seconds = [0.0]

    def late(_: Received) -> Reply:
        seconds[0] += 26
        return LOGIN

    scripted.will_reply(late, ACCEPTED)
    gateway = upgrades_to(scripted.base_url, credentials, clock, monotonic=lambda: seconds[0])

    answered = gateway.install(registered(), TARGET_ID, SecurityType.ALL_USERS)

    assert isinstance(answered, CheckFailure)
    assert answered.code is FailureCode.TIMED_OUT
    assert len(scripted.received) == 1


# Uncertain


@pytest.mark.parametrize(
    "said",
    [
        Reply(resets=True),
        Reply(closes=True),
        Reply(ACCEPTED.data[:20], resets=True),
        Reply(ACCEPTED.data[:-5], closes=True),
        Reply(b"nonsense\r\n\r\n", closes=True),
        Reply(
            b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\n", closes=True
        ),
        http(201),
        http(201, b"{}"),
        http(201, b"[]"),
        http(201, b'{"id": "0Hf5g000'),
        http(200, b"<html>Log in</html>"),
        answer({"id": TARGET_ID, "success": True, "errors": []}, 201),
        answer({"id": None, "success": True, "errors": []}, 201),
        answer({"success": False, "errors": []}),
        http(204),
        http(302, headers={"Location": "https://login.salesforce.com/"}),
        http(400),
        http(400, b"<html>Bad Request</html>"),
        answer({"error": "bad_gateway_thing", "error_description": "no"}, 400),
        answer([], 400),
        answer([{"message": "without a code"}], 400),
        http(401, b"<html>Who?</html>"),
        refusal("X", status=408),
        http(429, b"<html>Slow down</html>"),
        refusal("QUERY_TIMEOUT"),
        refusal("SERVER_UNAVAILABLE"),
        refusal("UNKNOWN_EXCEPTION", status=500),
        refusal("SERVER_UNAVAILABLE", status=503),
        http(502, b"<html>Bad Gateway</html>"),
        http(503, b"<html>Maintenance</html>"),
        http(504),
    ],
)
def test_an_order_without_a_clear_answer_may_have_arrived_and_is_not_sent_again(
    ordered: Ordered, said: Reply
) -> None:
    answered = ordered(said, LOGIN, ACCEPTED, ACCEPTED)

    assert isinstance(answered, InstallUncertain)
    assert answered.detail
    assert len(ordered.orders) == 1


def test_an_answer_that_does_not_come_in_time_is_uncertain(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    ordered = Ordered(scripted, credentials, clock, read_timeout_seconds=0.05)

    answered = ordered(Reply(stalls=True), LOGIN, ACCEPTED)

    assert answered == InstallUncertain("no complete answer in time")
    assert len(ordered.orders) == 1


def test_an_answer_that_is_too_long_is_uncertain(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    ordered = Ordered(scripted, credentials, clock, max_body_bytes=1_000)

    answered = ordered(http(201, b" " * 1_001), LOGIN, ACCEPTED)

    assert isinstance(answered, InstallUncertain)
    assert len(ordered.orders) == 1


# The org itself says what arrived


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.RESET_MID,
        FaultKind.TRUNCATED,
        FaultKind.CUT_JSON,
        FaultKind.HTML_OK,
        FaultKind.GATEWAY_TIMEOUT,
    ],
)
def test_an_order_whose_answer_was_lost_is_found_in_the_list(
    lab: Lab, org: RunningOrg, kind: FaultKind
) -> None:
    lab.simulator.publish(TARGET)
    org.faults.add(Fault(kind=kind, path="PackageInstallRequest", method="POST"))
    upgrades, registration = upgrades_in(lab), lab.registration(org)

    answered = upgrades.install(registration, TARGET_ID, SecurityType.ALL_USERS)
    facts = upgrades.facts(registration, TARGET_ID)

    assert isinstance(answered, InstallUncertain)
    assert isinstance(facts, UpgradeFacts)
    assert [(one.version_id, one.created_at) for one in facts.requests] == [(TARGET_ID, NOW)]
    assert orders_in(lab.simulator) == 1


@pytest.mark.parametrize(
    "kind",
    [FaultKind.RESET_BEFORE, FaultKind.MAINTENANCE, FaultKind.SERVER_ERROR],
)
def test_an_order_that_was_lost_is_not_in_the_list(
    lab: Lab, org: RunningOrg, kind: FaultKind
) -> None:
    lab.simulator.publish(TARGET)
    org.faults.add(Fault(kind=kind, path="PackageInstallRequest", method="POST"))
    upgrades, registration = upgrades_in(lab), lab.registration(org)

    answered = upgrades.install(registration, TARGET_ID, SecurityType.ALL_USERS)

    facts = upgrades.facts(registration, TARGET_ID)

    assert isinstance(answered, InstallUncertain)
    assert isinstance(facts, UpgradeFacts)
    assert facts.requests == ()
    assert orders_in(lab.simulator) == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.SESSION_EXPIRED, FailureCode.SESSION_REJECTED),
        (FaultKind.TOTAL_REQUESTS_EXCEEDED, FailureCode.DAILY_LIMIT_EXCEEDED),
        (FaultKind.CONCURRENT_REQUESTS_EXCEEDED, FailureCode.CONCURRENT_LIMIT_EXCEEDED),
        (FaultKind.API_DISABLED, FailureCode.API_DISABLED),
        (FaultKind.TOO_MANY_REQUESTS, FailureCode.SERVICE_UNAVAILABLE),
    ],
)
def test_an_order_that_an_org_does_not_let_in_begins_nothing(
    lab: Lab, org: RunningOrg, kind: FaultKind, code: FailureCode
) -> None:
    lab.simulator.publish(TARGET)
    org.faults.add(Fault(kind=kind, path="PackageInstallRequest", method="POST"))

    answered = upgrades_in(lab).install(lab.registration(org), TARGET_ID, SecurityType.ALL_USERS)

    assert isinstance(answered, CheckFailure)
    assert answered.code is code
    assert org.installs.runs == []
    assert orders_in(lab.simulator, HOST) == 1


# Whatever happens


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


endings = st.sampled_from(
    [Reply(closes=True), Reply(resets=True), ACCEPTED, LOGIN, refusal("INVALID_SESSION_ID")]
)
statuses = st.sampled_from([200, 201, 204, 302, 400, 401, 403, 404, 408, 420, 429, 500, 503])
codes = st.sampled_from(
    ["INVALID_SESSION_ID", "REQUEST_LIMIT_EXCEEDED", "UNABLE_TO_LOCK_ROW", "X", ""]
)
refusals = st.builds(lambda code, status: refusal(code, "no", status), codes, statuses)


@given(replies=st.lists(raw_answers | http_answers | endings | refusals, min_size=1, max_size=4))
def test_at_most_one_order_arrives_whatever_the_server_does(
    server: ScriptedServer, app_key: rsa.RSAPrivateKey, replies: list[Reply]
) -> None:
    ordered = Ordered(server, AppCredentials(CONSUMER_KEY, app_key), SettableClock(NOW))

    answered = ordered(*replies)

    assert len(ordered.orders) <= 1
    if isinstance(answered, CheckFailure):
        assert answered.code is not FailureCode.INTERNAL_ERROR
    elif isinstance(answered, InstallAccepted):
        assert answered.request_id == REQUEST_ID
    if not ordered.orders:
        assert isinstance(answered, CheckFailure)


@given(reply=raw_answers | http_answers)
def test_only_a_clear_answer_of_the_org_says_that_nothing_was_begun(
    server: ScriptedServer, app_key: rsa.RSAPrivateKey, reply: Reply
) -> None:
    ordered = Ordered(server, AppCredentials(CONSUMER_KEY, app_key), SettableClock(NOW))

    answered = ordered(reply)

    assert len(ordered.orders) == 1
    # No answer made up at random is an error of the REST API.
    assert isinstance(answered, InstallUncertain)


def test_a_bug_in_reading_the_answer_does_not_pass_for_an_order_that_was_not_sent(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    broken = threading.Event()

    def monotonic() -> float:
        if broken.is_set():
            raise ZeroDivisionError("a bug")
        return 0.0

    def first_half(_: Received) -> Reply:
        broken.set()
        return Reply(ACCEPTED.data[:-5], closes=True)

    scripted.will_reply(LOGIN, first_half)
    gateway = upgrades_to(scripted.base_url, credentials, clock, monotonic=monotonic)

    answered = gateway.install(registered(), TARGET_ID, SecurityType.ALL_USERS)

    assert answered == InstallUncertain("ZeroDivisionError")
