"""What everything does that remembers events."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import NOW, after
from zoom_migrator.adapters.dynamodb.events import DynamoDbReplayGuard
from zoom_migrator.adapters.memory.events import InMemoryReplayGuard
from zoom_migrator.cleanup_ports import ReplayGuard


@pytest.fixture(params=["memory", "dynamodb"])
def guard(request: pytest.FixtureRequest) -> ReplayGuard:
    if request.param == "memory":
        return InMemoryReplayGuard()
    return DynamoDbReplayGuard(request.getfixturevalue("table"))


def test_an_event_is_remembered_for_as_long_as_it_was_told(guard: ReplayGuard) -> None:
    guard.remember("event", until=after(minutes=10))

    assert guard.has_seen("event", now=NOW)
    assert guard.has_seen("event", now=after(minutes=10) - timedelta(seconds=1))
    assert not guard.has_seen("event", now=after(minutes=10))


def test_other_events_are_not(guard: ReplayGuard) -> None:
    guard.remember("event", until=after(minutes=10))

    assert not guard.has_seen("another", now=NOW)


def test_one_may_be_remembered_anew(guard: ReplayGuard) -> None:
    guard.remember("event", until=after(minutes=10))
    guard.remember("event", until=after(minutes=20))

    assert guard.has_seen("event", now=after(minutes=15))
