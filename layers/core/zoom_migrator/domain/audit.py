"""The record of who changed what about an org, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditAction(StrEnum):
    """What was done."""

    REGISTERED = "registered"
    REGISTRATION_CHANGED = "registration_changed"
    STATUS_CHANGED = "status_changed"
    MIGRATION_STARTED = "migration_started"
    APPROVAL_REQUESTED = "approval_requested"
    APPROVAL_ANSWERED = "approval_answered"
    INSTALL_REQUESTED = "install_requested"
    MIGRATION_ENDED = "migration_ended"
    STANDING_ACCEPTANCE_RECORDED = "standing_acceptance_recorded"
    STANDING_ACCEPTANCE_WITHDRAWN = "standing_acceptance_withdrawn"
    AUTHORIZATION_REQUESTED = "authorization_requested"
    AUTHORIZATION_RENEWED = "authorization_renewed"
    AUTHORIZATION_FAILED = "authorization_failed"
    AUTHORIZED = "authorized"
    GRANT_REVOKED = "grant_revoked"
    VERIFIED = "verified"
    AUTHORIZATION_LOST = "authorization_lost"
    CLEANUP_REQUESTED = "cleanup_requested"
    CLEANUP_ANSWERED = "cleanup_answered"
    KEYS_BACKED_UP = "keys_backed_up"
    KEYS_REMOVED = "keys_removed"
    KEYS_RESTORE_REQUESTED = "keys_restore_requested"
    KEYS_RESTORED = "keys_restored"
    BACKUP_DESTROYED = "backup_destroyed"
    NOTICE_RESENT = "notice_resent"
    NOTICES_MUTED = "notices_muted"
    NOTICES_UNMUTED = "notices_unmuted"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of one org.

    Attributes:
        actor: An IAM principal, the scan or migration that did it (``scan:<id>``,
            ``migration:<id>``), or the person who answered (``person:<e-mail>``).
        detail: What changed, without secrets.
    """

    org_id: str
    at: datetime
    action: AuditAction
    actor: str
    detail: str
