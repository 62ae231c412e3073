"""Changing a row: at most one change ever arrives, and its answer is read with care."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from local.salesforce import API_KEY_FIELD, API_SECRET_FIELD
from tests.adapters.salesforce.keys_lab import (
    API_KEY,
    API_SECRET,
    DONE,
    LOGIN,
    ROW_ID,
    VALUES,
    Changed,
    change_of,
    keys_at,
    refusal,
    registered,
)
from tests.adapters.salesforce.lab import CONSUMER_KEY
from tests.adapters.salesforce.scripted import Received, Reply, ScriptedServer, answer, http
from tests.adapters.salesforce.test_login import a_token_answer
from tests.adapters.salesforce.test_packages import page
from tests.adapters.salesforce.test_secrecy import http_answers, raw_answers
from tests.builders import NOW
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import (
    KeyValues,
    RowChanged,
    RowGone,
    RowRefusal,
    RowRefused,
    RowUncertain,
)

ADDRESS = f"/services/data/v62.0/sobjects/zoom_app__Zoom__c/{ROW_ID}"
_R = RowRefusal


@pytest.fixture
def changed(scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock) -> Changed:
    return Changed(scripted, credentials, clock)


# What is sent


def test_blanking_sends_exactly_two_nulls_to_one_row(changed: Changed) -> None:
    assert changed(DONE) == RowChanged()

    (request,) = changed.changes
    assert request.line == f"PATCH {ADDRESS} HTTP/1.1"
    assert change_of(request) == {API_KEY_FIELD: None, API_SECRET_FIELD: None}
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        (VALUES, {API_KEY_FIELD: API_KEY, API_SECRET_FIELD: API_SECRET}),
        (KeyValues(ROW_ID, API_KEY, None), {API_KEY_FIELD: API_KEY}),
        (KeyValues(ROW_ID, None, API_SECRET), {API_SECRET_FIELD: API_SECRET}),
        (KeyValues(ROW_ID, 'it\'s \\ "ключ"', None), {API_KEY_FIELD: 'it\'s \\ "ключ"'}),
    ],
)
def test_putting_back_sends_the_values_as_they_are(
    changed: Changed, values: KeyValues, sent: dict[str, str]
) -> None:
    assert changed(DONE, values=values) == RowChanged()

    (request,) = changed.changes
    assert request.line == f"PATCH {ADDRESS} HTTP/1.1"
    assert change_of(request) == sent


def test_every_change_logs_in_first_and_shares_the_connection_with_its_login(
    changed: Changed, scripted: ScriptedServer
) -> None:
    changed(DONE)
    changed(DONE)

    assert [request.line.split()[1] for request in scripted.received] == [
        "/services/oauth2/token",
        ADDRESS,
    ]
    assert scripted.connections == 2


# Refused


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("INSUFFICIENT_ACCESS_OR_READONLY", 400, _R.PERMISSION),
        ("INSUFFICIENT_ACCESS_OR_READONLY", 403, _R.PERMISSION),
        ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", 403, _R.PERMISSION),
        ("INSUFFICIENT_ACCESS", 403, _R.PERMISSION),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", 400, _R.PERMISSION),
        ("INVALID_FIELD", 400, _R.PERMISSION),
        ("INVALID_TYPE", 400, _R.PERMISSION),
        ("SOMETHING_NEW", 403, _R.PERMISSION),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, _R.CUSTOMER_LOGIC),
        ("FIELD_FILTER_VALIDATION_EXCEPTION", 400, _R.CUSTOMER_LOGIC),
        ("FIELD_INTEGRITY_EXCEPTION", 400, _R.CUSTOMER_LOGIC),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, _R.CUSTOMER_LOGIC),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", 400, _R.CUSTOMER_LOGIC),
        ("DUPLICATES_DETECTED", 400, _R.CUSTOMER_LOGIC),
        ("REQUIRED_FIELD_MISSING", 400, _R.FIELD_REQUIRED),
        ("UNABLE_TO_LOCK_ROW", 400, _R.LOCKED),
        ("ENTITY_IS_LOCKED", 400, _R.LOCKED),
        ("ENTITY_IS_LOCKED", 423, _R.LOCKED),
        ("STRING_TOO_LONG", 400, _R.OTHER),
        ("UNKNOWN_EXCEPTION", 400, _R.OTHER),
        ("SOMETHING_NEW", 409, _R.OTHER),
    ],
)
def test_an_error_that_the_org_names_is_a_refusal_in_its_own_words(
    changed: Changed, code: str, status: int, reason: RowRefusal
) -> None:
    answered = changed(refusal(code, "In\nwords.", status), LOGIN, DONE)

    assert answered == RowRefused(reason, f"{code}: In words.")
    assert len(changed.changes) == 1


def test_a_refusal_is_short(changed: Changed) -> None:
    answered = changed(refusal("X", "long " * 500))

    assert isinstance(answered, RowRefused)
    assert len(answered.said) == 300


# Gone


def test_a_row_in_the_recycle_bin_is_gone(changed: Changed) -> None:
    assert changed(refusal("ENTITY_IS_DELETED", "entity is deleted", 404)) == RowGone()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (page(), RowGone()),
        (page({"Id": ROW_ID}), RowRefused(_R.OTHER, "NOT_FOUND")),
        (refusal("INVALID_TYPE"), RowRefused(_R.PERMISSION, "INVALID_TYPE: No.")),
        (refusal("INVALID_FIELD"), RowRefused(_R.PERMISSION, "INVALID_FIELD: No.")),
    ],
)
def test_what_is_not_found_is_asked_about_before_it_is_taken_for_gone(
    changed: Changed, scripted: ScriptedServer, said: Reply, expected: object
) -> None:
    assert changed(refusal("NOT_FOUND", "Not there.", 404), said) == expected

    asked = scripted.received[-1].line
    assert asked.startswith("GET ")
    assert f"WHERE+Id+%3D+%27{ROW_ID}%27" in asked


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (http(503), FailureCode.SERVICE_UNAVAILABLE),
        (Reply(resets=True), FailureCode.CONNECTION_FAILED),
        (refusal("INSUFFICIENT_ACCESS", status=403), FailureCode.INSUFFICIENT_ACCESS),
        (answer({"records": []}), FailureCode.MALFORMED_ANSWER),
        (http(200, b"<html>Log in</html>"), FailureCode.MALFORMED_ANSWER),
    ],
)
def test_where_that_cannot_be_told_nothing_was_changed_and_nothing_is_said_of_the_row(
    changed: Changed, said: Reply, code: FailureCode
) -> None:
    answered = changed(refusal("NOT_FOUND", "Not there.", 404), said)

    assert isinstance(answered, CheckFailure)
    assert answered.code is code
    assert len(changed.changes) == 1


def test_a_page_that_is_not_found_says_nothing_of_a_row(changed: Changed) -> None:
    assert isinstance(changed(http(404, b"<html>No such site</html>")), RowUncertain)


# Surely not done


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
    ],
)
@pytest.mark.parametrize("values", [None, VALUES])
def test_a_change_that_was_not_let_in_is_not_sent_again_and_counts_as_unsent(
    changed: Changed, said: Reply, code: FailureCode, values: KeyValues | None
) -> None:
    answered = changed(said, LOGIN, DONE, values=values)

    assert isinstance(answered, CheckFailure)
    assert answered.code is code
    assert answered.http_calls == len(changed.server.received) == 2


def test_a_change_whose_login_is_refused_was_not_sent(changed: Changed) -> None:
    refused = answer({"error": "invalid_grant", "error_description": "inactive user"}, 400)

    answered = changed(DONE, login=refused)

    assert isinstance(answered, CheckFailure)
    assert answered.code is FailureCode.USER_INACTIVE
    assert changed.changes == []


def test_a_change_that_cannot_connect_was_not_sent(
    changed: Changed, scripted: ScriptedServer
) -> None:
    address = "https://elsewhere.my.salesforce.com"

    def the_last(_: Received) -> Reply:
        scripted.stop_listening()
        return answer(a_token_answer(instance_url=address))

    answered = changed(login=the_last)

    assert isinstance(answered, CheckFailure)
    assert answered.code is FailureCode.CONNECTION_FAILED
    assert len(scripted.received) == 1


def test_a_change_whose_time_is_up_was_not_sent(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    seconds = [0.0]

    def late(_: Received) -> Reply:
        seconds[0] += 21
        return LOGIN

    scripted.will_reply(late, DONE)
    keys = keys_at(scripted.base_url, credentials, clock, monotonic=lambda: seconds[0])

    answered = keys.blank(registered(), ROW_ID)

    assert isinstance(answered, CheckFailure)
    assert answered.code is FailureCode.TIMED_OUT
    assert len(scripted.received) == 1


def test_without_credentials_nothing_is_sent(
    scripted: ScriptedServer, clock: SettableClock
) -> None:
    def missing() -> AppCredentials:
        raise InvalidSettings("The secret is empty.")

    answered = keys_at(scripted.base_url, missing, clock).blank(registered(), ROW_ID)

    assert isinstance(answered, CheckFailure)
    assert answered.code is FailureCode.CREDENTIALS_MISSING
    assert scripted.received == []


# Uncertain


@pytest.mark.parametrize(
    "said",
    [
        Reply(resets=True),
        Reply(closes=True),
        Reply(b"HTTP/1.1 2", resets=True),
        Reply(b"HTTP/1.1", closes=True),
        Reply(b"nonsense\r\n\r\n", closes=True),
        http(200),
        http(200, b"{}"),
        http(200, b"<html>Log in</html>"),
        answer({"id": ROW_ID, "success": True, "errors": []}, 201),
        http(302, headers={"Location": "https://login.salesforce.com/"}),
        http(400),
        http(400, b"<html>Bad Request</html>"),
        answer({"error": "bad_gateway_thing", "error_description": "no"}, 400),
        answer([], 400),
        answer([{"message": "without a code"}], 400),
        http(401, b"<html>Who?</html>"),
        http(404),
        refusal("X", status=408),
        http(429, b"<html>Slow down</html>"),
        refusal("QUERY_TIMEOUT"),
        refusal("SERVER_UNAVAILABLE"),
        refusal("UNKNOWN_EXCEPTION", status=500),
        refusal("UNABLE_TO_LOCK_ROW", status=500),
        refusal("SERVER_UNAVAILABLE", status=503),
        http(502, b"<html>Bad Gateway</html>"),
        http(503, b"<html>Maintenance</html>"),
        http(504),
    ],
)
@pytest.mark.parametrize("values", [None, VALUES])
def test_a_change_without_a_clear_answer_may_have_been_made_and_is_not_sent_again(
    changed: Changed, said: Reply, values: KeyValues | None
) -> None:
    answered = changed(said, LOGIN, DONE, DONE, values=values)

    assert isinstance(answered, RowUncertain)
    assert answered.said
    assert len(changed.changes) == 1


def test_an_answer_that_does_not_come_in_time_is_uncertain(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    changed = Changed(scripted, credentials, clock, read_timeout_seconds=0.05)

    answered = changed(Reply(stalls=True), LOGIN, DONE)

    assert answered == RowUncertain("no complete answer in time")
    assert len(changed.changes) == 1


def test_an_answer_that_is_too_long_is_uncertain(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    changed = Changed(scripted, credentials, clock, max_body_bytes=1_000)

    answered = changed(http(400, b" " * 1_001), LOGIN, DONE)

    assert isinstance(answered, RowUncertain)
    assert len(changed.changes) == 1


def test_a_bug_in_reading_the_answer_does_not_pass_for_a_change_that_was_not_sent(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    broken = threading.Event()

    def monotonic() -> float:
        if broken.is_set():
            raise ZeroDivisionError("a bug")
        return 0.0

    def first_half(_: Received) -> Reply:
        broken.set()
        return Reply(http(400, b"[" + b" " * 100).data[:-5], closes=True)

    scripted.will_reply(LOGIN, first_half)
    keys = keys_at(scripted.base_url, credentials, clock, monotonic=monotonic)

    assert keys.blank(registered(), ROW_ID) == RowUncertain("ZeroDivisionError")


# Whatever happens


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


endings = st.sampled_from(
    [Reply(closes=True), Reply(resets=True), DONE, LOGIN, refusal("NOT_FOUND", status=404), page()]
)
statuses = st.sampled_from([200, 204, 302, 400, 401, 403, 404, 408, 420, 429, 500, 503])
codes = st.sampled_from(
    ["INVALID_SESSION_ID", "NOT_FOUND", "ENTITY_IS_DELETED", "UNABLE_TO_LOCK_ROW", "X", ""]
)
refusals = st.builds(lambda code, status: refusal(code, "no", status), codes, statuses)


@given(
    replies=st.lists(raw_answers | http_answers | endings | refusals, min_size=1, max_size=4),
    values=st.sampled_from([None, VALUES]),
)
def test_at_most_one_change_arrives_whatever_the_server_does(
    server: ScriptedServer,
    app_key: rsa.RSAPrivateKey,
    replies: list[Reply],
    values: KeyValues | None,
) -> None:
    changed = Changed(server, AppCredentials(CONSUMER_KEY, app_key), SettableClock(NOW))

    answered = changed(*replies, values=values)

    assert len(changed.changes) <= 1
    if isinstance(answered, CheckFailure):
        assert answered.code is not FailureCode.INTERNAL_ERROR
    if not changed.changes:
        assert isinstance(answered, CheckFailure)


@given(reply=raw_answers | http_answers)
def test_only_a_clear_answer_of_the_org_says_that_a_row_was_changed_or_not(
    server: ScriptedServer, app_key: rsa.RSAPrivateKey, reply: Reply
) -> None:
    changed = Changed(server, AppCredentials(CONSUMER_KEY, app_key), SettableClock(NOW))

    answered = changed(reply)

    assert len(changed.changes) == 1
    # No answer made up at random is an error of the REST API.
    is_done = reply.data.startswith(b"HTTP/1.1 204")
    assert isinstance(answered, RowChanged if is_done else RowUncertain)
