"""Remind people of the deadlines of their orgs, each recipient in one message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from typing import Final

from zoom_migrator.domain.deadline import deadline_of, needs_no_reminder
from zoom_migrator.domain.delivery import Recipient
from zoom_migrator.domain.errors import StoreUnavailable, TransientError
from zoom_migrator.domain.milestones import due_milestone, local_day, zone_named
from zoom_migrator.domain.notice import Notice, NoticeRef
from zoom_migrator.domain.notice_order import MAX_REFS, SendOrder
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.recipients import readers_of
from zoom_migrator.notice_ports import NoticeQueue, NoticeRepository
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.deadline_notice import deadline_notice

_ORGS_A_READ: Final = 100
# Enough for a page of orgs with every store at its slowest, and for all orders.
_SECONDS_TO_SPARE: Final = 45.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RemindPorts:
    """What reminding needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    notices: NoticeRepository
    queue: NoticeQueue
    clock: Clock


@dataclass(slots=True)
class RemindReport:
    """What was done.

    Attributes:
        looked_at: Orgs that were looked at.
        due: Orgs of which somebody is told.
        late: How many of them after their day.
        orders: Messages that were ordered.
        is_complete: False where time ran short; the same call again goes on.
    """

    looked_at: int = 0
    due: int = 0
    late: int = 0
    orders: int = 0
    is_complete: bool = True


def send_reminders(
    *,
    ports: RemindPorts,
    settings: NoticeSettings,
    seconds_left: Callable[[], float],
    days_ahead: int = 0,
) -> RemindReport:
    """Record which milestones have come, and order one message for each recipient.

    A notice counts as told from when all of its orders were taken. Repeating this after a crash
    orders some again, which tells nobody twice, and leaves out none.

    Args:
        seconds_left: Tells how long this invocation may still run.
        days_ahead: Tell people today what they would be told so many days from now. That cannot
            be undone: a milestone is told once, so that nobody is told of it on its own day.

    Raises:
        StoreUnavailable: Somebody may be untold as yet; repeat it.
    """
    reminding = _Reminding(ports, settings, timedelta(days=days_ahead))
    for org_ids in batched(ports.orgs.list_ids(), _ORGS_A_READ, strict=False):
        if seconds_left() < _SECONDS_TO_SPARE:
            reminding.report.is_complete = False
            break
        reminding.look_at(org_ids)
    reminding.order()
    return reminding.report


@dataclass
class _Reminding:
    """One run over the fleet."""

    ports: RemindPorts
    settings: NoticeSettings
    ahead: timedelta
    report: RemindReport = field(default_factory=RemindReport)
    to_tell: dict[Recipient, list[NoticeRef]] = field(default_factory=dict)
    untold: list[NoticeRef] = field(default_factory=list)

    def look_at(self, org_ids: Sequence[str]) -> None:
        """Record what has come for some orgs."""
        orgs = self.ports.orgs.get_many(org_ids)
        self.report.looked_at += len(orgs)
        pending = {key: org for key, org in orgs.items() if not needs_no_reminder(org.status)}
        told = self.ports.notices.milestones(pending) if pending else {}
        due = list(self._due(pending, told))
        if due:
            self.ports.notices.record(due)
        for notice in due:
            self._plan(notice, orgs[notice.org_id])

    def order(self) -> None:
        """Order a message for each recipient, and remember of which notices all were ordered.

        Raises:
            StoreUnavailable: Some could not be ordered or remembered.
        """
        failed: set[NoticeRef] = set()
        for recipient, refs in self.to_tell.items():
            for some in batched(refs, MAX_REFS, strict=False):
                try:
                    self.ports.queue.put(SendOrder(some, recipient))
                except TransientError:
                    failed |= set(some)
                    continue
                self.report.orders += 1
        ordered = {ref for refs in self.to_tell.values() for ref in refs} - failed
        if ordered or self.untold:
            self.ports.notices.mark_ordered([*sorted(ordered), *self.untold])
        if failed:
            raise StoreUnavailable(f"{len(failed)} reminders could not be ordered.")

    def _due(self, orgs: Mapping[str, Org], told: Mapping[str, frozenset[str]]) -> Iterator[Notice]:
        now = self.ports.clock.now()
        for org in orgs.values():
            zone = zone_named(org.registration.time_zone, self.settings.time_zone)
            today = local_day(now, zone) + self.ahead
            milestone = due_milestone(
                deadline_of(org, self.settings.jwt_deadline),
                today,
                self.settings.milestones,
                told.get(org.org_id, frozenset()),
                since=local_day(org.registered_at, zone),
            )
            if milestone is None:
                continue
            self.report.due += 1
            self.report.late += milestone.late_by_days > 0
            last = self.ports.migrations.get(org.org_id, org.attempts) if org.attempts else None
            yield deadline_notice(
                *(org, milestone, last),
                now=now,
                is_over=today > milestone.deadline,
                as_of=today if self.ahead else None,
            )

    def _plan(self, notice: Notice, org: Org) -> None:
        readers = readers_of(notice.kind, notice.facts, org.registration, self.settings)
        if not readers:
            level = logging.INFO if self.settings.is_silent else logging.ERROR
            _log.log(level, "nobody_to_tell", extra={"kind": notice.kind, "org_id": notice.org_id})
            self.untold.append(notice.ref)
        for reader in readers:
            self.to_tell.setdefault(reader.recipient, []).append(notice.ref)
