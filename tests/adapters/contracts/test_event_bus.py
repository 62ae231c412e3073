"""What every bus does with the product's events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from scripts.notice_examples import ORG, SCAN, notices
from zoom_migrator.adapters.memory.messengers import InMemoryEventBus
from zoom_migrator.domain.notice_events import event_of_notice, event_of_scan
from zoom_migrator.domain.product_event import ProductEvent
from zoom_migrator.notice_ports import EventBus

EVENTS = [*(event_of_notice(notice, ORG) for notice in notices()), event_of_scan(SCAN)]


@dataclass(frozen=True)
class Line:
    """A bus, and what a subscriber of all its events gets.

    Attributes:
        arrived: Detail type and detail of each, in any order.
    """

    bus: EventBus
    arrived: Callable[[], Sequence[tuple[str, object]]]


@pytest.fixture(params=["memory"])
def line(request: pytest.FixtureRequest) -> Line:
    bus = InMemoryEventBus()
    return Line(bus, lambda: [(each.detail_type, each.detail) for each in bus.events])


def as_arrived(events: Sequence[ProductEvent]) -> list[tuple[str, object]]:
    return [(event.detail_type, event.detail) for event in events]


def test_every_event_arrives_as_it_was_published(line: Line) -> None:
    assert line.bus.publish(EVENTS) == []

    arrived = sorted(line.arrived(), key=lambda each: each[0])
    assert arrived == sorted(as_arrived(EVENTS), key=lambda each: each[0])


def test_more_events_than_one_request_takes_arrive(line: Line) -> None:
    assert line.bus.publish(EVENTS * 2) == []

    assert len(line.arrived()) == 2 * len(EVENTS)


def test_no_events_are_no_failure(line: Line) -> None:
    assert line.bus.publish([]) == []
    assert list(line.arrived()) == []
