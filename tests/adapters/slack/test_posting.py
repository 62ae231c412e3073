"""Posting to a simulated Slack over HTTP."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

from local.slack import Fault, FaultKind, Phase
from tests.adapters.slack.lab import (
    CHANNEL,
    CLAIMS,
    LINK,
    SlackLab,
    a_message,
    channel_to,
    failed,
    with_choices,
)
from tests.local.slack_endpoint import served
from zoom_migrator.adapters.slack.channel import HttpSlackChannel
from zoom_migrator.adapters.slack.secret import SlackAccess
from zoom_migrator.adapters.slack.settings import SlackSettings
from zoom_migrator.domain.delivery import FailureKind, SendFailure, Sent
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable


def test_a_message_arrives_in_its_channel_and_is_known_by_its_time(lab: SlackLab) -> None:
    result = lab.post()

    (message,) = lab.simulator.messages_in(CHANNEL)
    assert result == Sent(message.ts)
    assert message.text == "Approve the Zoom upgrade in Acme. It is to be upgraded."
    assert message.blocks[0]["text"]["text"] == "➜ Approve the Zoom upgrade in Acme"


def test_slack_looks_behind_no_link(lab: SlackLab) -> None:
    lab.post()
    lab.channel(bot_token="").post("", a_message())

    messages = [*lab.simulator.messages_in(CHANNEL), *lab.simulator.messages_in("webhooks-own")]
    assert [message.is_unfurled for message in messages] == [False, False]


def test_without_a_channel_the_webhook_takes_it(lab: SlackLab) -> None:
    assert lab.post("") == Sent()
    assert len(lab.simulator.messages_in("webhooks-own")) == 1


def test_a_webhook_alone_takes_everything_with_links_instead_of_buttons(lab: SlackLab) -> None:
    channel = lab.channel(bot_token="", signing_secret="")

    assert not channel.takes_presses()
    assert channel.post(CHANNEL, with_choices(a_message())) == Sent()

    (message,) = lab.simulator.messages_in("webhooks-own")
    assert list(message.buttons) == []
    assert f"<{LINK}|Look at the upgrade>" in json.dumps(message.blocks)


def test_a_bot_without_a_channel_and_without_a_webhook_says_so(lab: SlackLab) -> None:
    result = lab.channel(webhook_url="").post("", a_message())

    assert result == SendFailure(FailureKind.ADDRESS, "no_channel")


def test_presses_are_taken_where_they_can_be_verified(lab: SlackLab) -> None:
    assert lab.channel().takes_presses()
    assert not lab.channel(signing_secret="").takes_presses()
    assert not lab.channel(bot_token="", webhook_url="").takes_presses()


def test_a_message_takes_what_is_put_in_its_place_once_it_is_answered(lab: SlackLab) -> None:
    lab.post(message=with_choices(a_message()))
    with served() as endpoint:
        lab.simulator.app.interactivity_url = endpoint.url
        assert lab.simulator.press("approve") == ""
        assert endpoint.payload()["actions"][0]["value"] == CLAIMS

        result = lab.channel().reply(endpoint.reply_url(), "Ada approved <it> & that's it.")

    (message,) = lab.simulator.messages_in(CHANNEL)
    assert result == Sent()
    assert list(message.buttons) == []
    assert message.text == "Ada approved &lt;it&gt; &amp; that's it."


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://hooks.slack.com/actions/T/1/x",
        "https://hooks.slack.com.evil.example/actions/T/1/x",
        "https://hooks.slack.com@evil.example/actions/T/1/x",
        "https://evil.example/hooks.slack.com/actions",
        "https://hooks.slack.com:8443/actions/T/1/x",
        "https://user@hooks.slack.com/actions/T/1/x",
        "https://HOOKS.SLACK.COM/actions/T/1/x",
        "https://hooks.slack.com/actions/T/1/x#f",
        "https://hooks.slack.com/ac tions",
        "https://hooks.slack.com/actions\r\nX-Evil: 1",
        "https://hooks.slack.com",
        "https://hooks.slack.com/",
        "https://127.0.0.1/actions/T/1/x",
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "https://169.254.169.254/latest/meta-data",
        "https://hooks.sl\u0430ck.com/actions/T/1/x",
        "https://[hooks.slack.com/actions",
        "https://hooks.slack.com/" + "x" * 1_001,
        "file:///etc/passwd",
    ],
)
def test_a_reply_goes_to_slack_or_nowhere(lab: SlackLab, address: str) -> None:
    assert lab.channel().reply(address, "Done") == SendFailure(
        FailureKind.MESSAGE, "not_slacks_address"
    )
    assert lab.simulator.requests == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FaultKind.RESET_BEFORE, FailureKind.UNKNOWN),
        (FaultKind.RESET_AFTER, FailureKind.UNKNOWN),
        (FaultKind.RESET_MID, FailureKind.UNKNOWN),
        (FaultKind.TRUNCATED, FailureKind.UNKNOWN),
        (FaultKind.HTML_OK, FailureKind.UNKNOWN),
        (FaultKind.HUGE_BODY, FailureKind.UNKNOWN),
        (FaultKind.REDIRECT, FailureKind.ADDRESS),
        (FaultKind.RATE_LIMITED, FailureKind.RATE_LIMITED),
        (FaultKind.STATUS, FailureKind.TRANSIENT),
    ],
)
@pytest.mark.parametrize("address", [CHANNEL, ""])
def test_what_goes_wrong_on_the_way_is_answered_once(
    lab: SlackLab, address: str, kind: FaultKind, expected: FailureKind
) -> None:
    lab.simulator.faults.add(Fault(kind=kind))

    result = failed(lab.post(address))

    assert result.kind is expected
    assert len(lab.simulator.requests) == 1


def test_an_answer_that_comes_too_late_leaves_it_open_whether_it_was_posted(
    lab: SlackLab,
) -> None:
    lab.simulator.faults.add(Fault(kind=FaultKind.LATENCY, milliseconds=600))
    slow = channel_to(lab.simulator.base_url, lab.access, seconds=0.3)

    assert slow.post(CHANNEL, a_message()) == SendFailure(FailureKind.UNKNOWN, "timed_out")


def test_nothing_was_posted_where_nobody_listens(lab: SlackLab) -> None:
    channel = channel_to(lab.simulator.base_url, lab.access)
    lab.simulator.stop()

    result = failed(channel.post(CHANNEL, a_message()))

    assert result.kind is FailureKind.TRANSIENT
    assert result.error == "connection_failed"


def test_a_channels_own_limit_is_answered_with_how_long_to_wait(lab: SlackLab) -> None:
    lab.simulator.document.burst = 1
    lab.post()

    result = failed(lab.post())

    assert (result.kind, result.error) == (FailureKind.RATE_LIMITED, "ratelimited")
    assert result.retry_after is not None
    assert result.retry_after.total_seconds() == 1


def test_a_secret_that_is_malformed_or_empty_is_a_matter_of_access() -> None:
    def malformed() -> SlackAccess:
        raise InvalidSettings("The Slack secret is not JSON.")

    broken = HttpSlackChannel(SlackSettings(), access=malformed)
    empty = HttpSlackChannel(SlackSettings(), access=SlackAccess)

    assert failed(broken.post(CHANNEL, a_message())).kind is FailureKind.ACCESS
    assert failed(empty.post(CHANNEL, a_message())).kind is FailureKind.ACCESS
    assert not broken.takes_presses()


def test_a_secret_that_cannot_be_read_at_present_is_told_to_the_caller() -> None:
    def unreachable() -> SlackAccess:
        raise StoreUnavailable("Secrets Manager is not available.")

    channel = HttpSlackChannel(SlackSettings(), access=unreachable)

    with pytest.raises(StoreUnavailable):
        channel.post(CHANNEL, a_message())
    with pytest.raises(StoreUnavailable):
        channel.takes_presses()


def test_what_breaks_a_limit_is_not_sent(lab: SlackLab) -> None:
    action = a_message().action
    assert action is not None
    endless = a_message(action=replace(action, url="https://migrator.example/" + "x" * 3_000))

    assert lab.post(message=endless) == SendFailure(FailureKind.MESSAGE, "malformed_message")
    assert lab.simulator.requests == []


def test_no_secret_is_shown(lab: SlackLab, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    for kind in (None, *FaultKind):
        if kind is not None:
            fault = Fault(kind=kind, times=2, error="invalid_auth")
            lab.simulator.faults.replace([fault])
        shown += [repr(lab.post()), repr(lab.post(""))]

    told = "".join(shown) + caplog.text + repr(lab.access) + repr(a_message())
    for secret in (*lab.simulator.secret_values(), LINK):
        assert secret not in told


@pytest.mark.parametrize("phase", [Phase.METHOD, Phase.WEBHOOK])
def test_an_error_may_come_after_the_message_was_posted(lab: SlackLab, phase: Phase) -> None:
    lab.simulator.faults.add(
        Fault(kind=FaultKind.ERROR, phase=phase, error="internal_error", also_posts=True)
    )

    result = failed(lab.post(CHANNEL if phase is Phase.METHOD else ""))

    assert result.kind is FailureKind.UNKNOWN
