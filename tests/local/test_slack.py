"""The simulated Slack, checked with Slack's own clients."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from local.slack import (
    Fault,
    FaultKind,
    Phase,
    SimulatedChannel,
    SimulatedPerson,
    SimulatedSlack,
    SlackSimulator,
)
from tests.local.clients import FixedClock
from tests.local.slack_endpoint import Endpoint, served

CHANNEL, OTHER = "zoom-migration", "sales-orgs"
BUTTON: dict[str, Any] = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "approve",
            "value": "claims",
            "text": {"type": "plain_text", "text": "Approve"},
        }
    ],
}


def section(text: str = "Hello") -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.fixture
def slack(clock: FixedClock, slept: list[float]) -> Iterator[SlackSimulator]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    document = SimulatedSlack(
        people=[SimulatedPerson(name="ada"), SimulatedPerson(name="bob")],
        channels=[SimulatedChannel(name=CHANNEL), SimulatedChannel(name=OTHER)],
    )
    document.app.webhook_channel = CHANNEL
    with SlackSimulator(document, clock=clock, sleep=sleep) as running:
        yield running


@pytest.fixture
def bot(slack: SlackSimulator) -> WebClient:
    return WebClient(slack.app.bot_token, base_url=f"{slack.base_url}/api/", retry_handlers=[])


@pytest.fixture
def webhook(slack: SlackSimulator) -> WebhookClient:
    return WebhookClient(f"{slack.base_url}{slack.document.webhook_path}", retry_handlers=[])


@pytest.fixture
def endpoint(slack: SlackSimulator) -> Iterator[Endpoint]:
    with served() as made:
        slack.app.interactivity_url = made.url
        yield made


def refused(bot: WebClient, **message: Any) -> str:
    with pytest.raises(SlackApiError) as told:
        bot.chat_postMessage(**{"channel": CHANNEL, "text": "Hello", **message})
    return str(told.value.response["error"])


def test_the_bot_says_who_it_is(bot: WebClient, slack: SlackSimulator) -> None:
    assert bot.auth_test()["team_id"] == slack.document.team_id


@pytest.mark.parametrize("name", [CHANNEL, f"#{CHANNEL}"])
def test_a_message_is_posted_by_the_name_of_its_channel(
    bot: WebClient, slack: SlackSimulator, name: str
) -> None:
    answer = bot.chat_postMessage(channel=name, text="Hello", blocks=[section()])

    (message,) = slack.messages_in(CHANNEL)
    assert (answer["ts"], answer["channel"]) == (message.ts, slack.channel(CHANNEL).channel_id)
    assert (message.text, message.blocks) == ("Hello", [section()])


def test_messages_of_one_moment_have_different_times(bot: WebClient, slack: SlackSimulator) -> None:
    for _ in range(3):
        bot.chat_postMessage(channel=CHANNEL, text="Hello")

    assert len({message.ts for message in slack.messages_in()}) == 3


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-0-0-wrong", "invalid_auth")]
)
def test_a_wrong_token_is_refused(slack: SlackSimulator, token: str, error: str) -> None:
    bot = WebClient(token, base_url=f"{slack.base_url}/api/", retry_handlers=[])

    assert refused(bot) == error
    assert slack.messages_in() == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"is_archived": True}, "is_archived"),
        ({"has_bot": False}, "not_in_channel"),
        ({"is_read_only": True}, "restricted_action_read_only_channel"),
        ({"name": "renamed", "channel_id": "C0"}, "channel_not_found"),
    ],
)
def test_a_channel_may_take_nothing(
    bot: WebClient, slack: SlackSimulator, changes: dict[str, Any], error: str
) -> None:
    for name, value in changes.items():
        setattr(slack.channel(), name, value)

    assert refused(bot) == error


def test_what_an_admin_does_to_the_app_counts(bot: WebClient, slack: SlackSimulator) -> None:
    slack.app.scopes = []
    assert refused(bot) == "missing_scope"
    slack.app.is_token_revoked = True
    assert refused(bot) == "token_revoked"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [section("x" * 3_001)]}, "invalid_blocks"),
        ({"blocks": [section("")]}, "invalid_blocks"),
        ({"blocks": [section()] * 51}, "invalid_blocks"),
        ({"blocks": [section("x" * 2_700)] * 5}, "msg_blocks_too_long"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"blocks": [{"type": "marquee"}]}, "invalid_blocks"),
        ({"blocks": [{"type": "context", "elements": []}]}, "invalid_blocks"),
        ({"blocks": [{**BUTTON, "elements": BUTTON["elements"] * 2}]}, "invalid_blocks"),
    ],
)
def test_what_slack_would_not_post_is_refused(
    bot: WebClient, message: dict[str, Any], error: str
) -> None:
    assert refused(bot, **message) == error


def test_a_message_needs_a_text_or_blocks(webhook: WebhookClient) -> None:
    assert webhook.send(text=" ").body == "no_text"


def test_a_channel_takes_a_burst_and_then_one_message_a_second(
    bot: WebClient, slack: SlackSimulator, clock: FixedClock
) -> None:
    slack.document.burst = 2
    for _ in range(2):
        bot.chat_postMessage(channel=CHANNEL, text="Hello")

    with pytest.raises(SlackApiError) as told:
        bot.chat_postMessage(channel=CHANNEL, text="Hello")
    assert told.value.response.status_code == 429
    assert told.value.response.headers["Retry-After"] == "1"
    bot.chat_postMessage(channel=OTHER, text="Hello")
    clock.advance(1)
    bot.chat_postMessage(channel=CHANNEL, text="Hello")


def test_the_webhook_posts_to_its_own_channel(
    webhook: WebhookClient, slack: SlackSimulator
) -> None:
    answer = webhook.send(text="Hello", blocks=[section()], unfurl_links=False)

    assert (answer.status_code, answer.body) == (200, "ok")
    (message,) = slack.messages_in(CHANNEL)
    assert not message.is_unfurled


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"is_archived": True}, 410, "channel_is_archived"),
        ({"is_read_only": True}, 403, "action_prohibited"),
        ({"name": "renamed", "channel_id": "C0"}, 404, "channel_not_found"),
    ],
)
def test_the_webhook_says_in_plain_text_what_is_wrong(
    webhook: WebhookClient,
    slack: SlackSimulator,
    changes: dict[str, Any],
    status: int,
    error: str,
) -> None:
    for name, value in changes.items():
        setattr(slack.channel(), name, value)

    answer = webhook.send(text="Hello")

    assert (answer.status_code, answer.body) == (status, error)


def test_a_webhook_that_is_gone_takes_nothing(
    webhook: WebhookClient, slack: SlackSimulator
) -> None:
    assert WebhookClient(webhook.url + "x").send(text="Hello").body == "invalid_token"
    slack.app.is_webhook_disabled = True

    assert webhook.send(text="Hello").body == "no_service"


def test_a_press_is_signed_as_slack_signs_and_names_who_pressed(
    bot: WebClient, slack: SlackSimulator, endpoint: Endpoint
) -> None:
    bot.chat_postMessage(channel=CHANNEL, text="Hello", blocks=[BUTTON])

    assert slack.press("approve", person="bob") == ""

    headers, body = endpoint.received[-1]
    verifier = SignatureVerifier(slack.app.signing_secret, clock=endpoint.at(headers))
    assert verifier.is_valid_request(body, headers)
    payload = endpoint.payload()
    assert payload["user"]["name"] == "bob"
    assert payload["actions"][0]["value"] == "claims"


def test_a_reply_takes_the_place_of_the_message_five_times_within_half_an_hour(
    bot: WebClient, slack: SlackSimulator, endpoint: Endpoint, clock: FixedClock
) -> None:
    bot.chat_postMessage(channel=CHANNEL, text="Hello", blocks=[BUTTON])
    slack.press("approve")
    reply = WebhookClient(endpoint.reply_url().replace("https://hooks.slack.com", slack.base_url))

    answers = [reply.send(text=f"Done {n}", replace_original=True) for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert json.loads(answers[-1].body)["error"] == "used_url"
    (message,) = slack.messages_in()
    assert (message.text, message.blocks, message.is_edited) == ("Done 4", [], True)
    bot.chat_postMessage(channel=CHANNEL, text="Hello", blocks=[BUTTON])
    slack.press("approve")
    late = WebhookClient(endpoint.reply_url().replace("https://hooks.slack.com", slack.base_url))
    clock.advance(1_801)
    assert json.loads(late.send(text="Late").body)["error"] == "expired_url"


@pytest.mark.parametrize("status", [401, 500])
def test_whoever_presses_is_told_that_the_app_did_not_take_it(
    bot: WebClient, slack: SlackSimulator, endpoint: Endpoint, status: int
) -> None:
    endpoint.status = status
    bot.chat_postMessage(channel=CHANNEL, text="Hello", blocks=[BUTTON])

    assert str(status) in slack.press("approve")
    assert str(status) in slack.messages_in()[0].trouble


def test_a_press_of_an_app_without_an_endpoint_comes_to_nothing(
    bot: WebClient, slack: SlackSimulator
) -> None:
    bot.chat_postMessage(channel=CHANNEL, text="Hello", blocks=[BUTTON])

    assert "not configured" in slack.press("approve")


def test_presses_go_to_this_machine_only(slack: SlackSimulator) -> None:
    with pytest.raises(ValueError, match="loopback"):
        slack.app.interactivity_url = "https://migrator.example/slack"


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_hits_once_and_is_gone(
    webhook: WebhookClient, slack: SlackSimulator, kind: FaultKind, slept: list[float]
) -> None:
    hello = {"text": "Hello"}
    slack.faults.add(Fault(kind=kind, phase=Phase.WEBHOOK, times=1, milliseconds=50))

    try:
        # Slack's client leaves connections open whose answer is broken, and follows redirects.
        answer = requests.post(webhook.url, json=hello, timeout=5, allow_redirects=False)
        spoiled = (answer.status_code, answer.text) != (200, "ok")
    except requests.RequestException:
        spoiled = True

    assert spoiled is (kind is not FaultKind.LATENCY)
    assert slept == ([0.05] if kind is FaultKind.LATENCY else [])
    assert slack.faults.active() == []
    assert webhook.send(text="Hello").body == "ok"


def test_an_answer_that_is_lost_leaves_its_message_behind(
    webhook: WebhookClient, slack: SlackSimulator
) -> None:
    slack.faults.add(Fault(kind=FaultKind.RESET_AFTER, times=1))

    with pytest.raises(OSError):
        webhook.send(text="Hello")

    assert len(slack.messages_in()) == 1
    assert slack.requests[-1].status == 0


def test_the_control_api_has_no_secret_and_answers_here_only(
    bot: WebClient, slack: SlackSimulator, endpoint: Endpoint
) -> None:
    bot.chat_postMessage(channel=CHANNEL, text="Hello", blocks=[BUTTON])
    root = f"{slack.base_url}/_simulator"
    answers = [
        requests.get(f"{root}/messages", timeout=5),
        requests.get(f"{root}/requests", timeout=5),
        requests.patch(f"{root}/app", json={"name": "Other"}, timeout=5),
        requests.patch(f"{root}/channels/{CHANNEL}", json={"is_archived": True}, timeout=5),
        requests.put(f"{root}/faults", json=[{"kind": "error"}], timeout=5),
        requests.post(
            f"{root}/presses", json={"channel": CHANNEL, "action_id": "approve"}, timeout=5
        ),
    ]

    assert [answer.status_code for answer in answers] == [200] * 6
    assert answers[-1].json()["trouble"] == ""
    assert slack.channel().is_archived
    assert slack.faults.active()[0].kind is FaultKind.ERROR
    for answer in answers:
        assert not any(secret in answer.text for secret in slack.secret_values())
    elsewhere = requests.get(f"{root}/messages", headers={"Host": "slack.com"}, timeout=5)
    assert elsewhere.status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("PATCH", "channels/nobody", {}, 404),
        ("PATCH", "app", {"nothing": 1}, 422),
        ("PATCH", "app", [], 422),
        ("POST", "presses", {"channel": CHANNEL, "action_id": "approve"}, 404),
        ("POST", "presses", {}, 422),
        ("POST", "faults", [{"kind": "nothing"}], 422),
        ("PATCH", "faults", [], 422),
    ],
)
def test_a_malformed_order_changes_nothing(
    slack: SlackSimulator, method: str, path: str, body: object, status: int
) -> None:
    answer = requests.request(method, f"{slack.base_url}/_simulator/{path}", json=body, timeout=5)

    assert answer.status_code == status


def test_what_whoever_pressed_was_told_is_kept_although_the_message_is_replaced(
    bot: WebClient, slack: SlackSimulator, endpoint: Endpoint
) -> None:
    bot.chat_postMessage(channel=CHANNEL, text="Hello", blocks=[BUTTON])
    endpoint.status = 401
    slack.press("approve", forged=True)
    endpoint.status = 200
    slack.press("approve")

    reply = WebhookClient(endpoint.reply_url().replace("https://hooks.slack.com", slack.base_url))
    reply.send(text="Done", replace_original=True)

    (message,) = slack.messages_in()
    assert message.told == ["This app responded with status code 401.", ""]
