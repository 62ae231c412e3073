"""Nothing that arrives makes an upgrade call raise, and nothing secret comes out of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from local.salesforce import RunningOrg
from tests.adapters.salesforce.lab import CONSUMER_KEY, Lab
from tests.adapters.salesforce.scripted import Received, Reply, ScriptedServer, answer, http
from tests.adapters.salesforce.test_packages import page
from tests.adapters.salesforce.test_secrecy import (
    TOKEN,
    echo,
    exposed,
    http_answers,
    log,
    mutated,
    raw_answers,
    secrets_of,
)
from tests.adapters.salesforce.upgrade_lab import (
    ACCEPTED,
    LOGIN,
    TARGET,
    refusal,
    registered,
    request_row,
    target_row,
    upgrades_in,
    upgrades_to,
)
from tests.builders import NOW, REQUEST_ID, TARGET_ID
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.adapters.salesforce.upgrades import SalesforceUpgradeGateway
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.upgrade import InstallRefused, SecurityType, UpgradeFacts

__all__ = ["log"]

# Awkward on purpose: each of these characters is written in another way somewhere.
KEY: Final = 'canary\'s \\ "key" & more=1+1 ключ'
# What of it is written in the same way everywhere.
PARTS: Final = ("canary", "more=1", "more%3D1", "ключ", quote_plus("ключ"), "\\u043a\\u043b")


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


type Call = Callable[[SalesforceUpgradeGateway], object]

CALLS: Final[dict[str, Call]] = {
    "facts": lambda upgrades: upgrades.facts(registered(), TARGET_ID),
    "request": lambda upgrades: upgrades.request(registered(), REQUEST_ID),
    "install": lambda upgrades: upgrades.install(registered(), TARGET_ID, SecurityType.ALL_USERS),
}
WELL: Final = {
    "facts": (LOGIN, page(target_row()), page(request_row())),
    "request": (LOGIN, page(request_row(Status="ERROR", Errors={"errors": [{"message": "x"}]}))),
    "install": (LOGIN, ACCEPTED),
}
STEPS: Final = [(name, place) for name, replies in WELL.items() for place in range(len(replies))]

ECHOES: Final[dict[str, Callable[[str], Reply]]] = {
    "a REST error": lambda said: refusal("X", said),
    "a REST error about the key": lambda said: refusal("INSTALL_KEY_INVALID", said),
    "a REST error code": lambda said: refusal(said, "X", 403),
    "a REST error of a server": lambda said: refusal("X", said, 500),
    "an error that is not let in": lambda said: refusal("INVALID_SESSION_ID", said, 401),
    "an OAuth error": lambda said: answer({"error": "x", "error_description": said}, 400),
    "a page": lambda said: http(200, f"<html>{said}</html>".encode()),
    "a redirect": lambda said: http(302, headers={"Location": "/" + quote_plus(said)[:2000]}),
    "a status": lambda said: Reply(b"HTTP/1.1 " + said.encode() + b"\r\n\r\n", closes=True),
    "odd headers": lambda said: Reply(
        b"HTTP/1.1 200 OK\r\nX: y\r\n" + said.encode() + b"\r\nZ: x\r\n\r\n{}", closes=True
    ),
    "a verdict": lambda said: page(target_row(InstallValidationStatus=said)),
    "a version id": lambda said: page(target_row(Id=said)),
    "errors": lambda said: page(request_row(Errors={"errors": [{"message": said}]})),
    "odd errors": lambda said: page(request_row(Errors=[{"said": said}, said, [said]])),
    "a request id": lambda said: answer({"id": said, "success": True}, 201),
    "an order not saved": lambda said: answer({"success": False, "errors": [{"message": said}]}),
}


def key_in(*places: object) -> list[str]:
    everything = " ".join(str(place) for place in places)
    return [part for part in PARTS if part in everything]


def spelt_out(request: Received) -> str:
    """The key in the ways a server has met it: in an address, in a query, in JSON, plainly."""
    target = request.line.split()[1]
    query = parse_qs(urlsplit(target).query).get("q", [""])[0]
    body = request.body.decode()
    sent = json.loads(body).get("Password", "") if body.startswith("{") else ""
    # What stands before it is left out, lest the key be cut off instead of removed.
    parts = (query, target, body)
    tails = [part.partition(word)[2] for part in parts for word in ("InstallationKey", "Password")]
    return " / ".join(filter(None, (sent, *tails)))


def echo_key(make: Callable[[str], Reply]) -> Callable[[Received], Reply]:
    return lambda request: make(spelt_out(request))


@pytest.mark.parametrize("made", ECHOES)
@pytest.mark.parametrize(("name", "place"), STEPS)
@pytest.mark.parametrize("echoing", [echo, echo_key])
def test_a_server_that_repeats_what_it_was_sent_reveals_nothing(
    server: ScriptedServer,
    app_key: rsa.RSAPrivateKey,
    credentials: AppCredentials,
    clock: SettableClock,
    log: list[str],
    echoing: Callable[[Callable[[str], Reply]], Callable[[Received], Reply]],
    name: str,
    place: int,
    made: str,
) -> None:
    server.will_reply(*WELL[name][:place], echoing(ECHOES[made]))
    with_key = replace(credentials, installation_key=KEY)

    result = CALLS[name](upgrades_to(server.base_url, with_key, clock))

    assert exposed(secrets_of(app_key, *server.received), result, *log) == []
    assert key_in(result, with_key, *log) == []
    if isinstance(result, CheckFailure):
        assert result.code is not FailureCode.INTERNAL_ERROR


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_goes_well_reveals_nothing(
    server: ScriptedServer,
    app_key: rsa.RSAPrivateKey,
    credentials: AppCredentials,
    clock: SettableClock,
    log: list[str],
    name: str,
) -> None:
    server.will_reply(*WELL[name])
    with_key = replace(credentials, installation_key=KEY)

    result = CALLS[name](upgrades_to(server.base_url, with_key, clock))

    assert len(server.received) == len(WELL[name])
    assert exposed(secrets_of(app_key, *server.received), result, *log) == []
    assert key_in(result, *log) == []


def test_the_key_is_really_sent_where_it_is_not_shown(
    lab: Lab, org: RunningOrg, log: list[str]
) -> None:
    lab.simulator.publish(TARGET.model_copy(update={"installation_key": KEY}))
    upgrades = upgrades_in(lab, replace(lab.credentials, installation_key=KEY))

    facts = upgrades.facts(lab.registration(org), TARGET_ID)

    assert isinstance(facts, UpgradeFacts)
    assert facts.target is not None
    assert key_in(facts, *log) == []
    assert not any("PackageInstallRequest" in line for line in log), "an address is logged"


@pytest.mark.parametrize("cut", range(0, 40, 4))
def test_a_query_that_is_repeated_in_part_does_not_show_a_part_of_the_key(
    server: ScriptedServer, credentials: AppCredentials, clock: SettableClock, cut: int
) -> None:
    """Salesforce repeats some tens of characters around the place it does not understand."""

    def complain(request: Received) -> Reply:
        query = parse_qs(urlsplit(request.line.split()[1]).query)["q"][0]
        around = query[query.index("Key") + cut :][:30]
        words = f"\n{around}\n      ^\nERROR at Row:1:Column:99\nunexpected token: 'x'"
        return refusal("MALFORMED_QUERY", words)

    server.will_reply(LOGIN, complain)
    upgrades = upgrades_to(server.base_url, replace(credentials, installation_key=KEY), clock)

    failure = upgrades.facts(registered(), TARGET_ID)

    assert isinstance(failure, CheckFailure)
    assert failure.detail == "MALFORMED_QUERY: unexpected token: 'x'"


def test_a_short_key_does_not_show_either(
    server: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    server.will_reply(LOGIN, refusal("X", "The key 4711 is wrong."))
    upgrades = upgrades_to(server.base_url, replace(credentials, installation_key="4711"), clock)

    answered = upgrades.install(registered(), TARGET_ID, SecurityType.ALL_USERS)

    assert answered == InstallRefused("X: The key [removed] is wrong.")


# Anything at all


def body_of(reply: Reply) -> Any:
    return json.loads(reply.data.partition(b"\r\n\r\n")[2])


@st.composite
def conversations(draw: st.DrawFn) -> tuple[str, list[Reply]]:
    """Good answers up to some point, and then one that is anything."""
    name, place = draw(st.sampled_from(STEPS))
    almost = mutated(body_of(WELL[name][place])).map(
        lambda one: Reply(answer(one).data, closes=True)
    )
    return name, [*WELL[name][:place], draw(raw_answers | http_answers | almost)]


def texts_in(result: object) -> list[str]:
    match result:
        case None:
            return []
        case str():
            return [result]
        case tuple():
            return [text for one in result for text in texts_in(one)]
        case _:
            names = getattr(type(result), "__slots__", ())
            return [text for name in names for text in texts_in(getattr(result, name))]


@given(conversation=conversations())
def test_no_answer_whatever_makes_a_call_raise_or_tell(
    server: ScriptedServer, app_key: rsa.RSAPrivateKey, conversation: tuple[str, list[Reply]]
) -> None:
    name, replies = conversation
    credentials = AppCredentials(CONSUMER_KEY, app_key, installation_key=KEY)
    server.will_reply(*replies)

    result = CALLS[name](upgrades_to(server.base_url, credentials, SettableClock(NOW)))

    if isinstance(result, CheckFailure):
        assert result.code is not FailureCode.INTERNAL_ERROR
    for text in texts_in(result):
        assert text.isprintable()
        assert len(text) <= 300
        text.encode()
    assert exposed([TOKEN, *secrets_of(app_key, *server.received)], result) == []
    assert key_in(result) == []
