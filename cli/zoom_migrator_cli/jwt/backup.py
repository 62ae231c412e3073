"""The backup of an org's old keys, for scripts and for people. No value is in any of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.errors import NothingToRestore
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.destroy_backup import find_backup
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.layout import moment
from zoom_migrator_cli.migrate.beyond import rows_text
from zoom_migrator_cli.ports import backup_ports


@dataclass(frozen=True, slots=True)
class OldKeys:
    """What is known of an org's old keys.

    Attributes:
        backup: What can still be put back; None where there is nothing.
        deadline: The day JWT ends for the org.
        today: The day it is.
    """

    org: Org
    backup: KeyBackup | None
    deadline: date
    today: date

    @property
    def is_jwt_over(self) -> bool:
        """Whether keys are of no use any more."""
        return self.today > self.deadline


def old_keys_of(org_id: str, connection: Connection) -> OldKeys:
    """Look up what is known of an org's old keys; the org itself is not asked.

    Raises:
        MigratorError: The org is not registered, or a store is out of reach.
    """
    org = find_org(org_id, orgs=connection.orgs)
    try:
        backup = find_backup(org.org_id, ports=backup_ports(connection))
    except NothingToRestore:
        backup = None
    deadline = deadline_of(org, connection.deadline)
    return OldKeys(org, backup, deadline, connection.clock.now().date())


def old_keys_document(known: OldKeys) -> Document:
    """What is known of an org's old keys; of those in the org, what was seen last."""
    org = known.org
    snapshot = org.snapshot
    return {
        "org_id": org.org_id,
        "name": org.registration.display_name,
        "status": org.status,
        "keys_kept": org.keys_kept,
        "keys_in_org": snapshot.keys.presence if snapshot else None,
        "jwt_until": known.deadline,
        "is_jwt_over": known.is_jwt_over,
        "backup": _backup(known.backup),
    }


def backup_text(backup: KeyBackup) -> str:
    """A backup in a sentence."""
    return (
        f"Backup of {moment(backup.made_at)}, made by migration {backup.attempt}: "
        f"{rows_text(len(backup.row_ids))} ({', '.join(backup.row_ids)}), until "
        f"{moment(backup.expires_at)}."
    )


def _backup(backup: KeyBackup | None) -> Document | None:
    if backup is None:
        return None
    return {
        "made_at": backup.made_at,
        "expires_at": backup.expires_at,
        "attempt": backup.attempt,
        "rows": list(backup.row_ids),
    }
