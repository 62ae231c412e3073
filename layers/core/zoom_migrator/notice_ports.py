"""What events and notices need from the outside, as the use cases see it.

Beside :mod:`zoom_migrator.ports`, with the same rules: every port has an adapter for the real
service and a twin in ``adapters.memory``; both pass the same contract tests.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from zoom_migrator.domain.delivery import Claim, Delivery, DeliveryKey, SendResult
from zoom_migrator.domain.mute import ChannelTrouble, Mute, Suppression
from zoom_migrator.domain.notice import Notice, NoticeRef
from zoom_migrator.domain.notice_message import AnyMessage
from zoom_migrator.domain.notice_order import NoticeOrder
from zoom_migrator.domain.product_event import ProductEvent


class EventBus(Protocol):
    """The product's own bus."""

    def publish(self, events: Sequence[ProductEvent]) -> list[int]:
        """Put events on the bus.

        Returns:
            The places in ``events`` of those that were not taken, in order; all of them where the
            bus cannot be reached.
        """


class NoticeQueue(Protocol):
    """Takes orders to tell people, to be worked on later, at least once each."""

    def put(self, order: NoticeOrder, *, delay: timedelta = timedelta(0)) -> None:
        """Take an order.

        Args:
            delay: How long to keep it back; longer than 15 minutes counts as 15 minutes.

        Raises:
            StoreUnavailable: It was not taken.
        """


class NoticeRepository(Protocol):
    """Reads notices by what tells them apart, and records those that no migration makes."""

    def get_many(self, refs: Collection[NoticeRef]) -> Mapping[NoticeRef, Notice]:
        """The notices about orgs that are stored, read consistently; others are left out."""

    def record(self, notices: Sequence[Notice]) -> list[Notice]:
        """Store notices that are not there yet, each by itself.

        Returns:
            Those that were stored by this call; whoever watches the store is told of them once.

        Raises:
            StoreUnavailable: Some were not stored; repeat it.
        """

    def mark_ordered(self, refs: Collection[NoticeRef]) -> None:
        """Remember that it has been ordered to tell of notices; of those that are not there, not.

        Raises:
            StoreUnavailable: Some were not marked; repeat it.
        """

    def milestones(self, org_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The milestones of the notices about each org's deadline that are marked as ordered.

        Those are ``DEADLINE_NEAR`` and ``DEADLINE_OVERDUE``, which have attempt 0. Orgs without
        any are left out.
        """


class DeliveryRepository(Protocol):
    """Keeps what became of telling people, so that nobody is told twice."""

    def claim(
        self, keys: Sequence[DeliveryKey], *, at: datetime, late: Mapping[NoticeRef, int]
    ) -> list[Claim]:
        """Take deliveries in hand before anything is sent.

        Of many calls at once, one has a delivery. It can be had where there is none with its key,
        or where it is ``WAITING``; the store itself checks that, in one step for each.

        Args:
            late: By how many days a notice is late; those that are in time are left out.

        Returns:
            An answer for each key, in the same order.

        Raises:
            StoreUnavailable: Some may be claimed, none may be sent.
        """

    def finish(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Store what came of claims.

        One counts only if the stored delivery has the same ``tries`` and is ``CLAIMED``, or
        ``UNKNOWN`` because somebody thought that its claimer had broken down.

        Returns:
            Those that were stored.

        Raises:
            StoreUnavailable: Some may not be stored.
        """

    def list_of(self, org_id: str, *, limit: int) -> list[Delivery]:
        """The newest deliveries about an org, newest first; of the fleet where the id is empty."""

    def of_notices(self, refs: Collection[NoticeRef]) -> list[Delivery]:
        """All deliveries of notices, whoever they were for, ordered by key."""


class ContactRepository(Protocol):
    """Keeps who is not to be told, and which channels are in trouble."""

    def mute(self, mute: Mute) -> None:
        """Store it in place of the one with the same org and address."""

    def unmute(self, org_id: str, *, address: str = "") -> bool:
        """Forget the mute with this org and address; whether there was one."""

    def mutes(self, org_ids: Collection[str]) -> list[Mute]:
        """The mutes of these orgs and those of all orgs, over or not, ordered by org and address.

        Those of all orgs, with an empty ``org_id``, always belong to the answer.
        """

    def suppress(self, suppression: Suppression) -> None:
        """Send nothing to an address any more; the first reason stays."""

    def unsuppress(self, address: str) -> bool:
        """Send to an address again; whether it was suppressed."""

    def suppressed(self, addresses: Collection[str]) -> Mapping[str, Suppression]:
        """Which of these addresses nothing is sent to, by address."""

    def note_trouble(self, trouble: ChannelTrouble) -> None:
        """Store that a Slack channel takes nothing; when it began stays as it was first stored."""

    def clear_trouble(self, channel: str) -> bool:
        """Forget the trouble with a Slack channel; whether there was any."""

    def troubles(self, channels: Collection[str]) -> Mapping[str, ChannelTrouble]:
        """Which of these Slack channels are in trouble, by channel."""


class SlackChannel(Protocol):
    """Posts to Slack. What Slack or the network do wrong is an answer; nothing is sent twice.

    Every method raises:
        StoreUnavailable: The product's own secret cannot be read at present.
    """

    def takes_presses(self) -> bool:
        """Whether its messages may have buttons that answer, rather than links alone."""

    def post(self, address: str, message: AnyMessage) -> SendResult:
        """Post a message, exactly once.

        Args:
            address: A channel, or empty for the one that an incoming webhook leads to.
        """

    def reply(self, reply_url: str, text: str) -> SendResult:
        """Let the message whose button was pressed say this instead, without its buttons."""


class Mailer(Protocol):
    """Sends e-mail. What the service or the network do wrong is an answer; nothing is sent twice.

    Every method raises:
        StoreUnavailable: A secret of the product's own cannot be read at present.
    """

    def send(self, address: str, message: AnyMessage, *, unsubscribe_url: str = "") -> SendResult:
        """Send a message, exactly once.

        Args:
            unsubscribe_url: Where a single click ends messages of this sort; empty where they
                cannot be ended.
        """
