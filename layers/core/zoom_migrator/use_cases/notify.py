"""Tell people what was ordered to be told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zoom_migrator.domain.delivery import Channel, DeliveryStatus, Recipient
from zoom_migrator.domain.errors import TransientError
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.use_cases.compose_message import Composer
from zoom_migrator.use_cases.deliver_drafts import deliver
from zoom_migrator.use_cases.gather_notices import Draft, gather, once_each
from zoom_migrator.use_cases.notify_ports import NotifyPorts


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
    orders: Sequence[SendOrder], *, ports: NotifyPorts, settings: NoticeSettings
) -> NotifyReport:
    """Tell everybody whom these orders are for, each in one message.

    One recipient's failure is nobody else's. Repeating it tells nobody twice.

    Raises:
        StoreUnavailable: Nothing could be read, and nothing was sent; repeat all of them.
    """
    now = ports.clock.now()
    drafts = gather(orders, ports=ports, settings=settings, now=now)
    composer = Composer(ports, settings, now, with_choices=_takes_presses(ports, settings))
    to_repeat: set[int] = set()
    counts: Counter[DeliveryStatus] = Counter()
    # Slack comes first: where it takes nothing, the operators get mail in its place.
    to_tell = {
        channel: [each for each in drafts if _channel(each) is channel] for channel in Channel
    }
    for channel in (Channel.SLACK, Channel.EMAIL, Channel.EMAIL):
        group_of_all, to_tell[channel] = once_each(to_tell[channel]), []
        for recipient, group in _by_recipient(group_of_all):
            told = deliver(recipient, group, composer=composer, ports=ports, settings=settings)
            to_repeat |= told.to_repeat
            counts.update(each.status for each in told.ended)
            to_tell[Channel.EMAIL] += told.instead
    return NotifyReport(tuple(sorted(to_repeat)), counts)


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
