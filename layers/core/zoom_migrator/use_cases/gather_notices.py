"""Find out what is to be told to whom, and what not, before anything is claimed or sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from zoom_migrator.domain.delivery import Channel, DeliveryKey
from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.notice import NoticeRef
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.recipients import Reader, by_mail, operators_by_mail, readers_of, role_of
from zoom_migrator.domain.scan import ScanStatus
from zoom_migrator.domain.telling import Telling
from zoom_migrator.use_cases.notice_actions import (
    DEADLINES,
    Subject,
    is_of_another_deadline,
    is_over,
)
from zoom_migrator.use_cases.notify_ports import NotifyPorts
from zoom_migrator.use_cases.read_notices import Reading, read_notices

STOPPED: Final = "nothing is sent to this address any more"
"""How the reason begins for which a delivery to a dead address was suppressed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """One notice for one recipient.

    Attributes:
        orders: The orders that it is part of, by their places.
        subject: What it is about; None where it is about the fleet.
        unwanted: Why it is not to be sent; empty where it is.
    """

    key: DeliveryKey
    telling: Telling
    orders: frozenset[int]
    subject: Subject | None = None
    unwanted: str = ""

    def for_operators(self, settings: NoticeSettings, because: str) -> Draft | None:
        """The same for the operators, in place of its recipient; None where that is no help."""
        reader = operators_by_mail(settings, because)
        if reader is None or reader.recipient == self.key.recipient:
            return None
        return replace(
            self,
            key=self.key._replace(recipient=reader.recipient),
            telling=_for_reader(self.telling, reader),
            unwanted="",
        )


def gather(
    orders: Sequence[SendOrder], *, ports: NotifyPorts, settings: NoticeSettings, now: datetime
) -> list[Draft]:
    """What is to be told to whom; each delivery once, however many orders ask for it.

    What no store knows is told to nobody, whoever ordered it.

    Raises:
        StoreUnavailable: A store is out of reach.
    """
    refs = {ref for order in orders for ref in order.refs}
    gatherer = _Gatherer(read_notices(refs, ports), ports, settings, now)
    drafts = (
        draft
        for place, order in enumerate(orders)
        for ref in order.refs
        if not _is_ordered_otherwise(ref, order)
        for draft in gatherer.drafts(ref, order, place)
    )
    return once_each(_without_dead_addresses(once_each(drafts), ports, settings))


def once_each(drafts: Iterable[Draft]) -> list[Draft]:
    """Drafts of the same delivery made one, which belongs to the orders of all."""
    known: dict[DeliveryKey, Draft] = {}
    for draft in drafts:
        before = known.get(draft.key)
        orders = before.orders | draft.orders if before else draft.orders
        known[draft.key] = replace(before or draft, orders=orders)
    return list(known.values())


class _Gatherer:
    """Makes drafts of what was read."""

    def __init__(
        self, reading: Reading, ports: NotifyPorts, settings: NoticeSettings, now: datetime
    ) -> None:
        self._reading = reading
        self._ports = ports
        self._settings = settings
        self._now = now

    def drafts(self, ref: NoticeRef, order: SendOrder, place: int) -> Iterator[Draft]:
        telling = self._reading.telling_of(ref, self._settings, self._now)
        if telling is None:
            _log.warning("notice_unknown", extra={"kind": ref.kind, "org_id": ref.org_id})
            return
        if order.again:
            # Whoever has it sent once more knows how old it is.
            telling = replace(telling, late_by_days=0)
        subject = self._subject(ref)
        over = self._over(telling, subject)
        readers = self._readers(telling, order)
        if not readers:
            level = logging.INFO if self._settings.is_silent else logging.ERROR
            _log.log(level, "nobody_to_tell", extra={"kind": ref.kind, "org_id": ref.org_id})
        for reader in readers:
            key = DeliveryKey(ref, reader.recipient, order.again)
            unwanted = over or _muted(telling, key, self._reading.mutes)
            told = _for_reader(telling, reader)
            yield Draft(key, told, frozenset({place}), subject, unwanted)

    def _readers(self, telling: Telling, order: SendOrder) -> list[Reader]:
        if order.recipient is not None:
            return [Reader(order.recipient, role_of(order.recipient, telling.org))]
        return readers_of(telling.kind, telling.facts, telling.org, self._settings)

    def _subject(self, ref: NoticeRef) -> Subject | None:
        org = self._reading.org_of(ref)
        if org is None:
            return None
        # What a deadline's notice leads to is looked up only where it is shown.
        is_lazy = ref.kind in DEADLINES
        migration = None if is_lazy else self._ports.migrations.get(ref.org_id, ref.attempt)
        return Subject(ref, org, migration)

    def _over(self, telling: Telling, subject: Subject | None) -> str:
        if subject is not None and is_over(subject, self._now):
            return "done, answered or withdrawn before it was sent"
        if is_of_another_deadline(telling.ref, telling.deadline):
            return "the deadline was moved before it was sent"
        scan = self._reading.scan_of(telling.ref)
        if scan is None or scan.status is ScanStatus.FAILED or scan.status_changes:
            return ""
        return "the scan found nothing new"


def _is_ordered_otherwise(ref: NoticeRef, order: SendOrder) -> bool:
    """Whether it comes in an order for each recipient, so that an event about it is no order."""
    return ref.kind in DEADLINES and order.recipient is None and not order.again


def _for_reader(telling: Telling, reader: Reader) -> Telling:
    return replace(telling, reader=reader.role, because=reader.because)


def _muted(telling: Telling, key: DeliveryKey, mutes: Sequence[Mute]) -> str:
    """By whom a reminder was muted. What an operator has sent again on purpose never is."""
    if key.again or not telling.can_be_muted:
        return ""
    for mute in mutes:
        covers = mute.covers(org_id=key.notice.org_id, address=_email(key), today=telling.today)
        if covers:
            until = f"until {mute.until.isoformat()}" if mute.until else "for good"
            return f"muted {until}"
    return ""


def _email(key: DeliveryKey) -> str:
    """The address that a mute may name; a Slack channel is nobody's own."""
    return key.recipient.address if key.recipient.channel is Channel.EMAIL else ""


def _without_dead_addresses(
    drafts: Sequence[Draft], ports: NotifyPorts, settings: NoticeSettings
) -> Iterator[Draft]:
    """Drafts, with the operators in place of those to whom nothing can be sent any more."""
    emails = {draft.key.recipient.address for draft in drafts if _is_mail(draft)}
    if not emails:
        yield from drafts
        return
    dead = ports.contacts.suppressed({*emails, by_mail(settings.operators_email).address})
    for draft in drafts:
        suppression = dead.get(draft.key.recipient.address) if _is_mail(draft) else None
        if suppression is None or draft.unwanted:
            yield draft
            continue
        yield replace(draft, unwanted=f"{STOPPED} ({suppression.cause})")
        role = draft.telling.reader.replace("_", " ")
        instead = draft.for_operators(
            settings, f"The address of the {role} takes no mail, so this comes to you."
        )
        if instead is not None and instead.key.recipient.address not in dead:
            yield instead


def _is_mail(draft: Draft) -> bool:
    return draft.key.recipient.channel is Channel.EMAIL
