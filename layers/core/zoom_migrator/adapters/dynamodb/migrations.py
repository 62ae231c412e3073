"""Migrations and the notices about them in the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zoom_migrator.adapters.dynamodb.fields import readable
from zoom_migrator.adapters.dynamodb.keys import (
    MIGRATION,
    NOTICE,
    Item,
    audit_sort_of_migration,
    migration_sort,
    org_partition,
)
from zoom_migrator.adapters.dynamodb.migration_items import (
    migration_from,
    migration_item,
)
from zoom_migrator.adapters.dynamodb.notice_items import notice_from, notice_item
from zoom_migrator.adapters.dynamodb.org_items import audit_item, audit_item_at, org_item
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.limits import check_along
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.notice import Notice
from zoom_migrator.domain.org import Org


class DynamoDbMigrationRepository:
    """The :class:`~zoom_migrator.ports.MigrationRepository` of the deployed product."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, org_id: str, attempt: int) -> Migration | None:
        """See the port.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        item = self._table.get(org_partition(org_id), migration_sort(attempt))
        return migration_from(item) if item else None

    def list_of(self, org_id: str, *, limit: int) -> list[Migration]:
        """See the port; a migration whose item is damaged is left out and logged."""
        items = self._table.query(org_partition(org_id), MIGRATION, newest_first=True, limit=limit)
        return list(readable(items, migration_from))

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
        revisions = [(migration_item(saved), migration.revision)]
        if org is not None:
            changed = replace(org, revision=org.revision + 1)
            revisions.append((org_item(changed), org.revision))
            entries = _entries_of_org(audit, changed)
        else:
            entries = _entries_of_migration(audit, saved)
        # A transaction must not name an item twice; of one notice given twice, the last is kept.
        told = {(notice.kind, notice.milestone): notice_item(notice) for notice in notices}
        self._table.put_revisions(revisions, along=[*entries, *told.values()])
        return saved

    def notices(self, org_id: str, *, limit: int) -> list[Notice]:
        """See the port; a damaged notice is left out and logged.

        All notices of the org are read: they are stored by what they are about, not by time, and
        an attempt has a handful of them.
        """
        items = self._table.query(org_partition(org_id), NOTICE)
        notices = sorted(readable(items, notice_from), key=_moment, reverse=True)
        return notices[: max(limit, 0)]


def _entries_of_org(audit: Sequence[AuditEntry], org: Org) -> list[Item]:
    return [
        audit_item(entry, revision=org.revision, position=position)
        for position, entry in enumerate(audit)
    ]


def _entries_of_migration(audit: Sequence[AuditEntry], migration: Migration) -> list[Item]:
    attempt, revision = migration.attempt, migration.revision
    return [
        audit_item_at(audit_sort_of_migration(entry.at, attempt, revision, position), entry)
        for position, entry in enumerate(audit)
    ]


def _moment(notice: Notice) -> tuple[object, ...]:
    """Orders notices by time; at the same moment by what tells them apart."""
    return (notice.at, notice.attempt, notice.kind, notice.milestone)
