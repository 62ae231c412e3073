"""Credentials are read from the secret now and then, not at every login."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.remembered_secret import MAX_AGE
from zoom_migrator.adapters.salesforce.stored_credentials import StoredCredentials
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable


class Secret:
    """A secret that counts how often it is read."""

    def __init__(self, consumer_key: str = "first") -> None:
        self.text = json.dumps({"consumer_key": consumer_key})
        self.reads = 0

    def read(self) -> str:
        self.reads += 1
        return self.text


def test_many_logins_read_the_secret_once(clock: SettableClock) -> None:
    secret = Secret()
    credentials = StoredCredentials(secret.read, clock)

    with ThreadPoolExecutor(8) as pool:
        keys = {each.consumer_key for each in pool.map(lambda _: credentials(), range(100))}

    assert keys == {"first"}
    assert secret.reads == 1


def test_a_rotated_secret_is_noticed_when_the_known_one_is_old(clock: SettableClock) -> None:
    secret = Secret()
    credentials = StoredCredentials(secret.read, clock)
    credentials()
    secret.text = json.dumps({"consumer_key": "second"})

    clock.advance(MAX_AGE)
    assert credentials().consumer_key == "first"
    clock.advance(timedelta(seconds=1))
    assert credentials().consumer_key == "second"


def test_a_malformed_secret_is_not_read_again_for_every_org(clock: SettableClock) -> None:
    secret = Secret()
    secret.text = "not JSON"
    credentials = StoredCredentials(secret.read, clock)

    for _ in range(3):
        with pytest.raises(InvalidSettings, match="not JSON"):
            credentials()
    assert secret.reads == 1


def test_a_secret_that_cannot_be_read_at_present_is_asked_for_again(clock: SettableClock) -> None:
    answers: list[Callable[[], str]] = [_throttled, Secret("later").read]
    credentials = StoredCredentials(lambda: answers.pop(0)(), clock)

    with pytest.raises(StoreUnavailable):
        credentials()
    assert credentials().consumer_key == "later"


def _throttled() -> str:
    raise StoreUnavailable("Secrets Manager is throttling.")
