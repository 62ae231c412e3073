"""Move an org along by what a check found."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import CheckResult
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import OrgRepository

_ATTEMPTS: Final = 6


def observe_org(
    org: Org,
    check: CheckResult,
    *,
    scan_id: str | None,
    actor: str,
    minimum: PackageVersion,
    orgs: OrgRepository,
) -> tuple[Org, Org]:
    """Store what a check found, with an audit entry if it changes the org's status.

    Somebody else may change the org at the same time: the finding is then applied to the org as
    it is now, and is dropped where a newer finding is already there.

    Args:
        scan_id: The scan that checked, or None where a migration did.
        actor: Who checked, as the audit trail names them.

    Returns:
        The org just before the finding, and as it is stored now.

    Raises:
        ConcurrentModification: The org kept changing for too long.
        StoreUnavailable: The database cannot be reached.
    """
    for _ in range(_ATTEMPTS):
        after = org.observe(check, scan_id=scan_id, minimum=minimum)
        if after is org:
            return org, org
        try:
            return org, orgs.save(after, status_changes(org, after, check.checked_at, actor))
        except ConcurrentModification:
            org = orgs.get(org.org_id) or org
    raise ConcurrentModification(f"Org {org.org_id} is being changed by somebody else.")


def status_changes(before: Org, after: Org, at: datetime, actor: str) -> list[AuditEntry]:
    """An audit entry about a change of an org's standing; none where that is as it was."""
    if before.standing == after.standing:
        return []
    detail = f"{before.standing} -> {after.standing}"
    return [AuditEntry(after.org_id, at, AuditAction.STATUS_CHANGED, actor, detail)]
