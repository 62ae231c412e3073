"""Backups of old keys in memory, and what seals them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from zoom_migrator.adapters.limits import check_backup
from zoom_migrator.domain.errors import ConcurrentModification, InvariantViolation
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.legacy_keys import KeyValues


class InMemoryBackupVault:
    """A :class:`~zoom_migrator.cleanup_ports.BackupVault` that keeps values, and gives receipts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[tuple[str, str], tuple[KeyValues, ...]] = {}

    def seal(self, values: Collection[KeyValues], *, org_id: str) -> str:
        """See the port."""
        check_backup(org_id, values)
        receipt = secrets.token_urlsafe()
        with self._lock:
            self._values[receipt, org_id] = tuple(values)
        return receipt

    def open(self, sealed: str, *, org_id: str) -> tuple[KeyValues, ...]:
        """See the port."""
        with self._lock:
            values = self._values.get((sealed, org_id))
        if values is None:
            raise InvariantViolation(
                f"The backup of org {org_id} was not sealed for it, or is damaged."
            )
        return values


class InMemoryKeyBackupRepository:
    """A :class:`~zoom_migrator.cleanup_ports.KeyBackupRepository` of this process.

    Nothing that is out of date is ever deleted, as if the table's time to live were always late.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._backups: dict[str, KeyBackup] = {}

    @property
    def stored(self) -> dict[str, KeyBackup]:
        """What is stored by org, out of date or not."""
        with self._lock:
            return dict(self._backups)

    def get(self, org_id: str, *, now: datetime) -> KeyBackup | None:
        """See the port."""
        with self._lock:
            return self._usable(org_id, now)

    def save(self, backup: KeyBackup, *, now: datetime) -> KeyBackup:
        """See the port."""
        with self._lock:
            usable, stored = self._usable(backup.org_id, now), self._backups.get(backup.org_id)
            if backup.revision != (usable.revision if usable else 0):
                raise ConcurrentModification(
                    f"The backup of org {backup.org_id} was changed by somebody else."
                )
            saved = replace(backup, revision=(stored.revision if stored else 0) + 1)
            self._backups[backup.org_id] = saved
        return saved

    def destroy(self, org_id: str) -> bool:
        """See the port."""
        with self._lock:
            return self._backups.pop(org_id, None) is not None

    def out_of_date(self, org_ids: Collection[str], *, now: datetime) -> list[KeyBackup]:
        """See the port."""
        with self._lock:
            stored = [self._backups.get(org_id) for org_id in dict.fromkeys(org_ids)]
        return [each for each in stored if each is not None and not each.is_usable(now)]

    def destroy_out_of_date(self, org_id: str, *, now: datetime) -> bool:
        """See the port."""
        with self._lock:
            stored = self._backups.get(org_id)
            if stored is None or stored.is_usable(now):
                return False
            del self._backups[org_id]
        return True

    def _usable(self, org_id: str, now: datetime) -> KeyBackup | None:
        stored = self._backups.get(org_id)
        return stored if stored is not None and stored.is_usable(now) else None
