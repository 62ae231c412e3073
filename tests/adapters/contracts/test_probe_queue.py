"""What every queue of orders to look at grants does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from tests.adapters.embedded_aws import client
from zoom_migrator.adapters.memory.events import InMemoryProbeQueue
from zoom_migrator.adapters.sqs import SqsProbeQueue, probe_order
from zoom_migrator.cleanup_ports import ProbeQueue
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.zoom_event import ProbeOrder

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SIGNED = ProbeOrder("client", "account", "user", is_signed=True)
UNSIGNED = ProbeOrder("client", "account", "another-user", is_signed=False)


@dataclass(frozen=True)
class World:
    """A queue, and whoever works on what is in it.

    Attributes:
        taken: The orders as the worker reads them.
        go_down: Puts the queue out of reach.
    """

    queue: ProbeQueue
    taken: Callable[[], list[ProbeOrder]]
    go_down: Callable[[], object]


@pytest.fixture(params=["memory", "sqs"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        return _memory()
    request.getfixturevalue("aws")
    return _sqs(client("sqs"))


def _memory() -> World:
    queue = InMemoryProbeQueue()
    return World(queue, lambda: queue.orders, lambda: setattr(queue, "is_down", True))


def _sqs(sqs: SQSClient) -> World:
    url = sqs.create_queue(QueueName="probes")["QueueUrl"]

    def taken() -> list[ProbeOrder]:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [probe_order(message["Body"]) for message in answer.get("Messages", [])]

    def go_down() -> None:
        stub = Stubber(sqs)
        stub.add_client_error("send_message", "ServiceUnavailable", http_status_code=503)
        stub.activate()

    return World(SqsProbeQueue(sqs, url), taken, go_down)


def test_orders_arrive_as_they_were_given(world: World) -> None:
    world.queue.put(SIGNED)
    world.queue.put(UNSIGNED)

    assert sorted(world.taken(), key=repr) == sorted([SIGNED, UNSIGNED], key=repr)


def test_nothing_arrives_that_nobody_ordered(world: World) -> None:
    assert world.taken() == []


def test_an_order_that_was_not_taken_is_said_to_be(world: World) -> None:
    world.go_down()

    with pytest.raises(StoreUnavailable):
        world.queue.put(SIGNED)
