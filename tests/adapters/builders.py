"""What only the tests of adapters make."""

from __future__ import annotations

from typing import Any

from tests.builders import a_result, after, org_id_of
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.scan import ScanOutcome, ScanResult


def an_entry(number: int = 1, *, minutes: int = 0, detail: str = "host changed") -> AuditEntry:
    """An audit entry about the fleet's n-th org."""
    return AuditEntry(
        org_id=org_id_of(number),
        at=after(minutes=minutes),
        action=AuditAction.REGISTRATION_CHANGED,
        actor="arn:aws:iam::123456789012:user/ada",
        detail=detail,
    )


def result_of(number: int, outcome: ScanOutcome = ScanOutcome.BEHIND, **changes: Any) -> ScanResult:
    """What a scan found out about the fleet's n-th org."""
    return a_result(org_id_of(number), outcome=outcome, **changes)
