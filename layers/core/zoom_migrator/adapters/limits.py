"""What every store demands of what it is given, so that its twin in memory demands the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.errors import InvalidSettings, InvariantViolation
from zoom_migrator.domain.org import Org

MAX_AUDIT_ENTRIES: Final = 50
# Source: Secrets Manager API reference, PutSecretValue.
MAX_SECRET_BYTES: Final = 65_536


def check_audit(org: Org, audit: Sequence[AuditEntry]) -> None:
    """Refuse audit entries that cannot be stored together with an org.

    Raises:
        InvariantViolation: There are too many, or one is about another org.
    """
    if len(audit) > MAX_AUDIT_ENTRIES:
        raise InvariantViolation(
            f"{len(audit)} audit entries for one change of {org.org_id}; "
            f"at most {MAX_AUDIT_ENTRIES} can be stored."
        )
    strangers = [entry.org_id for entry in audit if entry.org_id != org.org_id]
    if strangers:
        raise InvariantViolation(f"A change of {org.org_id} cannot be audited as {strangers[0]}.")


def check_secret(text: str) -> None:
    """Refuse a text that is too long for a secret, without repeating any of it.

    Raises:
        InvalidSettings: It is too long.
    """
    if len(text.encode()) > MAX_SECRET_BYTES:
        raise InvalidSettings(f"A secret has at most {MAX_SECRET_BYTES} bytes.")
