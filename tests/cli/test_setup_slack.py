"""``zoom-migrator setup slack``."""

from __future__ import annotations

import json

import pytest
from typer.testing import Result

from tests.cli.conftest import Terminal
from zoom_migrator.adapters.slack.secret import parse_slack_secret

BOT_TOKEN = "xoxb-bot-token-canary"
SIGNING_SECRET = "8f742231b10e8888abcd99eeeccc85a5"
WEBHOOK_URL = "https://hooks.slack.com/services/T00/B00/webhook-canary"
ALL = (BOT_TOKEN, SIGNING_SECRET, WEBHOOK_URL)
URL = "https://zoom.acme.example/slack/interactions"


def _types(terminal: Terminal, *options: str, lines: tuple[str, ...] = ()) -> Result:
    return terminal.types(
        "setup", "slack", *options, answers="".join(f"{line}\n" for line in lines)
    )


def _stored(terminal: Terminal) -> dict[str, str]:
    document: dict[str, str] = json.loads(terminal.slack_secret.read())
    return document


def test_all_three_are_stored_as_the_functions_read_them(terminal: Terminal) -> None:
    result = _types(terminal, lines=ALL)

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Stored. Functions use it within five minutes.")
    access = parse_slack_secret(terminal.slack_secret.read())
    assert (access.bot_token, access.signing_secret, access.webhook_url) == ALL


def test_what_is_left_to_do_is_said(terminal: Terminal) -> None:
    text = _types(terminal, lines=ALL).stdout

    assert "deploy with SlackDefaultChannel, such as a channel's id" in text
    assert f"Interactivity & Shortcuts > Request URL: {URL}" in text


def test_nothing_of_it_is_printed(terminal: Terminal) -> None:
    printed = _types(terminal, lines=ALL).output

    for secret in ALL:
        assert secret not in printed


def test_an_empty_line_keeps_what_is_stored(terminal: Terminal) -> None:
    _types(terminal, lines=ALL)

    _types(terminal, lines=("", "", f"{WEBHOOK_URL}-2"))

    assert _stored(terminal) == {
        "bot_token": BOT_TOKEN,
        "signing_secret": SIGNING_SECRET,
        "webhook_url": f"{WEBHOOK_URL}-2",
    }


def test_a_webhook_alone_will_do(terminal: Terminal) -> None:
    text = _types(terminal, "--only", "webhook_url", lines=(WEBHOOK_URL,)).stdout

    assert _stored(terminal)["webhook_url"] == WEBHOOK_URL
    assert "such as webhook" in text
    assert "everything goes to its channel" in text
    assert "links instead of buttons" in text
    assert URL not in text


def test_what_was_set_up_needs_no_word(terminal: Terminal) -> None:
    terminal.connection.__dict__["_parameters"] = {"SlackDefaultChannel": "C012AB3CD"}

    assert "SlackDefaultChannel" not in _types(terminal, lines=ALL).stdout


def test_one_can_be_removed(terminal: Terminal) -> None:
    _types(terminal, lines=ALL)

    text = _types(terminal, "--remove", "bot_token", "--remove", "webhook_url").stdout

    assert text.startswith("Removed.")
    assert "there is neither a bot token nor a webhook" in text
    assert _stored(terminal)["signing_secret"] == SIGNING_SECRET


def test_what_else_is_stored_stays(terminal: Terminal) -> None:
    terminal.slack_secret.write('{"placeholder": "x"}')

    _types(terminal, lines=ALL)

    assert _stored(terminal)["placeholder"] == "x"


@pytest.mark.parametrize("stored", ["not JSON", '["canary"]', '{"bot_token": 7}'])
def test_a_secret_that_cannot_be_read_is_mended(terminal: Terminal, stored: str) -> None:
    terminal.slack_secret.write(stored)

    assert _types(terminal, lines=ALL).exit_code == 0
    assert parse_slack_secret(terminal.slack_secret.read()).can_post


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        (("xoxp-token-of-a-person-canary",), "bot_token"),
        (("xoxe.xoxb-canary-with-an-end",), "bot_token"),
        ((WEBHOOK_URL,), "bot_token"),
        (("", "canary with blanks"), "signing_secret"),
        (("", "", "https://evil.example/services/canary"), "webhook_url"),
        (("", "", "https://hooks.slack.com.evil.example/canary"), "webhook_url"),
        (("", "", "https://hooks.slack.com@evil.example/canary"), "webhook_url"),
        (("", "", "http://hooks.slack.com/services/canary"), "webhook_url"),
        (("", "", "https://hooks.slack.com:8443/services/canary"), "webhook_url"),
        (("", "", "https://169.254.169.254/canary"), "webhook_url"),
    ],
)
def test_what_cannot_be_slacks_changes_nothing(
    terminal: Terminal, lines: tuple[str, ...], field: str
) -> None:
    result = _types(terminal, lines=lines)

    assert result.exit_code == 7
    assert field in result.stderr
    assert "canary" not in result.output
    assert terminal.slack_secret.read() == "{}"


def test_a_signing_secret_of_another_form_is_warned_of(terminal: Terminal) -> None:
    text = _types(terminal, lines=(BOT_TOKEN, "SomethingElse-canary", "")).stdout

    assert "does not look like Slack's" in text
    assert "canary" not in text
    assert _stored(terminal)["signing_secret"] == "SomethingElse-canary"


def test_nothing_at_all_is_no_answer(terminal: Terminal) -> None:
    result = _types(terminal, lines=("", "", ""))

    assert result.exit_code == 7
    assert "Nothing was given" in result.stderr
    assert terminal.slack_secret.read() == "{}"


def test_asking_and_removing_exclude_each_other(terminal: Terminal) -> None:
    words = ("--only", "bot_token", "--remove", "webhook_url")

    assert _types(terminal, *words, lines=ALL).exit_code == 2


def test_no_option_takes_a_secret(terminal: Terminal) -> None:
    assert _types(terminal, "--bot-token", BOT_TOKEN).exit_code == 2


def test_a_stack_that_is_older_is_said_so(terminal: Terminal) -> None:
    del terminal.connection.__dict__["slack_secret"]

    result = _types(terminal, lines=ALL)

    assert result.exit_code == 7
    assert "has no output SlackSecretArn" in result.stderr
    assert "Deploy the current template" in result.stderr
