"""Presses as API Gateway hands them on: only genuine ones come to anything."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from tests.builders import NOW
from tests.visits import Page, a_visit
from zoom_migrator.adapters.memory.messengers import InMemoryNoticeQueue
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.slack.secret import StoredSlackAccess
from zoom_migrator.adapters.web.machine_entrance import answer_machine
from zoom_migrator.adapters.web.slack_interactions import SlackInteractions
from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import Presser, PressOrder
from zoom_migrator.domain.signed_request import signature_of

ROUTE = "/slack/interactions"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CLAIMS = "upgrade.00D5g0000000001EAA.1.approval-approval-0001.1784000000"
REPLY = "https://hooks.slack.com/actions/T012AB3CD/1/reply-canary"
PAYLOAD = {
    "type": "block_actions",
    "team": {"id": "T012AB3CD", "domain": "acme"},
    "user": {"id": "U012AB3CD", "username": "ada", "name": "ada", "team_id": "T012AB3CD"},
    "response_url": REPLY,
    "actions": [{"type": "button", "action_id": "approve", "value": CLAIMS}],
}
ORDER = PressOrder(
    CLAIMS, ChoiceAnswer.APPROVE, Presser("U012AB3CD", "T012AB3CD", "ada"), NOW, REPLY
)


def body_of(**changes: Any) -> str:
    return urlencode({"payload": json.dumps({**PAYLOAD, **changes})})


@dataclass
class Desk:
    """The endpoint, the secret that an operator stores for it, and the queue behind it."""

    clock: SettableClock = field(default_factory=lambda: SettableClock(NOW))
    queue: InMemoryNoticeQueue = field(default_factory=InMemoryNoticeQueue)
    secret: str = json.dumps({"signing_secret": SECRET})
    reads: int = 0

    def __post_init__(self) -> None:
        access = StoredSlackAccess(self._read, self.clock)
        self.endpoint = SlackInteractions(access, self.queue, self.clock)

    def send(self, body: str, headers: dict[str, str], *, is_base64: bool = False) -> Page:
        event = a_visit(
            "", method="POST", resource=ROUTE, headers=headers, body=body, is_base64=is_base64
        )
        routes = {ROUTE: {"POST": self.endpoint.take}}
        return Page.of(answer_machine(event, routes=routes, reference="req-4711"))

    def press(
        self, body: str, *, secret: str = SECRET, age: timedelta = timedelta(), signed: str = ""
    ) -> Page:
        """Press as Slack does that signs with this secret; ``signed`` is the body it has signed."""
        timestamp = str(int((self.clock.now() - age).timestamp()))
        return self.send(body, self.headers(signed or body, timestamp, secret))

    def headers(self, body: str, timestamp: str, secret: str = SECRET) -> dict[str, str]:
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature_of(body.encode(), timestamp, secret),
        }

    def _read(self) -> str:
        self.reads += 1
        return self.secret


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_genuine_press_is_put_into_the_queue_and_answered_with_nothing(desk: Desk) -> None:
    page = desk.press(body_of())

    assert (page.status, page.html) == (200, "")
    assert desk.queue.take() == [ORDER]


def test_slacks_own_library_finds_the_same_signature(desk: Desk) -> None:
    body, timestamp = body_of(), "1531420618"

    expected = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)

    assert desk.headers(body, timestamp)["X-Slack-Signature"] == expected


def test_the_published_example_has_the_published_signature(desk: Desk) -> None:
    # Source: Slack, "Verifying requests from Slack".
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        "%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"

    assert desk.headers(body, "1531420618")["X-Slack-Signature"] == expected


@pytest.mark.parametrize("minutes", [-4.9, 0, 4.9])
def test_a_press_counts_for_five_minutes_either_way(desk: Desk, minutes: float) -> None:
    assert desk.press(body_of(), age=timedelta(minutes=minutes)).status == 200


@pytest.mark.parametrize("minutes", [-5.1, 5.1, 60 * 24 * 365])
def test_a_press_that_is_too_old_or_from_the_future_is_refused(desk: Desk, minutes: float) -> None:
    assert desk.press(body_of(), age=timedelta(minutes=minutes)).status == 401
    assert desk.queue.take() == []


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0="},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=" + "0" * 63},
        {"X-Slack-Signature": "0" * 64},
        {"X-Slack-Signature": "v0=" + "é" * 64},
        {"X-Slack-Signature": "v0=" + "0" * 100_000},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "9" * 5_000},
        {"X-Slack-Request-Timestamp": "١٧٨٢٨٧١٢٠٠"},
    ],
)
def test_what_is_signed_in_no_way_of_slacks_is_refused(desk: Desk, change: dict[str, str]) -> None:
    body = body_of()
    headers = desk.headers(body, str(int(NOW.timestamp()))) | change

    page = desk.send(body, headers)

    assert (page.status, json.loads(page.html)) == (401, {"error": "not_signed"})
    assert desk.queue.take() == []


@pytest.mark.parametrize("version", ["v1", "V0", "v0 "])
def test_another_version_of_signatures_is_refused(desk: Desk, version: str) -> None:
    body, timestamp = body_of(), str(int(NOW.timestamp()))
    headers = desk.headers(body, timestamp)
    headers["X-Slack-Signature"] = headers["X-Slack-Signature"].replace("v0", version, 1)

    assert desk.send(body, headers).status == 401


def test_a_body_that_says_the_same_in_other_bytes_is_refused(desk: Desk) -> None:
    body = body_of()

    assert desk.press(body.replace("+", "%20"), signed=body).status == 401
    assert desk.press(body + "&", signed=body).status == 401
    assert desk.queue.take() == []


def test_the_bytes_count_as_they_arrived_however_the_gateway_wraps_them(desk: Desk) -> None:
    body = body_of()
    headers = desk.headers(body, str(int(NOW.timestamp())))

    page = desk.send(base64.b64encode(body.encode()).decode(), headers, is_base64=True)

    assert page.status == 200
    assert desk.queue.take() == [ORDER]


def test_a_press_sent_twice_is_ordered_twice_which_answers_nothing_a_second_time(
    desk: Desk,
) -> None:
    assert desk.press(body_of()).status == desk.press(body_of()).status == 200
    assert desk.queue.take() == [ORDER, ORDER]


@pytest.mark.parametrize(
    "changes",
    [
        {"actions": [{"type": "button", "action_id": "open", "url": "https://x.example"}]},
        {"actions": []},
        {"actions": [{"action_id": "approve"}]},
        {"actions": [{"action_id": "delete_everything", "value": CLAIMS}]},
        {"actions": [{"action_id": "approve", "value": CLAIMS}] * 2},
        {"actions": [{"action_id": "approve", "value": "x" * 2_000}]},
        {"actions": [{"action_id": "approve", "value": {"claims": CLAIMS}}]},
        {"type": "view_submission"},
        {"user": None},
        {"user": {"id": "../../x"}},
        {"response_url": "https://evil.example/actions/T/1/x"},
        {"response_url": "https://hooks.slack.com@evil.example/x"},
        {"response_url": "http://hooks.slack.com/actions/T/1/x"},
        {"response_url": "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next"},
        {"response_url": "https://169.254.169.254/latest/meta-data"},
        {"response_url": ""},
    ],
)
def test_what_is_signed_but_answers_nothing_is_acknowledged_and_left(
    desk: Desk, changes: dict[str, Any]
) -> None:
    page = desk.press(body_of(**changes))

    assert (page.status, page.html) == (200, "")
    assert desk.queue.take() == []


@pytest.mark.parametrize(
    "body",
    ["", "payload=", "payload=[]", "payload=" + "[" * 50_000, "payload={}&payload={}", "x=1"],
)
def test_what_is_signed_but_no_press_is_acknowledged_and_left(desk: Desk, body: str) -> None:
    assert desk.press(body).status == 200
    assert desk.queue.take() == []


def test_a_body_that_is_too_long_is_not_read(desk: Desk) -> None:
    assert desk.press("payload=" + "x" * 300_000).status == 413
    assert desk.reads == 0


def test_a_secret_that_was_replaced_counts_as_soon_as_it_is_stored(desk: Desk) -> None:
    new = "0123456789abcdef0123456789abcdef"
    assert desk.press(body_of()).status == 200
    desk.secret = json.dumps({"signing_secret": new})
    desk.clock.advance(timedelta(seconds=21))

    assert desk.press(body_of(), secret=new).status == 200
    assert desk.press(body_of(), secret=SECRET).status == 401


def test_forgers_have_the_secret_read_no_more_than_three_times_a_minute(desk: Desk) -> None:
    for _ in range(60):
        assert desk.press(body_of(), secret="forged-forged").status == 401
        desk.clock.advance(timedelta(seconds=1))

    assert desk.reads <= 3


@pytest.mark.parametrize("secret", ["{}", '{"signing_secret": "", "bot_token": ""}'])
def test_a_stack_without_a_signing_secret_takes_no_press(desk: Desk, secret: str) -> None:
    desk.secret = secret

    assert desk.press(body_of(), secret="").status == 401
    assert desk.press(body_of()).status == 401


def test_what_cannot_be_taken_now_is_said_so(desk: Desk) -> None:
    desk.queue.is_down = True
    assert desk.press(body_of()).status == 503

    broken = Desk(secret="canary")
    page = broken.press(body_of())
    assert page.status == 503
    assert "canary" not in page.html


@given(body=st.text(max_size=300), signature=st.text(max_size=90), timestamp=st.text(max_size=20))
def test_nothing_unsigned_ever_comes_to_anything(body: str, signature: str, timestamp: str) -> None:
    desk = Desk()
    page = desk.send(
        body.encode(errors="replace").decode(),
        {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": timestamp},
    )

    assert page.status == 401
    assert desk.queue.take() == []


@given(body=st.binary(max_size=300))
def test_nothing_signed_breaks_it_whatever_it_is(body: bytes) -> None:
    desk = Desk()
    timestamp = str(int(NOW.timestamp()))
    headers = {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature_of(body, timestamp, SECRET),
    }

    assert desk.send(base64.b64encode(body).decode(), headers, is_base64=True).status == 200


def test_the_endpoint_starts_without_what_only_posting_needs() -> None:
    """Slack waits three seconds, which a cold start takes a part of."""
    code = (
        "import sys\n"
        "import zoom_migrator.adapters.web.slack_interactions\n"
        "print(sorted({'slack_sdk', 'jinja2', 'urllib3', 'pydantic'} & set(sys.modules)))"
    )

    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
