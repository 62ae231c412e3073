"""Backups of old keys in the table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import fields_of, readable
from zoom_migrator.adapters.dynamodb.keys import (
    BACKUP,
    PARTITION,
    SORT,
    Item,
    key,
    org_partition,
    timestamp,
)
from zoom_migrator.adapters.dynamodb.table import Condition, Table
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.key_backup import KeyBackup

# The sweep destroys what is out of date, and records it; the table does so where no sweep runs.
LEFT_TO_THE_SWEEP: Final = timedelta(days=1)
_EXPIRES_AT: Final = "expires_at"


class DynamoDbKeyBackupRepository:
    """The :class:`~zoom_migrator.cleanup_ports.KeyBackupRepository` of the deployed product."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, org_id: str, *, now: datetime) -> KeyBackup | None:
        """See the port.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        stored = self._stored(org_id)
        return stored if stored is not None and stored.is_usable(now) else None

    def save(self, backup: KeyBackup, *, now: datetime) -> KeyBackup:
        """See the port; revisions go on where one that is out of date gives way.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        in_time = backup.revision > 0
        stored = None if in_time else self._stored(backup.org_id)
        if stored is not None and stored.is_usable(now):
            raise ConcurrentModification(
                f"The backup of org {backup.org_id} was changed by somebody else."
            )
        replaces = backup.revision if stored is None else stored.revision
        saved = replace(backup, revision=replaces + 1)
        condition = _age(">" if in_time else "<=", now) if replaces else None
        self._table.put_revision(backup_item(saved), replaces=replaces, only_if=condition)
        return saved

    def destroy(self, org_id: str) -> bool:
        """See the port."""
        return self._table.delete(org_partition(org_id), BACKUP)

    def out_of_date(self, org_ids: Collection[str], *, now: datetime) -> list[KeyBackup]:
        """See the port; one whose item is damaged is left out and logged."""
        items = self._table.get_many(
            key(org_partition(org_id), BACKUP) for org_id in dict.fromkeys(org_ids)
        )
        return [each for each in readable(items, backup_from) if not each.is_usable(now)]

    def destroy_out_of_date(self, org_id: str, *, now: datetime) -> bool:
        """See the port."""
        try:
            return self._table.delete(org_partition(org_id), BACKUP, only_if=_age("<=", now))
        except ConcurrentModification:
            return False

    def _stored(self, org_id: str) -> KeyBackup | None:
        item = self._table.get(org_partition(org_id), BACKUP)
        return backup_from(item) if item else None


def _age(comparison: str, now: datetime) -> Condition:
    """The stored backup runs out before or after now; times as stored are ordered as texts."""
    return Condition(f" AND {_EXPIRES_AT} {comparison} :now", {}, {":now": {"S": timestamp(now)}})


def backup_item(backup: KeyBackup) -> Item:
    """The item of a backup."""
    item = item_of(
        {
            PARTITION: org_partition(backup.org_id),
            SORT: BACKUP,
            "org_id": backup.org_id,
            "attempt": backup.attempt,
            "made_at": backup.made_at,
            _EXPIRES_AT: backup.expires_at,
            "row_ids": backup.row_ids,
            "revision": backup.revision,
            "ttl": int((backup.expires_at + LEFT_TO_THE_SWEEP).timestamp()),
        }
    )
    # Other texts are cut where they are too long, and this one would be worth nothing then.
    return item | {"sealed": {"S": backup.sealed}}


def backup_from(item: Item) -> KeyBackup:
    """The backup of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return KeyBackup(
        org_id=fields.text("org_id"),
        attempt=fields.number("attempt"),
        made_at=fields.moment("made_at"),
        expires_at=fields.moment(_EXPIRES_AT),
        row_ids=fields.texts("row_ids", str),
        sealed=fields.text("sealed"),
        revision=fields.number("revision"),
    )
