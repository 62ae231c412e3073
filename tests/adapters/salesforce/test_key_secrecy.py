"""Old keys come out of a gateway in one way only: as the values that were asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote_plus

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KeyWrites,
    RunningOrg,
    WriteObstacle,
)
from tests.adapters.salesforce.keys_lab import (
    API_KEY,
    API_SECRET,
    DONE,
    LOGIN,
    LOOKED,
    READ,
    ROW_ID,
    VALUES,
    held,
    key_row,
    keys_at,
    keys_in,
    refusal,
    registered,
    row_ids,
)
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
from tests.builders import NOW
from zoom_migrator.adapters.http_client.wording import REMOVED
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.adapters.salesforce.key_secrecy import without_keys
from zoom_migrator.adapters.salesforce.keys import SalesforceKeysGateway
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import KeysFound, KeyValues, RowRefusal, RowRefused

__all__ = ["log"]

# Awkward on purpose: each of these characters is written in another way somewhere.
ODD: Final = KeyValues(ROW_ID, 'canary\'s \\ "key" & more=1+1', "canary <secret> ключ\t7")
# What of the values is written in the same way everywhere.
PARTS: Final = (API_KEY, API_SECRET, "canary", "more=1", "more%3D1", "ключ", quote_plus("ключ"))


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


type Call = Callable[[SalesforceKeysGateway], object]

CALLS: Final[dict[str, Call]] = {
    "look": lambda keys: keys.look(registered()),
    "read": lambda keys: keys.read(registered(), [ROW_ID]),
    "blank": lambda keys: keys.blank(registered(), ROW_ID),
    "restore": lambda keys: keys.restore(registered(), VALUES),
    "restore odd values": lambda keys: keys.restore(registered(), ODD),
}
WELL: Final = {
    "look": (LOGIN, LOOKED),
    "read": (LOGIN, READ),
    "blank": (LOGIN, DONE),
    "restore": (LOGIN, DONE),
    "restore odd values": (LOGIN, DONE),
}
STEPS: Final = [(name, place) for name, replies in WELL.items() for place in range(len(replies))]

ECHOES: Final[dict[str, Callable[[str], Reply]]] = {
    "a REST error": lambda said: refusal("X", said),
    "a rule's words": lambda said: refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", said),
    "a REST error code": lambda said: refusal(said, "X", 403),
    "what is not visible": lambda said: refusal("INVALID_FIELD", said),
    "what is not let in": lambda said: refusal("REQUEST_LIMIT_EXCEEDED", said, 429),
    "a REST error of a server": lambda said: refusal("X", said, 500),
    "an OAuth error": lambda said: answer({"error": "x", "error_description": said}, 400),
    "a page": lambda said: http(200, f"<html>{said}</html>".encode()),
    "a redirect": lambda said: http(302, headers={"Location": "/" + quote_plus(said)[:2000]}),
    "a status": lambda said: Reply(b"HTTP/1.1 " + said.encode() + b"\r\n\r\n", closes=True),
    "odd headers": lambda said: Reply(
        b"HTTP/1.1 200 OK\r\nX: y\r\n" + said.encode() + b"\r\nZ: x\r\n\r\n{}", closes=True
    ),
    "a row id": lambda said: page(key_row(Id=said)),
    "a number of rows": lambda said: page(key_row(), totalSize=said),
    "a further page": lambda said: page(key_row(), done=False, nextRecordsUrl="/" + said),
}


def keys_shown(*places: object) -> list[str]:
    everything = " ".join(str(place) for place in places)
    return [part for part in PARTS if part in everything]


def spelt_out(request: Received) -> str:
    """The values in the ways a server has met them: in JSON, and as they are."""
    body = request.body.decode()
    sent = json.loads(body) if body.startswith("{") else {}
    values = [str(sent.get(name)) for name in (API_KEY_FIELD, API_SECRET_FIELD) if sent.get(name)]
    return " / ".join([*values, body])


def repeated(make: Callable[[str], Reply]) -> Callable[[Received], Reply]:
    return lambda request: make(spelt_out(request))


def from_the_row(make: Callable[[str], Reply]) -> Callable[[Received], Reply]:
    """A reply that tells what the row holds, which the request did not say."""
    return lambda _: make(f"{API_KEY} and {API_SECRET} must stay")


@pytest.mark.parametrize("made", ECHOES)
@pytest.mark.parametrize(("name", "place"), STEPS)
@pytest.mark.parametrize("echoing", [echo, repeated, from_the_row])
def test_a_server_that_repeats_what_it_knows_reveals_nothing(
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

    result = CALLS[name](keys_at(server.base_url, credentials, clock))

    assert exposed(secrets_of(app_key, *server.received), result, *log) == []
    assert keys_shown(result, *log) == []
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

    result = CALLS[name](keys_at(server.base_url, credentials, clock))

    assert len(server.received) == len(WELL[name])
    assert exposed(secrets_of(app_key, *server.received), result, *log) == []
    assert keys_shown(result, *log) == []


def test_values_come_out_as_values_and_not_as_a_text(
    lab: Lab, org: RunningOrg, log: list[str]
) -> None:
    values = keys_in(lab).read(lab.registration(org), row_ids(org))

    assert values == (KeyValues(row_ids(org)[0], *map(str, held(org))),)
    assert exposed(list(org.secret_values()), values, *log) == []
    assert len(org.secret_values()) == 2
    assert not any("zoom_app__Zoom__c" in line for line in log), "an address is logged"


def test_a_look_and_a_change_do_not_even_hold_them(
    lab: Lab, org: RunningOrg, log: list[str]
) -> None:
    values = list(org.secret_values())

    found = keys_in(lab).look(lab.registration(org))
    answered = keys_in(lab).blank(lab.registration(org), row_ids(org)[0])

    assert isinstance(found, KeysFound)
    assert exposed(values, found, answered, *log) == []


def indiscreet(org: RunningOrg) -> None:
    """Let a trigger tell what is in the row."""
    org.key_rows[0].update({API_KEY_FIELD: API_KEY, API_SECRET_FIELD: API_SECRET})
    org.document.key_writes = KeyWrites(
        obstacle=WriteObstacle.TRIGGER,
        message="GuardZoomSettings: zoom_app__Zoom_API_Key__c {api_key} ({api_secret}) must stay",
    )


@pytest.mark.parametrize("change", ["blank", "restore"])
def test_a_trigger_that_tells_what_a_row_holds_is_quoted_without_it(
    lab: Lab, org: RunningOrg, log: list[str], change: str
) -> None:
    indiscreet(org)
    values = KeyValues(row_ids(org)[0], "Another-Key-Of-The-Tests-1", None)

    answered = (
        keys_in(lab).blank(lab.registration(org), values.row_id)
        if change == "blank"
        else keys_in(lab).restore(lab.registration(org), values)
    )

    assert answered == RowRefused(
        RowRefusal.CUSTOMER_LOGIC,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: GuardZoomSettings: zoom_app__Zoom_API_Key__c"
        f" {REMOVED} ({REMOVED}) must stay",
    )
    assert keys_shown(answered, *log) == []
    assert "Another-Key" not in " ".join([str(answered), *log])


def test_a_value_that_is_a_part_of_the_other_leaves_nothing_of_it(
    server: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> None:
    values = KeyValues(ROW_ID, "canary", "canary-and-more")
    server.will_reply(LOGIN, refusal("X", "Not canary-and-more, not canary."))

    answered = keys_at(server.base_url, credentials, clock).restore(registered(), values)

    assert answered == RowRefused(RowRefusal.OTHER, f"X: Not {REMOVED}, not {REMOVED}.")


@pytest.mark.parametrize("length", range(200, 300, 7))
def test_a_value_is_taken_out_before_the_words_are_shortened(
    server: ScriptedServer, credentials: AppCredentials, clock: SettableClock, length: int
) -> None:
    said = "x " * (length // 2) + API_SECRET
    server.will_reply(LOGIN, refusal("X", said))

    answered = keys_at(server.base_url, credentials, clock).blank(registered(), ROW_ID)

    assert "canary" not in str(answered)


# What looks like a key


@pytest.mark.parametrize(
    "key",
    [
        API_KEY,
        API_SECRET,
        "xH3m_9Qd-T7kLwZ2bNs4Rg",
        "qWeRtYuIoPaSdFgHjKlZxC",
        "A1" * 18,
        "0123456789abcdef0123456789abcdef",
        "k" * 21 + "7",
    ],
)
@pytest.mark.parametrize("around", ["{}", "key={}", "'{}'", "({}),", "a {}\nb", "<b>{}</b>"])
def test_what_looks_like_a_key_is_taken_out(key: str, around: str) -> None:
    if key in (API_KEY, API_SECRET):
        assert REMOVED in without_keys(around.format(key))
    assert without_keys(around.format(key)) == around.format(REMOVED)


@pytest.mark.parametrize(
    "words",
    [
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "zoom_app__Zoom_API_Secret__c",
        "ZoomSettingsTriggerHandler: execution of BeforeUpdate",
        "a0Z5g0000000001EAA",
        "unable to obtain exclusive access to this record or 1 records: a0Z5g0000000001EAA",
        "ErrorId if you contact support: 1234567890-12345 (-1234567890)",
        "We can't save this record because the “Guard Zoom settings” process failed.",
        "kundenstammdatenverwaltung",
        "",
    ],
)
def test_ordinary_words_stay(words: str) -> None:
    assert without_keys(words) == words


# Anything at all


def body_of(reply: Reply) -> Any:
    return json.loads(reply.data.partition(b"\r\n\r\n")[2])


@st.composite
def conversations(draw: st.DrawFn) -> tuple[str, list[Reply]]:
    """Good answers up to some point, and then one that is anything."""
    name, place = draw(st.sampled_from(STEPS))
    anything = raw_answers | http_answers
    well = WELL[name][place]
    if well is not DONE:
        anything |= mutated(body_of(well)).map(lambda one: Reply(answer(one).data, closes=True))
    return name, [*WELL[name][:place], draw(anything)]


def texts_in(result: object) -> list[str]:
    match result:
        case KeyValues():
            return [repr(result)]
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
    server.will_reply(*replies)

    result = CALLS[name](
        keys_at(server.base_url, AppCredentials(CONSUMER_KEY, app_key), SettableClock(NOW))
    )

    if isinstance(result, CheckFailure):
        assert result.code is not FailureCode.INTERNAL_ERROR
    for text in texts_in(result):
        assert text.isprintable()
        assert len(text) <= 300
        text.encode()
    assert exposed([TOKEN, *secrets_of(app_key, *server.received)], result) == []
    assert keys_shown(result) == []
