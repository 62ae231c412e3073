from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.builders import NOW
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.web.form_token import LIFETIME, FormTokens

LINK = f"upgrade.00D5g0000000001EAA.100000.{'r' * 22}.1785888000.{'s' * 43}"
OTHER = f"upgrade.00D5g0000000001EAA.100000.{'r' * 22}.1785888000.{'t' * 43}"


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture
def tokens(clock: SettableClock) -> FormTokens:
    return FormTokens(clock)


def test_a_token_is_good_for_what_it_was_issued_for(tokens: FormTokens) -> None:
    assert tokens.is_good(tokens.issue(LINK), LINK)


def test_a_token_is_no_good_for_anything_else(tokens: FormTokens) -> None:
    assert not tokens.is_good(tokens.issue(LINK), OTHER)


def test_a_token_is_good_until_its_time_is_over(tokens: FormTokens, clock: SettableClock) -> None:
    token = tokens.issue(LINK)

    clock.advance(LIFETIME - timedelta(seconds=1))
    assert tokens.is_good(token, LINK)
    clock.advance(timedelta(seconds=1))
    assert not tokens.is_good(token, LINK)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda token: token[:-1], id="cut"),
        pytest.param(lambda token: token + "x", id="longer"),
        pytest.param(lambda token: token + "\n", id="line end"),
        pytest.param(lambda token: str(int(token[:10]) + 60) + token[10:], id="prolonged"),
        pytest.param(lambda token: token.replace(".", ".."), id="dots"),
        pytest.param(lambda token: "9" * 5000 + token[10:], id="far future"),
        pytest.param(lambda token: token[:10] + "." + "A" * 43, id="forged"),
        pytest.param(lambda token: "٢" * 10 + token[10:], id="other digits"),
    ],
)
def test_a_damaged_token_is_no_good(tokens: FormTokens, damage: Callable[[str], str]) -> None:
    assert not tokens.is_good(damage(tokens.issue(LINK)), LINK)


def test_a_token_gives_nothing_of_its_link_away(tokens: FormTokens) -> None:
    token = tokens.issue(LINK)

    assert not [part for part in LINK.split(".") if part in token]
    assert len(token) == 54


def test_a_token_is_no_signature(tokens: FormTokens) -> None:
    expires = tokens.issue(LINK).partition(".")[0]

    assert not tokens.is_good(f"{expires}.{LINK.rpartition('.')[2]}", LINK)
