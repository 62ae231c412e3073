"""Destroy the backup of an org's old keys, before or after it is out of date."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.cleanup_ports import KeyBackupRepository
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import NothingToRestore
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.put_back_rows import insist_that_nobody_removes


@dataclass(frozen=True, slots=True)
class BackupPorts:
    """What looking after backups needs; nothing of it can open one."""

    orgs: OrgRepository
    migrations: MigrationRepository
    backups: KeyBackupRepository
    clock: Clock


def find_backup(org_id: str, *, ports: BackupPorts) -> KeyBackup:
    """The backup of an org that can still be put back.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        NothingToRestore: There is none any more.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The store is out of reach.
    """
    org = find_org(org_id, orgs=ports.orgs)
    backup = ports.backups.get(org.org_id, now=ports.clock.now())
    if backup is None:
        raise NothingToRestore(f"No backup of the old keys of org {org.org_id} exists any more.")
    return backup


def destroy_backup(org_id: str, *, requested_by: str, ports: BackupPorts) -> bool:
    """Destroy it, and record who wanted that; whether there was one.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment; the backup is gone,
            repeat it for the record.
        NothingToRestore: The keys are just being removed, which needs it.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The store is out of reach.
    """
    org = find_org(org_id, orgs=ports.orgs)
    insist_that_nobody_removes(org, ports.migrations)
    existed = ports.backups.destroy(org.org_id)
    detail = "destroyed on request" if existed else "there was none any more"
    entry = AuditEntry(
        org.org_id, ports.clock.now(), AuditAction.BACKUP_DESTROYED, requested_by, detail
    )
    ports.orgs.save(org, [entry])
    return existed
