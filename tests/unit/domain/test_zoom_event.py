from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoom_migrator.domain.zoom_event import (
    MAX_EVENT_BYTES,
    Deauthorized,
    OtherEvent,
    ProbeOrder,
    UrlChallenge,
    event_id,
    read_event,
)

CAPTURED = {
    "event": "app_deauthorized",
    "event_ts": 1749365726209,
    "payload": {
        "account_id": "MXEuWmOmTsKWUswrfpPslg",
        "client_id": "bDU6oQQ5Qe6sz9mVaMVEyw",
        "deauthorization_time": "2025-06-08T06:55:26.209Z",
        "signature": "18f3b817d5",
        "user_data_retention": None,
        "user_id": "NtEMagHcQAygosd81Lzysw",
    },
}
EVENT = Deauthorized("bDU6oQQ5Qe6sz9mVaMVEyw", "MXEuWmOmTsKWUswrfpPslg", "NtEMagHcQAygosd81Lzysw")


def encoded(document: object) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", ["app_deauthorized", "app.deauthorized"])
def test_a_captured_deauthorization_names_app_account_and_user(name: str) -> None:
    assert read_event(encoded(CAPTURED | {"event": name})) == EVENT


@pytest.mark.parametrize("lacking", ["client_id", "account_id", "user_id"])
@pytest.mark.parametrize("value", [None, "", 7, "a b", "x" * 129, "a/../'"])
def test_one_that_names_nobody_is_no_event(lacking: str, value: object) -> None:
    payload = dict(CAPTURED["payload"]) | {lacking: value}  # type: ignore[call-overload]

    assert read_event(encoded(CAPTURED | {"payload": payload})) is None


def test_zooms_challenge_is_answered_as_zooms_own_library_does() -> None:
    document = {
        "event": "endpoint.url_validation",
        "event_ts": 1654503849680,
        "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"},
    }

    event = read_event(encoded(document))

    assert isinstance(event, UrlChallenge)
    assert event.answer("whsec_lab") == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
        "encryptedToken": "343d4b0c54195c3233aa36a36e1304c8859f0661911080fdce6debd1f59cbbd6",
    }


@pytest.mark.parametrize("token", [None, "", "short", "x" * 65, "v0:1:{}", "with space 12", 5])
def test_w06_what_is_to_be_signed_has_to_look_like_a_token(token: object) -> None:
    document = {"event": "endpoint.url_validation", "payload": {"plainToken": token}}

    assert read_event(encoded(document)) is None


def test_other_events_are_named_and_nothing_more() -> None:
    assert read_event(b'{"event":"meeting.started","payload":{}}') == OtherEvent("meeting.started")
    assert read_event(b'{"event":"app_deauthorized"}') == OtherEvent("app_deauthorized")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"event":5}',
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"event":"' + b"x" * MAX_EVENT_BYTES + b'"}',
    ],
)
def test_what_is_no_event_is_none(body: bytes) -> None:
    assert read_event(body) is None


@given(st.binary(max_size=300))
def test_nothing_that_arrives_raises(body: bytes) -> None:
    read_event(body)


def test_an_event_is_told_from_others_by_all_of_it_and_by_its_time() -> None:
    body = encoded(CAPTURED)

    assert event_id(body, "1") == event_id(body, "1")
    assert len({event_id(body, "1"), event_id(body, "2"), event_id(body + b" ", "1")}) == 3


def test_an_order_says_whether_its_event_was_signed() -> None:
    assert ProbeOrder.by(EVENT, is_signed=False) == ProbeOrder(
        EVENT.client_id, EVENT.account_id, EVENT.user_id, is_signed=False
    )
