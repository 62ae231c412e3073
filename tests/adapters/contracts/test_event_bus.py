"""What every bus does with the product's events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from scripts.example_org import ORG, SCAN
from scripts.notice_examples import notices
from tests.adapters.embedded_aws import client
from zoom_migrator.adapters.eventbridge import EventBridgeBus
from zoom_migrator.adapters.memory.messengers import InMemoryEventBus
from zoom_migrator.domain.notice_events import event_of_notice, event_of_scan
from zoom_migrator.domain.product_event import SOURCE, ProductEvent
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


@pytest.fixture(params=["memory", "eventbridge"])
def line(request: pytest.FixtureRequest) -> Line:
    if request.param == "eventbridge":
        request.getfixturevalue("aws")
        return _eventbridge()
    bus = InMemoryEventBus()
    return Line(bus, lambda: [(each.detail_type, each.detail) for each in bus.events])


def _eventbridge() -> Line:
    """A bus with one subscriber, which is a queue."""
    events, sqs = client("events"), client("sqs")
    events.create_event_bus(Name="product")
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    target = {"Id": "queue", "Arn": answer["Attributes"]["QueueArn"]}
    pattern = json.dumps({"source": [SOURCE]})
    events.put_rule(Name="all", EventBusName="product", EventPattern=pattern)
    events.put_targets(Rule="all", EventBusName="product", Targets=[target])

    def arrived() -> Iterator[tuple[str, object]]:
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                event = json.loads(message["Body"])
                yield event["detail-type"], event["detail"]

    return Line(EventBridgeBus(events, "product"), lambda: list(arrived()))


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
