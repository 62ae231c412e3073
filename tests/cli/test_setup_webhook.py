"""``zoom-migrator setup zoom-webhook``."""

from __future__ import annotations

import json

import pytest
from typer.testing import Result

from tests.cli.conftest import Terminal

FIRST = "first-secret-token-canary"
SECOND = "second-secret-token-canary"
URL = "https://zoom.acme.example/webhooks/zoom"


def _types(terminal: Terminal, *options: str, token: str = FIRST) -> Result:
    return terminal.types("setup", "zoom-webhook", *options, answers=f"{token}\n")


def _stored(terminal: Terminal) -> dict[str, str]:
    stored: dict[str, str] = json.loads(terminal.webhook_secret.read())
    return stored


def test_the_token_is_stored_and_what_to_register_is_said(terminal: Terminal) -> None:
    result = _types(terminal)

    assert result.exit_code == 0, result.output
    assert _stored(terminal) == {"current": FIRST, "previous": ""}
    assert URL in result.stdout
    assert "--drop-previous" not in result.stdout


def test_the_one_before_goes_on_counting(terminal: Terminal) -> None:
    _types(terminal)

    result = _types(terminal, token=SECOND)

    assert _stored(terminal) == {"current": SECOND, "previous": FIRST}
    assert "The one before counts as well, until --drop-previous." in result.stdout


def test_the_same_one_again_changes_nothing(terminal: Terminal) -> None:
    _types(terminal)
    _types(terminal, token=SECOND)

    result = _types(terminal, token=SECOND)

    assert "It is the current one already." in result.stdout
    assert _stored(terminal) == {"current": SECOND, "previous": FIRST}


def test_the_one_before_can_be_dropped(terminal: Terminal) -> None:
    _types(terminal)
    _types(terminal, token=SECOND)

    result = terminal.types("setup", "zoom-webhook", "--drop-previous")

    assert result.exit_code == 0
    assert _stored(terminal) == {"current": SECOND, "previous": ""}


def test_where_there_is_none_to_drop_nothing_changes(terminal: Terminal) -> None:
    _types(terminal)

    result = terminal.types("setup", "zoom-webhook", "--drop-previous")

    assert (result.exit_code, "Only the current token counts" in result.stdout) == (0, True)


def test_the_only_token_cannot_be_dropped(terminal: Terminal) -> None:
    result = terminal.types("setup", "zoom-webhook", "--drop-previous")

    assert result.exit_code == 7
    assert "there is none to keep" in result.stderr


@pytest.mark.parametrize("token", ["", "short", "canary with blanks", "canary\x1b[2J", "x" * 257])
def test_what_can_be_no_token_changes_nothing(terminal: Terminal, token: str) -> None:
    before = terminal.webhook_secret.read()

    result = _types(terminal, token=token)

    assert result.exit_code == 7
    assert "canary" not in result.output
    assert terminal.webhook_secret.read() == before


@pytest.mark.parametrize(
    "stored",
    [
        '{"current": "", "previous": "", "placeholder": "made by the template"}',
        "not JSON",
        "[]",
        '{"current": "no\\u0000token"}',
    ],
)
def test_what_cannot_be_read_is_replaced_as_a_whole(terminal: Terminal, stored: str) -> None:
    terminal.webhook_secret.write(stored)

    assert _types(terminal).exit_code == 0
    assert _stored(terminal) == {"current": FIRST, "previous": ""}


def test_no_token_is_printed(terminal: Terminal) -> None:
    printed = _types(terminal).output + _types(terminal, token=SECOND).output
    printed += terminal.types("setup", "zoom-webhook", "--drop-previous").output

    assert "canary" not in printed


def test_a_token_cannot_be_given_as_an_argument(terminal: Terminal) -> None:
    assert terminal.types("setup", "zoom-webhook", FIRST).exit_code == 2
