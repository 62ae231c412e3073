"""Destroy backups of old keys that are out of date, and record it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import batched
from typing import Final

from zoom_migrator.cleanup_ports import KeyBackupRepository
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.ports import Clock, OrgRepository

_ORGS_A_READ: Final = 100
_SECONDS_TO_SPARE: Final = 30.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExpiryPorts:
    """What destroying backups that are out of date needs; nothing of it can open one."""

    orgs: OrgRepository
    backups: KeyBackupRepository
    clock: Clock


@dataclass(slots=True)
class Expired:
    """What became of backups that are out of date, by org.

    Attributes:
        failed: Orgs with which something went wrong; the next time tries them again.
        is_complete: False where time ran short.
    """

    destroyed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    is_complete: bool = True


def expire_backups(*, actor: str, ports: ExpiryPorts, seconds_left: Callable[[], float]) -> Expired:
    """Go through the fleet. One org's trouble never keeps the others; repeating it is harmless.

    Raises:
        StoreUnavailable: The fleet cannot be read.
    """
    expired = Expired()
    for backup in _out_of_date(ports):
        if seconds_left() < _SECONDS_TO_SPARE:
            expired.is_complete = False
            break
        try:
            _destroy(backup, actor, ports)
        except MigratorError as error:
            expired.failed.append(backup.org_id)
            reason = {"org_id": backup.org_id, "reason": error.message}
            _log.warning("backup_not_destroyed", extra=reason)
        else:
            expired.destroyed.append(backup.org_id)
    return expired


def _out_of_date(ports: ExpiryPorts) -> Iterator[KeyBackup]:
    for org_ids in batched(ports.orgs.list_ids(), _ORGS_A_READ, strict=False):
        yield from ports.backups.out_of_date(org_ids, now=ports.clock.now())


def _destroy(backup: KeyBackup, actor: str, ports: ExpiryPorts) -> None:
    """Record it, and then do it: of a crash in between comes a second entry, and never none."""
    now = ports.clock.now()
    org = ports.orgs.get(backup.org_id)
    if org is not None:
        rows, until = len(backup.row_ids), backup.expires_at
        detail = f"{rows} row(s), out of date since {until:%Y-%m-%d %H:%M}"
        entry = AuditEntry(backup.org_id, now, AuditAction.BACKUP_DESTROYED, actor, detail)
        ports.orgs.save(org, [entry])
    ports.backups.destroy_out_of_date(backup.org_id, now=now)
