from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.builders import NOW
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.web.form_token import LIFETIME, FormTokens


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture
def signer() -> InMemoryLinkSigner:
    return InMemoryLinkSigner()


@pytest.fixture
def tokens(signer: InMemoryLinkSigner, clock: SettableClock) -> FormTokens:
    return FormTokens(signer, clock)


def test_a_token_is_good_for_what_it_was_issued_for(tokens: FormTokens) -> None:
    assert tokens.is_good(tokens.issue("request"), "request")


def test_a_token_is_no_good_for_anything_else(tokens: FormTokens) -> None:
    assert not tokens.is_good(tokens.issue("request"), "another")


def test_a_token_is_good_until_its_time_is_over(tokens: FormTokens, clock: SettableClock) -> None:
    token = tokens.issue("request")

    clock.advance(LIFETIME - timedelta(seconds=1))
    assert tokens.is_good(token, "request")
    clock.advance(timedelta(seconds=1))
    assert not tokens.is_good(token, "request")


def test_a_token_of_another_key_is_no_good(tokens: FormTokens, clock: SettableClock) -> None:
    other = FormTokens(InMemoryLinkSigner(), clock)

    assert not tokens.is_good(other.issue("request"), "request")


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
    assert not tokens.is_good(damage(tokens.issue("request")), "request")


def test_a_link_is_no_token_and_a_token_is_no_link(
    tokens: FormTokens, signer: InMemoryLinkSigner
) -> None:
    token = tokens.issue("request")
    expires, _, signature = token.partition(".")

    link_like = f"upgrade.00D5g0000000001EAA.1.request.{expires}"

    assert not signer.is_genuine(link_like, signature)
    assert not tokens.is_good(f"{expires}.{signer.sign(link_like)}", "request")
