from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOW
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.slack.secret import (
    SlackAccess,
    StoredSlackAccess,
    parse_slack_secret,
)
from zoom_migrator.adapters.slack.settings import SlackSettings
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable

TOKEN = "xoxb-12-34-canarycanary"
SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"
WEBHOOK = "https://hooks.slack.com/services/T0/B0/canary"
GOOD = {"bot_token": TOKEN, "signing_secret": SIGNING, "webhook_url": WEBHOOK}
ACCESS = SlackAccess(TOKEN, SIGNING, WEBHOOK)


def reading(*texts: str) -> Callable[[], str]:
    """Reads these, one after the other, and then nothing more."""
    left = iter(texts)
    return lambda: next(left)


def test_all_three_parts_are_read_and_never_shown() -> None:
    access = parse_slack_secret(json.dumps({**GOOD, "of_others": 1}))

    assert access == ACCESS
    assert repr(access) == "SlackAccess()"


@pytest.mark.parametrize("text", ["{}", '{"bot_token": "", "signing_secret": null}'])
def test_a_stack_without_a_slack_app_has_nothing_to_post_with(text: str) -> None:
    assert parse_slack_secret(text) == SlackAccess()
    assert not parse_slack_secret(text).can_post


def test_what_was_pasted_with_blanks_around_it_counts() -> None:
    assert parse_slack_secret(json.dumps({name: f" {part}\n" for name, part in GOOD.items()})) == (
        ACCESS
    )


def test_the_government_cloud_has_webhooks_of_its_own() -> None:
    url = "https://hooks.slack-gov.com/services/T0/B0/x"

    assert parse_slack_secret(json.dumps({"webhook_url": url})).webhook_url == url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("canary", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a JSON object"),
        ('"canary"', "is not a JSON object"),
    ],
)
def test_what_is_no_secret_is_refused_without_repeating_it(text: str, said: str) -> None:
    with pytest.raises(InvalidSettings) as told:
        parse_slack_secret(text)

    assert told.value.message == f"The Slack secret {said}."
    assert told.value.__cause__ is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bot_token": 7}, "has a bot_token that is not a text"),
        ({"bot_token": "xoxp-12-34-canary"}, "has a bot_token that no Slack bot can have"),
        ({"bot_token": "xoxe.xoxb-1-canary"}, "has a bot_token that no Slack bot can have"),
        ({"bot_token": f"{TOKEN}\r\nX: y"}, "has a bot_token that no Slack bot can have"),
        ({"signing_secret": "canary"}, "has a signing_secret that no Slack app can have"),
        ({"signing_secret": "canary canary"}, "has a signing_secret that no Slack app can have"),
        ({"webhook_url": "canary"}, "has a webhook_url that does not lead to"),
        (
            {"webhook_url": "http://hooks.slack.com/services/canary"},
            "has a webhook_url that does not lead to",
        ),
        (
            {"webhook_url": "https://hooks.slack.com.evil.example/services/canary"},
            "has a webhook_url that does not lead to",
        ),
        (
            {"webhook_url": "http://127.0.0.1:9001/canary"},
            "has a webhook_url that does not lead to",
        ),
        ({"webhook_url": {"canary": 1}}, "has a webhook_url that is not a text"),
    ],
)
def test_a_malformed_part_is_named_and_not_repeated(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSettings) as told:
        parse_slack_secret(json.dumps({**GOOD, **change}))

    assert said in told.value.message
    assert "canary" not in f"{told.value.message} {told.value.remedy}"


def test_it_is_remembered_for_five_minutes() -> None:
    clock = SettableClock(NOW)
    stored = StoredSlackAccess(reading(json.dumps(GOOD), "{}"), clock)

    assert stored() == stored() == ACCESS
    clock.advance(timedelta(minutes=5))
    assert stored() == ACCESS
    clock.advance(timedelta(seconds=1))
    assert stored() == SlackAccess()


def test_whoever_is_in_doubt_has_it_read_again_but_not_all_the_time() -> None:
    clock = SettableClock(NOW)
    stored = StoredSlackAccess(reading("{}", json.dumps(GOOD)), clock)

    assert stored() == stored(in_doubt=True) == SlackAccess()
    clock.advance(timedelta(seconds=21))
    assert stored() == SlackAccess()
    assert stored(in_doubt=True) == ACCESS


def test_a_malformed_secret_is_remembered_for_a_short_time() -> None:
    clock = SettableClock(NOW)
    stored = StoredSlackAccess(reading("[]", json.dumps(GOOD)), clock)

    for _ in range(2):
        with pytest.raises(InvalidSettings):
            stored()
    clock.advance(timedelta(seconds=21))
    assert stored() == ACCESS


def test_a_secret_that_cannot_be_read_is_tried_again_at_once() -> None:
    def fail() -> str:
        reads.append(1)
        raise StoreUnavailable("down")

    reads: list[int] = []
    stored = StoredSlackAccess(fail, SettableClock(NOW))

    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            stored()
    assert len(reads) == 2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"api_url": "https://evil.example"}, "api_url"),
        ({"api_url": "http://slack.com"}, "api_url"),
        ({"connect_to": "http://10.0.0.1:80"}, "connect_to"),
        ({"connect_to": "https://slack.com"}, "connect_to"),
        ({"connect_to": "127.0.0.1:80"}, "connect_to"),
        ({"seconds": 0}, "seconds"),
        ({"connect_timeout_seconds": -1}, "connect_timeout_seconds"),
        ({"max_body_bytes": 0}, "max_body_bytes"),
    ],
)
def test_a_malformed_setting_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidSettings, match=named):
        SlackSettings(**change)
