from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoom_migrator.domain.signed_request import (
    SignatureScheme,
    SignatureVerdict,
    SignedRequest,
    signature_of,
    signing_secret,
    verify,
)

V = SignatureVerdict
SENT = 1_749_365_726
NOW = datetime.fromtimestamp(SENT, UTC)
SECRET = "whsec_lab"
BODY = b'{"event":"app_deauthorized"}'


def a_request(
    body: bytes = BODY, *, secret: str = SECRET, timestamp: str = str(SENT)
) -> SignedRequest:
    return SignedRequest(body, timestamp, signature_of(body, timestamp, secret))


def test_slacks_published_example_is_genuine() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id="
        b"G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-"
        b"collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F3977"
        b"00885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d1"
        b"0d2c447fce8b6703c"
    )
    request = SignedRequest(
        body,
        "1531420618",
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    )

    verdict = verify(
        request,
        ["8f742231b10e8888abcd99yyyzzz85a5"],
        now=datetime.fromtimestamp(1531420618, UTC),
    )

    assert verdict is V.GENUINE


@pytest.mark.parametrize("seconds", [-300, -1, 0, 299, 300])
def test_one_within_five_minutes_is_genuine(seconds: int) -> None:
    assert verify(a_request(), [SECRET], now=NOW + timedelta(seconds=seconds)) is V.GENUINE


@pytest.mark.parametrize("timestamp", ["0", "253402300800", "999999999999"])
def test_a_time_in_no_year_that_there_is_is_out_of_time(timestamp: str) -> None:
    assert verify(a_request(timestamp=timestamp), [SECRET], now=NOW) is V.OUT_OF_TIME


@pytest.mark.parametrize("seconds", [-301, 301, 3_600, -86_400])
def test_w02_an_old_one_and_one_from_the_future_do_not_count(seconds: int) -> None:
    assert verify(a_request(), [SECRET], now=NOW + timedelta(seconds=seconds)) is V.OUT_OF_TIME


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v0",
        "v0=",
        "v0=abc",
        "v1=" + "a" * 64,
        "a" * 64,
        "v0=" + "A" * 64,
        "v0=" + "é" * 64,
        "\udcff",
    ],
)
def test_w01_one_in_another_form_is_no_signature(signature: str) -> None:
    assert verify(replace(a_request(), signature=signature), [SECRET], now=NOW) is V.UNSIGNED


@pytest.mark.parametrize("timestamp", ["", "now", "1e9", "-1", "1.5", "٣", "9" * 13, "1\n"])
def test_w01_a_timestamp_in_another_form_is_none(timestamp: str) -> None:
    request = SignedRequest(BODY, timestamp, signature_of(BODY, timestamp, SECRET))

    assert verify(request, [SECRET], now=NOW) is V.UNSIGNED


def test_w03_a_body_that_was_written_anew_is_another_one() -> None:
    request = replace(a_request(b'{"a": "\\u00e9"}'), body='{"a":"é"}'.encode())

    assert verify(request, [SECRET], now=NOW) is V.FORGED


def test_another_timestamp_than_the_signed_one_is_forged() -> None:
    assert verify(replace(a_request(), timestamp=str(SENT + 1)), [SECRET], now=NOW) is V.FORGED


def test_while_a_secret_is_replaced_both_count() -> None:
    for secret in ("old", "new"):
        request = a_request(secret=secret)
        assert verify(request, ["new", "old"], now=NOW) is V.GENUINE
        assert signing_secret(request, ["new", "old"]) == secret


@pytest.mark.parametrize("secrets", [[], [""], ["another"]])
def test_without_the_right_secret_nothing_is_genuine(secrets: list[str]) -> None:
    assert verify(a_request(), secrets, now=NOW) is V.FORGED


def test_an_empty_secret_signs_nothing() -> None:
    assert verify(a_request(secret=""), [""], now=NOW) is V.FORGED


def test_another_service_may_sign_in_its_own_way() -> None:
    scheme = SignatureScheme("v9", timedelta(seconds=10))
    timestamp = str(SENT)
    request = SignedRequest(BODY, timestamp, signature_of(BODY, timestamp, SECRET, scheme=scheme))

    assert verify(request, [SECRET], now=NOW, scheme=scheme) is V.GENUINE
    assert verify(request, [SECRET], now=NOW) is V.UNSIGNED
    late = NOW + timedelta(seconds=11)
    assert verify(request, [SECRET], now=late, scheme=scheme) is V.OUT_OF_TIME


@given(st.binary(max_size=200), st.text(max_size=80), st.text(max_size=80))
def test_nothing_that_is_made_up_is_genuine_and_nothing_raises(
    body: bytes, timestamp: str, signature: str
) -> None:
    verdict = verify(SignedRequest(body, timestamp, signature), [SECRET], now=NOW)

    assert verdict is not V.GENUINE
