"""Orgs with notices that wait in a queue, and what has to have become of them in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from tests.builders import org_id_of
from tests.notices import (
    FLEETS_CHANNEL,
    OPERATORS,
    NoticeWorld,
    a_done_notice,
    some_notice_settings,
)
from zoom_migrator.adapters.memory.messengers import PostedMessage
from zoom_migrator.domain.delivery import Delivery, DeliveryStatus, FailureKind, SendFailure
from zoom_migrator.domain.notice_message import DigestMessage
from zoom_migrator.domain.notice_order import NoticeOrder
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.status import OrgStatus

LEASE: Final = timedelta(minutes=5)
HIDDEN: Final = timedelta(minutes=12)
MOST_RECEIVES: Final = 10
ORGS: Final = (1, 2)
_SHOWN: Final = (DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED, DeliveryStatus.SUPPRESSED)


def _settings() -> NoticeSettings:
    return replace(some_notice_settings(), lease=LEASE)


@dataclass
class QueueWorld(NoticeWorld):
    """Two orgs, and the queue as SQS keeps it.

    Attributes:
        hidden: Orders in the queue, with how often each was received.
        dead: Orders that were received too often; an alarm watches them.
    """

    settings: NoticeSettings = field(default_factory=_settings)
    hidden: list[tuple[NoticeOrder, int]] = field(default_factory=list)
    dead: list[NoticeOrder] = field(default_factory=list)

    def receive(self) -> list[tuple[NoticeOrder, int]]:
        """Everything that is in the queue, each once more."""
        taken = [*self.hidden, *((order, 0) for order in self.queue.take())]
        self.hidden = []
        return [(order, received + 1) for order, received in taken]

    def put_back(self, order: NoticeOrder, received: int) -> None:
        """Leave an order in the queue, or where the alarm watches."""
        if received >= MOST_RECEIVES:
            self.dead.append(order)
        else:
            self.hidden.append((order, received))


def news() -> QueueWorld:
    """The news of two orgs, ordered by an event each."""
    world = QueueWorld()
    for number in ORGS:
        world.register(number, salesforce_admin_email=f"admin{number}@acme.example")
        world.queue.put(world.record(a_done_notice(number)))
    return world


def news_for_a_dead_channel() -> QueueWorld:
    """The same, and a Slack channel that takes nothing."""
    world = news()
    world.slack.refuse(
        FLEETS_CHANNEL.address, SendFailure(FailureKind.ADDRESS, "channel_not_found")
    )
    return world


def limited_news() -> QueueWorld:
    """The same, and a Slack that asks to be left alone at first."""
    world = news()
    limit = SendFailure(FailureKind.RATE_LIMITED, "ratelimited", timedelta(seconds=30))
    world.slack.will_answer(limit, limit)
    return world


def deadlines() -> QueueWorld:
    """Two orgs 14 days before their deadline, and nobody has looked yet."""
    world = QueueWorld()
    for number in ORGS:
        world.register(
            number,
            status=OrgStatus.UPGRADE_REQUIRED,
            salesforce_admin_email=f"admin{number}@acme.example",
        )
    world.later(days=6)
    return world


def is_news_told(world: QueueWorld) -> Iterator[str]:
    """What is wrong at the end, where news go to Slack and to each admin."""
    expected = [(FLEETS_CHANNEL.address, number) for number in ORGS]
    expected += [(f"admin{number}@acme.example", number) for number in ORGS]
    yield from _told(world, expected)


def are_operators_told(world: QueueWorld) -> Iterator[str]:
    """What is wrong at the end, where Slack takes nothing."""
    expected = [(OPERATORS.address, number) for number in ORGS]
    expected += [(f"admin{number}@acme.example", number) for number in ORGS]
    yield from _told(world, expected)


def untold(world: QueueWorld) -> Iterator[str]:
    """What is wrong where nothing was disturbed: whatever was not sent, or not refused for good."""
    well = (DeliveryStatus.SENT, DeliveryStatus.FAILED)
    yield from (f"ends as {each.status}" for each in _all(world) if each.status not in well)
    yield from (f"goes to the alarm: {order}" for order in world.dead)


def _told(world: QueueWorld, expected: list[tuple[str, int]]) -> Iterator[str]:
    arrived = Counter(_arrived(world.sent))
    deliveries = {
        (each.key.recipient.address, each.key.notice.org_id): each for each in _all(world)
    }
    yield from (f"told {count} times: {what}" for what, count in arrived.items() if count > 1)
    for address, number in expected:
        delivery = deliveries.get((address, org_id_of(number)))
        yield from _about(address, number, delivery, arrived, world)
    for delivery in deliveries.values():
        if not delivery.status.is_final and not world.dead:
            yield f"left {delivery.status} with nobody at it: {delivery.key.recipient.address}"


def _about(
    address: str,
    number: int,
    delivery: Delivery | None,
    arrived: Counter[tuple[str, str]],
    world: QueueWorld,
) -> Iterator[str]:
    """What is wrong with one delivery: told once, or with a reason that operators see."""
    org = f"Acme {number}"
    count = arrived[address, org]
    if delivery is None:
        if not world.dead and not _may_slack_have_it(number, world):
            yield f"dropped without a word: {org} to {address}"
    elif delivery.status is DeliveryStatus.SENT and count != 1:
        yield f"called sent, and arrived {count} times: {org} to {address}"
    elif count == 0 and delivery.status not in _SHOWN and not world.dead:
        yield f"not told, and {delivery.status}: {org} to {address}"
    elif count == 1 and delivery.status in (DeliveryStatus.FAILED, DeliveryStatus.SUPPRESSED):
        yield f"told, and called {delivery.status}: {org} to {address}"


def _may_slack_have_it(number: int, world: QueueWorld) -> bool:
    """Whether the operators stay untold because Slack may have taken it, which they can see."""
    return any(
        each.status is DeliveryStatus.UNKNOWN and each.key.recipient == FLEETS_CHANNEL
        for each in world.deliveries.list_of(org_id_of(number), limit=99)
    )


def _arrived(sent: list[PostedMessage]) -> Iterator[tuple[str, str]]:
    for posted in sent:
        message = posted.message
        if isinstance(message, DigestMessage):
            orgs = [item.org for section in message.sections for item in section.items]
        else:
            orgs = [message.org]
        yield from ((posted.address, org) for org in orgs)


def _all(world: QueueWorld) -> list[Delivery]:
    return [
        each for number in ORGS for each in world.deliveries.list_of(org_id_of(number), limit=99)
    ]
