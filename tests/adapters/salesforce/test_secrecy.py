"""Nothing that arrives makes a check raise, and nothing secret comes out of one."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from local.salesforce import RunningOrg
from tests.adapters.salesforce.lab import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    HOST,
    Lab,
    failure_in,
    gateway_to,
    snapshot_in,
)
from tests.adapters.salesforce.scripted import Received, Reply, ScriptedServer, answer, http
from tests.adapters.salesforce.test_inventory import composite, good_parts
from tests.adapters.salesforce.test_login import a_token_answer
from tests.adapters.salesforce.test_packages import page, row
from tests.builders import NOW, a_registration
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.domain.check import CheckFailure, CheckResult, OrgSnapshot
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import AuthKind

TOKEN: Final = a_token_answer()["access_token"]


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


class LogLines(logging.Handler):
    """Everything that is logged, with the extra values of every record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__} {record.exc_text}")


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What all libraries log at their most talkative."""
    handler = LogLines()
    # The package's own log as well: a function that was imported meanwhile has taken it over.
    heard = [logging.getLogger(), logging.getLogger("zoom_migrator")]
    before = [(logger, logger.level, logger.propagate) for logger in heard]
    for logger in heard:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
    yield handler.lines
    for logger, level, propagate in before:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


def secrets_of(key: rsa.RSAPrivateKey, *requests: Received) -> list[str]:
    """What must never come out: credentials, what was made of them, and the token."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    sent = [part for request in requests for part in request.body.decode().split("assertion=")[1:]]
    basic = base64.b64encode(f"{CONSUMER_KEY}:{CONSUMER_SECRET}".encode()).decode()
    return [CONSUMER_SECRET, TOKEN, basic, *pem.splitlines()[1:-1], *sent]


def exposed(secrets: list[str], *places: object) -> list[str]:
    everything = " ".join(str(place) for place in places)
    return [secret for secret in secrets if secret in everything]


def echo(make: Callable[[str], Reply]) -> Callable[[Received], Reply]:
    """A reply that repeats the whole request."""

    def respond(request: Received) -> Reply:
        return make(f"{request.line} {dict(request.headers)} {request.body.decode()}")

    return respond


ECHOES: Final = {
    "an OAuth error": lambda said: answer({"error": "x", "error_description": said}, 400),
    "an OAuth error code": lambda said: answer({"error": said}, 400),
    "a REST error": lambda said: answer([{"errorCode": "X", "message": said}], 400),
    "a REST error code": lambda said: answer([{"errorCode": said}], 503),
    "a page": lambda said: http(200, f"<html>{said}</html>".encode()),
    "a name": lambda said: page(row(SubscriberPackage={"NamespacePrefix": said})),
    "an address": lambda said: composite(good_parts() | {"user": {"Email": said}}),
    "a redirect": lambda said: http(302, headers={"Location": f"https://x.example/{said[:500]}"}),
    "a status": lambda said: Reply(f"HTTP/1.1 {said}\r\n\r\n".encode(), closes=True),
    "a version id": lambda said: page(row(SubscriberPackageVersion={"Id": said})),
    "an instance": lambda said: answer(a_token_answer(instance_url=said)),
    "an identity": lambda said: answer(a_token_answer(id=said)),
}


@pytest.mark.parametrize("auth_kind", AuthKind)
@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("made", ECHOES)
def test_a_server_that_repeats_what_it_was_sent_reveals_nothing(
    server: ScriptedServer,
    app_key: rsa.RSAPrivateKey,
    credentials: AppCredentials,
    clock: SettableClock,
    log: list[str],
    made: str,
    position: int,
    auth_kind: AuthKind,
) -> None:
    well = [answer(a_token_answer()), page(row()), composite(good_parts())]
    server.will_reply(*well[:position], echo(ECHOES[made]))

    result = gateway_to(server.base_url, credentials, clock).check(
        a_registration(host=HOST, auth_kind=auth_kind)
    )

    assert len(server.received) == position + 1
    assert exposed(secrets_of(app_key, *server.received), result, *log) == []


def test_a_check_that_succeeds_reveals_nothing(
    lab: Lab, org: RunningOrg, app_key: rsa.RSAPrivateKey, log: list[str]
) -> None:
    snapshot = lab.seen(org)

    secrets = [*secrets_of(app_key), *org.secret_values()]
    assert len(org.secret_values()) == 2
    assert exposed(secrets, snapshot, lab.credentials, *log) == []
    assert "!AQ" not in " ".join(log)


def test_the_detail_of_a_failure_is_short_and_on_one_line(
    server: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    said = "first\r\nsecond\x1b[31m\x00" + "long " * 500
    server.will_reply(answer({"error": "invalid_grant", "error_description": said}, 400))

    failure = failure_in(
        gateway_to(server.base_url, credentials, clock).check(a_registration(host=HOST))
    )

    assert failure.detail.startswith("invalid_grant: first  second[31mlong long")
    assert len(failure.detail) == 300


# Bugs


def test_a_bug_becomes_a_failure_that_names_its_kind_and_place_only(
    lab: Lab, org: RunningOrg, log: list[str]
) -> None:
    def broken() -> AppCredentials:
        raise RuntimeError("with a secret inside: " + CONSUMER_SECRET)

    failure = failure_in(lab.gateway(broken).check(lab.registration(org)))

    assert (failure.code, failure.detail) == (FailureCode.INTERNAL_ERROR, "RuntimeError")
    (line,) = [line for line in log if line.startswith("check_crashed")]
    assert org.org_id in line
    assert "session.py" in line
    assert exposed([CONSUMER_SECRET], failure, *log) == []


# When


@pytest.mark.parametrize("last", [http(503), answer({"error": "x"}, 400)])
def test_a_failure_is_dated_when_the_check_ends(
    server: ScriptedServer, credentials: AppCredentials, clock: SettableClock, last: Reply
) -> None:
    def late(_: Received) -> Reply:
        clock.advance(timedelta(seconds=7))
        return last

    server.will_reply(late)

    result = gateway_to(server.base_url, credentials, clock).check(a_registration(host=HOST))

    assert failure_in(result).checked_at == NOW + timedelta(seconds=7)


def test_a_snapshot_is_dated_when_the_check_ends(
    server: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    def late(_: Received) -> Reply:
        clock.advance(timedelta(seconds=7))
        return composite(good_parts())

    server.will_reply(answer(a_token_answer()), page(row()), late)

    result = gateway_to(server.base_url, credentials, clock).check(a_registration(host=HOST))

    assert snapshot_in(result).checked_at == NOW + timedelta(seconds=7)


# Anything at all

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
statuses = st.sampled_from([100, 101, 200, 201, 204, 206, 302, 304, 400, 401, 403, 500, 503, 999])
raw_answers = st.binary(max_size=300).map(lambda data: Reply(data, closes=True))
http_answers = st.builds(
    lambda status, body: Reply(http(status, body).data, closes=True),
    statuses,
    st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()),
)


@st.composite
def mutated(draw: st.DrawFn, document: Any) -> Any:
    """A document in which one value, at any depth, is another one or gone."""
    if not isinstance(document, (dict, list)) or not document or draw(st.booleans()):
        return draw(json_values | st.just(TOKEN))
    copy = document.copy()
    place = draw(st.sampled_from(sorted(copy) if isinstance(copy, dict) else range(len(copy))))
    if draw(st.integers(0, 9)) == 0:
        del copy[place]
    else:
        copy[place] = draw(mutated(copy[place]))
    return copy


def body_of(reply: Reply) -> Any:
    return json.loads(reply.data.partition(b"\r\n\r\n")[2])


WELL: Final = (answer(a_token_answer()), page(row()), composite(good_parts()))


@st.composite
def conversations(draw: st.DrawFn) -> list[Reply]:
    """Good answers up to some point, and then one that is anything."""
    position = draw(st.integers(0, 2))
    document = mutated(body_of(WELL[position]))
    almost = document.map(lambda one: Reply(answer(one).data, closes=True))
    return [*WELL[:position], draw(raw_answers | http_answers | almost)]


def texts_in(result: CheckResult) -> list[str]:
    if isinstance(result, CheckFailure):
        return [result.detail]
    package, identity, org = result.package, result.identity, result.org
    return [
        *result.unknown.values(),
        *((package.name, package.version_id, package.package_id) if package else ()),
        *((identity.username, identity.email) if identity else ()),
        *((org.name, org.edition, org.instance) if org else ()),
        *result.keys.record_ids,
    ]


@given(replies=conversations())
def test_no_answer_whatever_makes_a_check_raise_or_tell(
    server: ScriptedServer, app_key: rsa.RSAPrivateKey, replies: list[Reply]
) -> None:
    credentials = AppCredentials(CONSUMER_KEY, app_key, CONSUMER_SECRET)
    server.will_reply(*replies)
    gateway = gateway_to(server.base_url, credentials, SettableClock(NOW))

    result = gateway.check(a_registration(host=HOST))

    assert isinstance(result, (OrgSnapshot, CheckFailure))
    if isinstance(result, CheckFailure):
        assert result.code is not FailureCode.INTERNAL_ERROR
    for text in texts_in(result):
        assert text.isprintable()
        assert len(text) <= 300
        text.encode()
    assert exposed(secrets_of(app_key, *server.received), *texts_in(result)) == []


@given(listed=mutated(body_of(WELL[1])))
def test_no_odd_list_of_packages_is_taken_for_the_absence_of_the_package(
    server: ScriptedServer, app_key: rsa.RSAPrivateKey, listed: Any
) -> None:
    server.will_reply(WELL[0], answer(listed), *WELL[1:])
    gateway = gateway_to(server.base_url, AppCredentials(CONSUMER_KEY, app_key), SettableClock(NOW))

    result = gateway.check(a_registration(host=HOST))

    if isinstance(result, OrgSnapshot) and result.package is None:
        # Only a list in which every package is identified as another one, or a complete empty
        # one, may say so.
        rows = listed["records"]
        assert listed["done"] is True
        assert listed["totalSize"] <= len(rows)
        for one in rows:
            package = one.get("SubscriberPackage")
            named = package.get("NamespacePrefix") if isinstance(package, dict) else None
            assert one.get("SubscriberPackageId") or named
