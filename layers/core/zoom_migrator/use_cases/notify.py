"""Tell people what was ordered to be told."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.domain.delivery import Channel, DeliveryStatus, Recipient
from zoom_migrator.domain.errors import TransientError
from zoom_migrator.domain.notice_order import LONGEST_DELAY, SendOrder
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.use_cases.compose_message import Composer
from zoom_migrator.use_cases.deliver_drafts import deliver
from zoom_migrator.use_cases.gather_notices import Draft, gather, once_each
from zoom_migrator.use_cases.notify_ports import NotifyPorts

_NO_TIME: Final = timedelta(0)
# Enough for the longest message, with Slack or the mail service and every store at its slowest.
_SECONDS_TO_SPARE: Final = 40.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NotifyReport:
    """What came of a batch of orders.

    Attributes:
        to_repeat: Places of the orders that have to be worked on again.
        counts: How many deliveries ended how.
    """

    to_repeat: tuple[int, ...]
    counts: Mapping[DeliveryStatus, int]


def notify(
    orders: Sequence[SendOrder],
    *,
    ports: NotifyPorts,
    settings: NoticeSettings,
    seconds_left: Callable[[], float],
) -> NotifyReport:
    """Tell everybody whom these orders are for, each in one message.

    One recipient's failure is nobody else's. Repeating it tells nobody twice.

    Args:
        seconds_left: Where that is too little for another message, the rest is to be repeated: of
            one that is broken off, nobody would know whether it was sent.

    Raises:
        StoreUnavailable: Nothing could be read, and nothing was sent; repeat all of them.
    """
    now = ports.clock.now()
    to_repeat = _put_back(orders, ports, now)
    orders = [replace(order, refs=()) if _held_for(order, now) else order for order in orders]
    drafts = gather(orders, ports=ports, settings=settings, now=now)
    composer = Composer(ports, settings, now, with_choices=_takes_presses(ports, settings))
    counts: Counter[DeliveryStatus] = Counter()
    # Slack comes first: where it takes nothing, the operators get mail in its place.
    to_tell = {
        channel: [each for each in drafts if _channel(each) is channel] for channel in Channel
    }
    for channel in (Channel.SLACK, Channel.EMAIL, Channel.EMAIL):
        group_of_all, to_tell[channel] = once_each(to_tell[channel]), []
        for recipient, group in _by_recipient(group_of_all):
            if seconds_left() < _SECONDS_TO_SPARE:
                _log.warning("no_time_to_notify", extra={"notices": len(group)})
                to_repeat.update(*(draft.orders for draft in group))
                continue
            told = deliver(recipient, group, composer=composer, ports=ports, settings=settings)
            to_repeat |= told.to_repeat
            counts.update(each.status for each in told.ended)
            to_tell[Channel.EMAIL] += told.instead
    return NotifyReport(tuple(sorted(to_repeat)), counts)


def _held_for(order: SendOrder, now: datetime) -> timedelta:
    """How long an order has to wait still; the queue holds none back for longer than it can."""
    return max(order.not_before - now, _NO_TIME) if order.not_before else _NO_TIME


def _put_back(orders: Sequence[SendOrder], ports: NotifyPorts, now: datetime) -> set[int]:
    """Put back what came before its time; the places of what could not be put back."""
    failed: set[int] = set()
    for place, order in enumerate(orders):
        held_for = _held_for(order, now)
        if not held_for:
            continue
        try:
            ports.queue.put(order, delay=min(held_for, LONGEST_DELAY))
        except TransientError:
            failed.add(place)
    return failed


def _takes_presses(ports: NotifyPorts, settings: NoticeSettings) -> bool:
    try:
        return settings.has_slack and ports.slack.takes_presses()
    except TransientError:
        # Then nothing can be posted either; mail does not have to wait for that.
        return False


def _channel(draft: Draft) -> Channel:
    return draft.key.recipient.channel


def _by_recipient(drafts: Iterable[Draft]) -> Iterator[tuple[Recipient, list[Draft]]]:
    """Drafts that make one message; what is sent again on purpose makes one of its own."""
    groups: defaultdict[tuple[Recipient, int], list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[draft.key.recipient, draft.key.again].append(draft)
    for (recipient, _), group in groups.items():
        yield recipient, group
