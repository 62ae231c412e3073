from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import Presser, PressOrder
from zoom_migrator.domain.slack_press import MAX_PRESS_BYTES, read_press

REPLY = "https://hooks.slack.com/actions/T012AB3CD/1/secret"
CLAIMS = "upgrade.00D5g0000000001EAA.1.approval-approval-0001.1784000000"


def a_payload(**changes: object) -> dict[str, Any]:
    """What Slack sends, in part; its documentation has many more fields."""
    return {
        "type": "block_actions",
        "team": {"id": "T012AB3CD", "domain": "acme"},
        "user": {"id": "U012AB3CD", "username": "ada", "name": "Ada", "team_id": "T012AB3CD"},
        "api_app_id": "A1",
        "container": {"type": "message", "channel_id": "C1", "message_ts": "1.2"},
        "channel": {"id": "C1", "name": "zoom"},
        "response_url": REPLY,
        "actions": [
            {
                "type": "button",
                "block_id": "b",
                "action_id": "approve",
                "value": CLAIMS,
                "action_ts": "1.2",
            }
        ],
        **changes,
    }


def pressed(payload: object, **more: Any) -> PressOrder | None:
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return read_press(body, at=NOW, **more)


def test_a_press_says_what_was_answered_by_whom_and_where_to_reply() -> None:
    assert pressed(a_payload()) == PressOrder(
        CLAIMS, ChoiceAnswer.APPROVE, Presser("U012AB3CD", "T012AB3CD", "Ada"), NOW, REPLY
    )


def test_who_has_no_name_is_called_by_their_id() -> None:
    order = pressed(a_payload(user={"id": "U012AB3CD"}))

    assert order is not None
    assert order.by == Presser("U012AB3CD", "T012AB3CD", "U012AB3CD")


def test_a_name_is_one_line_that_is_not_too_long() -> None:
    order = pressed(a_payload(user={"id": "U1", "name": "Ada\n" + "x" * 500}))

    assert order is not None
    assert order.by.name == "Ada " + "x" * 76


def test_half_a_character_at_the_end_of_a_name_is_left_out() -> None:
    order = pressed(a_payload(user={"id": "U012AB3CD", "name": "Ada \ud83d"}))

    assert order is not None
    assert order.by.name == "Ada"


def test_the_workspace_of_a_person_counts_where_the_message_has_none() -> None:
    order = pressed(a_payload(team=None, user={"id": "U1", "team_id": "T9"}))

    assert order is not None
    assert order.by.team_id == "T9"


@pytest.mark.parametrize(
    "host",
    [
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com:8443/x",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com\\@evil.example/x",
        "https://HOOKS.slack.com.:443/x",
        "https://127.0.0.1/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://hooks.slack.com\n.evil.example/x",
        "",
    ],
)
def test_a_reply_goes_to_slack_alone(host: str) -> None:
    assert pressed(a_payload(response_url=host)) is None


def test_a_reply_may_go_to_a_simulator_on_this_machine_where_that_is_allowed() -> None:
    here = "http://127.0.0.1:8085/actions/1"

    assert pressed(a_payload(response_url=here)) is None
    assert pressed(a_payload(response_url=here), reply_hosts=["127.0.0.1:8085"]) is not None
    other = a_payload(response_url="http://evil.example:80/x")
    assert pressed(other, reply_hosts=["evil.example:80"]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "view_submission"},
        {"actions": []},
        {"actions": [{"action_id": "approve"}]},
        {"actions": [{"action_id": "open", "value": CLAIMS}]},
        {"actions": [{"action_id": "approve", "value": "x" * 201}]},
        {"actions": a_payload()["actions"] * 2},
        {"user": {}},
        {"user": {"id": "<@U1>"}},
        {"team": {"id": "T1:T2"}},
        {"response_url": None},
    ],
)
def test_what_answers_nothing_is_none(changes: dict[str, object]) -> None:
    assert pressed(a_payload(**changes)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"payload",
        b"payload=",
        b"payload=%7B",
        b"payload=[]",
        b"payload={}&payload={}",
        b"other={}",
        b"\xff\xfe",
        b"payload=" + b"[" * 50_000,
        b"payload=" + b"x" * MAX_PRESS_BYTES,
    ],
)
def test_a_damaged_form_is_none(body: bytes) -> None:
    assert read_press(body, at=NOW) is None


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda some: b"payload=" + some))
def test_nothing_breaks_the_reading(body: bytes) -> None:
    assert read_press(body, at=NOW) is None
