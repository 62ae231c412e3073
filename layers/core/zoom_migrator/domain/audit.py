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


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of one org.

    Attributes:
        actor: An IAM principal, or the scan that did it (``scan:<id>``).
        detail: What changed, without secrets.
    """

    org_id: str
    at: datetime
    action: AuditAction
    actor: str
    detail: str
