"""Migrations and their notices in memory."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from zoom_migrator.adapters.limits import check_along
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef
from zoom_migrator.domain.org import Org

type NoticeKey = tuple[int, NoticeKind, str]


class InMemoryMigrationRepository:
    """A :class:`~zoom_migrator.ports.MigrationRepository` that lasts as long as the process."""

    def __init__(self, orgs: InMemoryOrgRepository) -> None:
        """Take the orgs that change together with their migrations."""
        self._orgs = orgs
        # Taken while the orgs' own lock is held, never the other way round.
        self._lock = threading.Lock()
        self._migrations: defaultdict[str, dict[int, Migration]] = defaultdict(dict)
        self._notices: defaultdict[str, dict[NoticeKey, Notice]] = defaultdict(dict)

    def get(self, org_id: str, attempt: int) -> Migration | None:
        """See the port."""
        with self._lock:
            return self._migrations.get(org_id, {}).get(attempt)

    def list_of(self, org_id: str, *, limit: int) -> list[Migration]:
        """See the port."""
        with self._lock:
            attempts = dict(self._migrations.get(org_id, {}))
        newest_first = sorted(attempts, reverse=True)[: max(limit, 0)]
        return [attempts[attempt] for attempt in newest_first]

    def save(
        self,
        migration: Migration,
        *,
        org: Org | None = None,
        audit: Sequence[AuditEntry] = (),
        notices: Sequence[Notice] = (),
    ) -> Migration:
        """See the port."""
        check_along(migration, org, audit, notices)
        saved = replace(migration, revision=migration.revision + 1)
        self._orgs.save_along(
            lambda: self._store(saved, notices), org_id=migration.org_id, org=org, audit=audit
        )
        return saved

    def notices(self, org_id: str, *, limit: int) -> list[Notice]:
        """See the port."""
        with self._lock:
            notices = sorted(self._notices.get(org_id, {}).items(), key=_moment, reverse=True)
        return [_detached(notice) for _, notice in notices[: max(limit, 0)]]

    def notice(self, ref: NoticeRef) -> Notice | None:
        """One notice, whoever stored it."""
        with self._lock:
            notice = self._notices.get(ref.org_id, {}).get((ref.attempt, ref.kind, ref.milestone))
        return _detached(notice) if notice else None

    def add_notice(self, notice: Notice) -> bool:
        """Store a notice that belongs to no change; False where it is there already."""
        key = (notice.attempt, notice.kind, notice.milestone)
        with self._lock:
            notices = self._notices[notice.org_id]
            if key in notices:
                return False
            notices[key] = _detached(notice)
        return True

    def _store(self, migration: Migration, notices: Sequence[Notice]) -> None:
        with self._lock:
            attempts = self._migrations[migration.org_id]
            stored = attempts.get(migration.attempt)
            if migration.revision != (stored.revision if stored else 0) + 1:
                raise ConcurrentModification(
                    f"Migration {migration.migration_id} was changed by somebody else."
                )
            attempts[migration.attempt] = migration
            for notice in notices:
                key = (notice.attempt, notice.kind, notice.milestone)
                self._notices[notice.org_id][key] = _detached(notice)


def _moment(entry: tuple[NoticeKey, Notice]) -> tuple[object, ...]:
    """Orders notices by time; at the same moment by what tells them apart."""
    key, notice = entry
    return (notice.at, *key)


def _detached(notice: Notice) -> Notice:
    """The same notice, sharing with nobody the one thing in it that could be changed in place."""
    return replace(notice, facts=dict(notice.facts))
