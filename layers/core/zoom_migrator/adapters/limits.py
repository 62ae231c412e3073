"""What every store demands of what it is given, so that its twin in memory demands the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.errors import InvalidSettings, InvariantViolation

if TYPE_CHECKING:
    # Scans use this module too, and have no use for all that migrations bring with them.
    from zoom_migrator.domain.grant import Grant, GrantLink
    from zoom_migrator.domain.legacy_keys import KeyValues
    from zoom_migrator.domain.migration import Migration
    from zoom_migrator.domain.notice import Notice
    from zoom_migrator.domain.org import Org

MAX_AUDIT_ENTRIES: Final = 50
MAX_AUDIT_ENTRIES_OF_A_MIGRATION: Final = 20
MAX_NOTICES: Final = 20
# Source: Secrets Manager API reference, PutSecretValue.
MAX_SECRET_BYTES: Final = 65_536
# A package has one row. What one backup holds has to fit into one item of a table.
MAX_BACKUP_ROWS: Final = 100
MAX_BACKUP_CHARACTERS: Final = 60_000


def check_audit(org_id: str, audit: Sequence[AuditEntry], *, most: int = MAX_AUDIT_ENTRIES) -> None:
    """Refuse audit entries that cannot be stored together with a change of an org.

    Raises:
        InvariantViolation: There are too many, or one is about another org.
    """
    if len(audit) > most:
        raise InvariantViolation(
            f"{len(audit)} audit entries for one change of {org_id}; at most {most} can be stored."
        )
    strangers = [entry.org_id for entry in audit if entry.org_id != org_id]
    if strangers:
        raise InvariantViolation(f"A change of {org_id} cannot be audited as {strangers[0]}.")


def check_along(
    migration: Migration, org: Org | None, audit: Sequence[AuditEntry], notices: Sequence[Notice]
) -> None:
    """Refuse what cannot be stored together with a migration.

    Raises:
        InvariantViolation: There is too much, or something is about another org or attempt.
    """
    this = migration.migration_id
    if org is not None and org.org_id != migration.org_id:
        raise InvariantViolation(f"Org {org.org_id} cannot be stored with migration {this}.")
    check_audit(migration.org_id, audit, most=MAX_AUDIT_ENTRIES_OF_A_MIGRATION)
    if len(notices) > MAX_NOTICES:
        raise InvariantViolation(
            f"{len(notices)} notices for one change of migration {this}; "
            f"at most {MAX_NOTICES} can be stored."
        )
    for notice in notices:
        if (notice.org_id, notice.attempt) != (migration.org_id, migration.attempt):
            raise InvariantViolation(
                f"A notice about attempt {notice.attempt} of {notice.org_id} "
                f"cannot be stored with migration {this}."
            )


def check_link(grant: Grant, link: GrantLink | None) -> None:
    """Refuse a link that cannot be stored together with a grant.

    Raises:
        InvariantViolation: It leads to another grant, or the grant does not know its org.
    """
    if link is None:
        return
    if link.grant_id != grant.grant_id or link.org_id not in grant.orgs:
        raise InvariantViolation(
            f"Org {link.org_id} cannot be linked to grant {grant.grant_id} by this."
        )


def check_secret(text: str) -> None:
    """Refuse a text that is too long for a secret, without repeating any of it.

    Raises:
        InvalidSettings: It is too long.
    """
    if len(text.encode()) > MAX_SECRET_BYTES:
        raise InvalidSettings(f"A secret has at most {MAX_SECRET_BYTES} bytes.")


def check_backup(org_id: str, values: Collection[KeyValues]) -> None:
    """Refuse values that one backup cannot hold, without repeating any of them.

    Raises:
        InvariantViolation: There are none, or too many, or they are too long.
    """
    if not values:
        raise InvariantViolation(f"Org {org_id}: a backup of nothing cannot be sealed.")
    if len(values) > MAX_BACKUP_ROWS:
        raise InvariantViolation(
            f"Org {org_id}: {len(values)} rows hold keys; at most {MAX_BACKUP_ROWS} can be "
            "backed up."
        )
    characters = sum(len(row.api_key or "") + len(row.api_secret or "") for row in values)
    if characters > MAX_BACKUP_CHARACTERS:
        raise InvariantViolation(
            f"Org {org_id}: keys of {characters} characters; at most {MAX_BACKUP_CHARACTERS} can "
            "be backed up."
        )
