"""Put an org's old keys back from their backup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from zoom_migrator.cleanup_ports import BackupVault, KeyBackupRepository, KeysGateway
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.errors import ConcurrentModification, NothingToRestore
from zoom_migrator.domain.failure import meaning_of
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.legacy_keys import KeysFound, KeysNotVisible
from zoom_migrator.domain.loss import what_changed
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import KeysKeptReason, OrgEvent, OrgStatus
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.observe_org import status_changes
from zoom_migrator.use_cases.put_back_rows import (
    Restored,
    as_read_back,
    insist_that_nobody_removes,
    put_back,
)

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class RestorePorts:
    """What putting keys back needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    keys: KeysGateway
    backups: KeyBackupRepository
    vault: BackupVault
    clock: Clock


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """Who wants the keys back, and who allowed it.

    Attributes:
        requested_by: IAM principal of the operator.
        approved_by: Name and address of whoever decides for the org.
        reason: Why.
    """

    requested_by: str
    approved_by: str
    reason: str


def restore_keys(
    org_id: str, order: RestoreOrder, *, ports: RestorePorts, jwt_deadline: date
) -> Restored:
    """Put back what the backup holds, into rows that are empty, and read back what is there.

    That somebody wants it is on record before anything is sent. Repeating it is harmless: what
    stands in a row by now is left alone.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        ConcurrentModification: The org keeps being changed by others.
        NothingToRestore: There is no backup, the keys are just being removed, or the org cannot
            be looked at.
        OrgNotFound: The org is not registered.
        StoreUnavailable: A store or a key is out of reach; repeat it.
    """
    org = find_org(org_id, orgs=ports.orgs)
    insist_that_nobody_removes(org, ports.migrations)
    backup = ports.backups.get(org.org_id, now=ports.clock.now())
    if backup is None:
        raise NothingToRestore(
            f"No backup of the old keys of org {org.org_id} exists any more.",
            remedy="Enter a key and a secret by hand, in Zoom Config of the org.",
        )
    values = ports.vault.open(backup.sealed, org_id=org.org_id)
    before = _look(org, ports)
    _record_order(org, order, backup, ports)
    tried = put_back(org.registration, values, before, keys=ports.keys)
    after = _look(org, ports)
    restored = as_read_back(tried, after)
    _record(org.org_id, order, restored, after, ports, jwt_deadline)
    return restored


def _look(org: Org, ports: RestorePorts) -> KeysFound:
    found = ports.keys.look(org.registration)
    if isinstance(found, KeysFound):
        return found
    why = found.said if isinstance(found, KeysNotVisible) else meaning_of(found.code).summary
    raise NothingToRestore(
        f"The keys of org {org.org_id} cannot be looked at. {why}".rstrip(),
        remedy="Mend that, then repeat this.",
    )


def _record_order(org: Org, order: RestoreOrder, backup: KeyBackup, ports: RestorePorts) -> None:
    detail = (
        f"approved by {order.approved_by}: {order.reason}; backup of {backup.made_at:%Y-%m-%d} "
        f"with {len(backup.row_ids)} row(s)"
    )
    entry = AuditEntry(
        org.org_id,
        ports.clock.now(),
        AuditAction.KEYS_RESTORE_REQUESTED,
        order.requested_by,
        detail,
    )
    ports.orgs.save(org, [entry])


def _record(
    org_id: str,
    order: RestoreOrder,
    restored: Restored,
    after: KeysFound,
    ports: RestorePorts,
    jwt_deadline: date,
) -> None:
    for _ in range(_TRIES):
        org = find_org(org_id, orgs=ports.orgs)
        now = ports.clock.now()
        seen = org.with_keys(after.as_checked)
        moved = _moved(seen, ports, jwt_deadline)
        detail = f"{len(restored.restored)} row(s) restored, {len(restored.problems)} not"
        audit = [
            AuditEntry(org_id, now, AuditAction.KEYS_RESTORED, order.requested_by, detail),
            *status_changes(org, moved, now, order.requested_by),
        ]
        try:
            _store(org, moved, audit, ports, jwt_deadline)
        except ConcurrentModification:
            continue
        return
    raise ConcurrentModification(f"Org {org_id} keeps being changed by others.")


def _moved(org: Org, ports: RestorePorts, jwt_deadline: date) -> Org:
    now = ports.clock.now()
    if org.status is OrgStatus.MIGRATED:
        return org.after(OrgEvent.KEYS_KEPT, at=now, kept=KeysKeptReason.RESTORED)
    event = what_changed(org, today=now.date(), fleet_deadline=jwt_deadline)
    return org.after(event, at=now) if event is not None else org


def _store(
    before: Org,
    after: Org,
    audit: Sequence[AuditEntry],
    ports: RestorePorts,
    jwt_deadline: date,
) -> None:
    last = ports.migrations.get(after.org_id, after.attempts) if after.attempts else None
    if last is None or after.status is before.status:
        # Whoever ordered it sees what came of it; others are told where it changes something.
        ports.orgs.save(after, audit)
        return
    now = ports.clock.now()
    facts = {
        "org": after.registration.display_name,
        "detail": "The old keys were put back from their backup.",
        "jwt_until": deadline_of(after, jwt_deadline).isoformat(),
    }
    milestone = now.isoformat(timespec="seconds")
    notice = Notice(after.org_id, last.attempt, NoticeKind.KEYS_RESTORED, now, milestone, facts)
    ports.migrations.save(last, org=after, audit=audit, notices=[notice])
