"""Store what came of sending, and see to it that nobody stays untold for it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from typing import Final

from zoom_migrator.domain.delivery import (
    Channel,
    Delivery,
    DeliveryStatus,
    FailureKind,
    Recipient,
    SendFailure,
    SendResult,
    Sent,
)
from zoom_migrator.domain.errors import TransientError
from zoom_migrator.domain.mute import ChannelTrouble
from zoom_migrator.domain.notice_order import LONGEST_DELAY, MAX_REFS, SendOrder
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.use_cases.gather_notices import Draft
from zoom_migrator.use_cases.notify_ports import NotifyPorts

type Claimed = tuple[Draft, Delivery]

_TRIES_TO_STORE: Final = 3
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(minutes=15)
_log = logging.getLogger(__name__)


@dataclass
class Told:
    """What came of telling one recipient.

    Attributes:
        ended: Deliveries as they were stored.
        to_repeat: Places of the orders that have to be worked on again.
        instead: What the operators are to be told in place of the recipient.
    """

    ended: list[Delivery] = field(default_factory=list)
    to_repeat: set[int] = field(default_factory=set)
    instead: list[Draft] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Settler:
    """Settles deliveries of one recipient."""

    recipient: Recipient
    told: Told
    ports: NotifyPorts
    settings: NoticeSettings

    def settle(self, claimed: Sequence[Claimed], result: SendResult) -> None:
        """Store what came of one message, and do what follows from it."""
        if isinstance(result, Sent):
            self.end(claimed, DeliveryStatus.SENT, provider_id=result.provider_id)
        elif result.kind is FailureKind.UNKNOWN:
            _log.error("notice_may_be_sent", extra=self._about(claimed, result.error))
            self.end(claimed, DeliveryStatus.UNKNOWN, error=result.error)
        elif self._is_worth_another_try(claimed, result):
            self.wait(claimed, result)
        else:
            self._give_up(claimed, result)

    def end(
        self,
        claimed: Sequence[Claimed],
        status: DeliveryStatus,
        *,
        provider_id: str = "",
        error: str = "",
    ) -> bool:
        """Store an end; where that cannot be done, have it all worked on again.

        A message that was sent is not sent again for it: its claim stays, and counts as broken
        down some time.
        """
        now = self.ports.clock.now()
        ended = [
            delivery.ended(status, now, provider_id=provider_id, error=error)
            for _, delivery in claimed
        ]
        for _ in range(_TRIES_TO_STORE):
            try:
                self.told.ended += self.ports.deliveries.finish(ended)
            except TransientError:
                continue
            return True
        _log.error("delivery_not_stored", extra=self._about(claimed, status))
        self.repeat(draft for draft, _ in claimed)
        return False

    def wait(self, claimed: Sequence[Claimed], failure: SendFailure) -> None:
        """Let what was surely not sent be tried again, not before the service wants it."""
        _log.warning("notice_waits", extra=self._about(claimed, failure.error))
        if not self.end(claimed, DeliveryStatus.WAITING, error=failure.error):
            return
        delay = failure.retry_after or _wait_after(max(each.tries for _, each in claimed))
        refs = tuple(draft.key.notice for draft, _ in claimed)
        (again,) = {draft.key.again for draft, _ in claimed}
        held = self.ports.clock.now() + delay if delay > LONGEST_DELAY else None
        try:
            # Several orders may have become one message, so there may be more than one order holds.
            for some in batched(refs, MAX_REFS, strict=False):
                self.ports.queue.put(SendOrder(some, self.recipient, again, held), delay=delay)
        except TransientError:
            self.repeat(draft for draft, _ in claimed)

    def repeat(self, drafts: Iterable[Draft]) -> None:
        """Have the orders of these worked on again."""
        for draft in drafts:
            self.told.to_repeat |= draft.orders

    def tell_operators(self, drafts: Iterable[Draft], error: str) -> None:
        """Have the operators told in place of a recipient that takes nothing."""
        why = _why_instead(self.recipient, error)
        instead = [draft.for_operators(self.settings, why) for draft in drafts]
        self.told.instead += [draft for draft in instead if draft is not None]

    def _is_worth_another_try(self, claimed: Sequence[Claimed], failure: SendFailure) -> bool:
        passes = {FailureKind.RATE_LIMITED, FailureKind.TRANSIENT}
        if self.recipient.channel is Channel.EMAIL:
            # Nobody else can be told by mail either, until an operator has mended that.
            passes.add(FailureKind.ACCESS)
        tries = max(delivery.tries for _, delivery in claimed)
        return failure.kind in passes and tries < self.settings.max_tries

    def _give_up(self, claimed: Sequence[Claimed], failure: SendFailure) -> None:
        _log.error("notice_not_sent", extra=self._about(claimed, failure.error))
        if self.recipient.channel is Channel.SLACK and failure.kind in (
            FailureKind.ADDRESS,
            FailureKind.ACCESS,
        ):
            self._note_trouble(failure.error)
        self.end(claimed, DeliveryStatus.FAILED, error=failure.error)
        self.tell_operators((draft for draft, _ in claimed), failure.error)

    def _note_trouble(self, error: str) -> None:
        now = self.ports.clock.now()
        trouble = ChannelTrouble(self.recipient.address, error, since=now, at=now)
        try:
            self.ports.contacts.note_trouble(trouble)
        except TransientError:
            # The next message to this channel finds the same.
            _log.warning("trouble_not_stored", extra={"channel": self.recipient.address})

    def _about(self, claimed: Sequence[Claimed], reason: str) -> dict[str, object]:
        """What a line in the log says; an e-mail address is nobody's business there."""
        kinds = sorted({draft.key.notice.kind.value for draft, _ in claimed})
        return {
            "channel": self.recipient.channel,
            "notices": len(claimed),
            "kinds": kinds,
            "org_id": claimed[0][0].key.notice.org_id,
            "reason": reason,
        }


def _wait_after(tries: int) -> timedelta:
    # Beyond so many doublings it is the longest anyway.
    return min(_FIRST_WAIT * (1 << min(tries - 1, 10)), _LONGEST_WAIT)


def _why_instead(recipient: Recipient, error: str) -> str:
    if recipient.channel is Channel.SLACK:
        channel = f"channel {recipient.address}" if recipient.address else "webhook"
        return f"Slack's {channel} takes no messages ({error}), so this comes by mail."
    return f"It could not be sent to whom it was for ({error}), so it comes to you."
