from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.zoom.webhook_secrets import (
    StoredWebhookSecrets,
    WebhookNotSetUp,
    parse_webhook_secrets,
)
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable

NEW, OLD = "new-token-canary-0123456", "old-token-canary-0123456"
BOTH = json.dumps({"current": NEW, "previous": OLD})
ONE = json.dumps({"current": NEW, "previous": ""})


def reading(*texts: str) -> Callable[[], str]:
    """Reads these, one after the other, and then nothing more."""
    left = iter(texts)
    return lambda: next(left)


@pytest.mark.parametrize(
    "text", [ONE, f'{{"current": "{NEW}"}}', f'{{"current": " {NEW}\\n", "previous": null}}']
)
def test_one_token_counts_where_none_is_replaced(text: str) -> None:
    assert parse_webhook_secrets(text) == (NEW,)


def test_both_count_while_one_is_replaced() -> None:
    assert parse_webhook_secrets(BOTH) == (NEW, OLD)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("canary", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a JSON object"),
        ("{}", "has no current"),
        ('{"current": "", "previous": ""}', "has no current"),
        (f'{{"current": "", "previous": "{OLD}"}}', "has no current"),
        ('{"current": 7}', "has a current that is not a text"),
        ('{"current": "canary ü"}', "has a current that no Zoom app can have"),
        ('{"current": "short"}', "has a current that no Zoom app can have"),
        (f'{{"current": "{NEW}", "previous": "c a"}}', "has a previous that no Zoom app can have"),
    ],
)
def test_what_is_wrong_is_said_without_repeating_any_of_it(text: str, said: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        parse_webhook_secrets(text)

    assert caught.value.message == f"The Zoom webhook secret {said}."
    assert "canary" not in caught.value.message + caught.value.remedy
    assert caught.value.__cause__ is None
    assert "setup zoom-webhook" in caught.value.remedy


@pytest.mark.parametrize("text", ["{}", '{"current": "", "previous": ""}', '{"current": " "}'])
def test_a_secret_without_a_token_says_that_nobody_set_it_up(
    text: str, clock: SettableClock
) -> None:
    with pytest.raises(WebhookNotSetUp):
        parse_webhook_secrets(text)
    stored = StoredWebhookSecrets(reading(text), clock)
    for _ in range(2):
        with pytest.raises(WebhookNotSetUp):
            stored()


class TestRemembering:
    def test_they_are_read_again_after_five_minutes(self, clock: SettableClock) -> None:
        stored = StoredWebhookSecrets(reading(ONE, BOTH), clock)

        assert [stored() for _ in range(3)] == [(NEW,)] * 3
        clock.advance(timedelta(minutes=5))
        assert stored() == (NEW,)
        clock.advance(timedelta(seconds=1))
        assert stored() == (NEW, OLD)

    def test_whoever_is_in_doubt_has_them_read_again(self, clock: SettableClock) -> None:
        stored = StoredWebhookSecrets(reading(ONE, BOTH), clock)

        stored()
        clock.advance(timedelta(seconds=21))
        assert stored(in_doubt=True) == (NEW, OLD)

    def test_doubt_reads_them_three_times_a_minute_at_most(self, clock: SettableClock) -> None:
        stored = StoredWebhookSecrets(reading(ONE, BOTH), clock)

        for _ in range(20):
            assert stored(in_doubt=True) == (NEW,)
            clock.advance(timedelta(seconds=1))

    def test_malformed_ones_are_remembered_as_well_though_not_for_long(
        self, clock: SettableClock
    ) -> None:
        stored = StoredWebhookSecrets(reading("{}", BOTH), clock)

        for _ in range(3):
            with pytest.raises(InvalidSettings, match="has no current"):
                stored()
        clock.advance(timedelta(seconds=21))
        assert stored() == (NEW, OLD)

    def test_what_is_out_of_reach_is_tried_again(self, clock: SettableClock) -> None:
        answers = iter([None, ONE])

        def read() -> str:
            text = next(answers)
            if text is None:
                raise StoreUnavailable("throttled")
            return text

        stored = StoredWebhookSecrets(read, clock)
        with pytest.raises(StoreUnavailable):
            stored()
        assert stored() == (NEW,)
