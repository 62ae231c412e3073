"""Store what a check found out about one org."""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import CheckResult
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import ScanResult, scan_result
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import OrgRepository

_ATTEMPTS: Final = 6


def record_check(
    org: Org, check: CheckResult, *, scan_id: str, minimum: PackageVersion, orgs: OrgRepository
) -> ScanResult:
    """Move the org along by what was found, with an audit entry if its status changes.

    Somebody else may change the org at the same time: the finding is then applied to the org as
    it is now, and is dropped where a newer finding is already there.

    Raises:
        ConcurrentModification: The org kept changing for too long.
        StoreUnavailable: The database cannot be reached.
    """
    for _ in range(_ATTEMPTS):
        after = org.observe(check, scan_id=scan_id, minimum=minimum)
        result = scan_result(scan_id, before=org, after=after, check=check, minimum=minimum)
        if after is org:
            return result
        try:
            orgs.save(after, _audit(org, after, check, scan_id))
        except ConcurrentModification:
            org = orgs.get(org.org_id) or org
        else:
            return result
    raise ConcurrentModification(f"Org {org.org_id} is being changed by somebody else.")


def _audit(before: Org, after: Org, check: CheckResult, scan_id: str) -> list[AuditEntry]:
    if _standing(before) == _standing(after):
        return []
    detail = f"{_standing(before)} -> {_standing(after)}"
    actor = f"scan:{scan_id}"
    return [AuditEntry(after.org_id, check.checked_at, AuditAction.STATUS_CHANGED, actor, detail)]


def _standing(org: Org) -> str:
    return f"{org.status} ({org.blocked_reason})" if org.blocked_reason else str(org.status)
