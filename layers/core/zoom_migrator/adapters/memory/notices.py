"""Notices, what became of them, and whom they may go to, in memory."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.domain.delivery import Claim, Delivery, DeliveryKey, DeliveryStatus
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.mute import ChannelTrouble, Mute, Suppression
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef

_DEADLINES = (NoticeKind.DEADLINE_NEAR, NoticeKind.DEADLINE_OVERDUE)


class InMemoryNoticeRepository:
    """A :class:`~zoom_migrator.notice_ports.NoticeRepository` beside the migrations' own."""

    def __init__(self, migrations: InMemoryMigrationRepository) -> None:
        """Take the migrations that make most notices."""
        self._migrations = migrations
        self._lock = threading.Lock()
        self._ordered: set[NoticeRef] = set()
        self.is_down = False

    def get_many(self, refs: Collection[NoticeRef]) -> Mapping[NoticeRef, Notice]:
        """See the port."""
        found = {ref: self._migrations.notice(ref) for ref in refs}
        return {ref: notice for ref, notice in found.items() if notice is not None}

    def record(self, notices: Sequence[Notice]) -> list[Notice]:
        """See the port."""
        if self.is_down:
            raise StoreUnavailable("The database cannot be reached.")
        return [notice for notice in notices if self._migrations.add_notice(notice)]

    def mark_ordered(self, refs: Collection[NoticeRef]) -> None:
        """See the port."""
        if self.is_down:
            raise StoreUnavailable("The database cannot be reached.")
        with self._lock:
            self._ordered |= {ref for ref in refs if self._migrations.notice(ref) is not None}

    def milestones(self, org_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """See the port."""
        with self._lock:
            ordered = [ref for ref in self._ordered if ref.kind in _DEADLINES]
        found: dict[str, set[str]] = {}
        for ref in ordered:
            if ref.org_id in org_ids:
                found.setdefault(ref.org_id, set()).add(ref.milestone)
        return {org_id: frozenset(milestones) for org_id, milestones in found.items()}


class InMemoryDeliveryRepository:
    """A :class:`~zoom_migrator.notice_ports.DeliveryRepository` of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deliveries: dict[DeliveryKey, Delivery] = {}

    def claim(
        self, keys: Sequence[DeliveryKey], *, at: datetime, late: Mapping[NoticeRef, int]
    ) -> list[Claim]:
        """See the port."""
        with self._lock:
            return [self._claim(key, at, late.get(key.notice, 0)) for key in keys]

    def finish(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """See the port."""
        with self._lock:
            counted = [delivery for delivery in deliveries if self._counts(delivery)]
            self._deliveries |= {delivery.key: delivery for delivery in counted}
        return counted

    def list_of(self, org_id: str, *, limit: int) -> list[Delivery]:
        """See the port."""
        with self._lock:
            found = [each for key, each in self._deliveries.items() if key.notice.org_id == org_id]
        return sorted(found, key=lambda each: (each.at, each.key), reverse=True)[: max(limit, 0)]

    def of_notices(self, refs: Collection[NoticeRef]) -> list[Delivery]:
        """See the port."""
        with self._lock:
            found = [each for key, each in self._deliveries.items() if key.notice in refs]
        return sorted(found, key=lambda each: each.key)

    def _claim(self, key: DeliveryKey, at: datetime, late: int) -> Claim:
        stored = self._deliveries.get(key)
        if stored is not None and stored.status is not DeliveryStatus.WAITING:
            return Claim(stored, is_ours=False)
        tries = stored.tries + 1 if stored else 1
        claimed = Delivery(key, DeliveryStatus.CLAIMED, at, tries, late_by_days=late)
        self._deliveries[key] = claimed
        return Claim(claimed, is_ours=True)

    def _counts(self, delivery: Delivery) -> bool:
        stored = self._deliveries.get(delivery.key)
        return (
            stored is not None
            and stored.tries == delivery.tries
            and stored.status in (DeliveryStatus.CLAIMED, DeliveryStatus.UNKNOWN)
        )


class InMemoryContactRepository:
    """A :class:`~zoom_migrator.notice_ports.ContactRepository` of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mutes: dict[tuple[str, str], Mute] = {}
        self._suppressed: dict[str, Suppression] = {}
        self._troubles: dict[str, ChannelTrouble] = {}

    def mute(self, mute: Mute) -> None:
        """See the port."""
        with self._lock:
            self._mutes[mute.org_id, mute.address] = mute

    def unmute(self, org_id: str, *, address: str = "") -> bool:
        """See the port."""
        with self._lock:
            return self._mutes.pop((org_id, address), None) is not None

    def mutes(self, org_ids: Collection[str]) -> list[Mute]:
        """See the port."""
        with self._lock:
            found = {key: mute for key, mute in self._mutes.items() if key[0] in ("", *org_ids)}
        return [found[key] for key in sorted(found)]

    def suppress(self, suppression: Suppression) -> None:
        """See the port."""
        with self._lock:
            self._suppressed.setdefault(suppression.address, suppression)

    def unsuppress(self, address: str) -> bool:
        """See the port."""
        with self._lock:
            return self._suppressed.pop(address, None) is not None

    def suppressed(self, addresses: Collection[str]) -> Mapping[str, Suppression]:
        """See the port."""
        with self._lock:
            return {each: self._suppressed[each] for each in addresses if each in self._suppressed}

    def note_trouble(self, trouble: ChannelTrouble) -> None:
        """See the port."""
        with self._lock:
            before = self._troubles.get(trouble.channel)
            since = before.since if before else trouble.since
            self._troubles[trouble.channel] = replace(trouble, since=since)

    def clear_trouble(self, channel: str) -> bool:
        """See the port."""
        with self._lock:
            return self._troubles.pop(channel, None) is not None

    def troubles(self, channels: Collection[str]) -> Mapping[str, ChannelTrouble]:
        """See the port."""
        with self._lock:
            return {each: self._troubles[each] for each in channels if each in self._troubles}
