"""Store what a scan's check found out about one org."""

from __future__ import annotations

from zoom_migrator.domain.check import CheckResult
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import ScanResult, scan_result
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import OrgRepository
from zoom_migrator.use_cases.observe_org import observe_org


def record_check(
    org: Org, check: CheckResult, *, scan_id: str, minimum: PackageVersion, orgs: OrgRepository
) -> ScanResult:
    """Move the org along by what was found, and say it as a result of the scan.

    Raises:
        ConcurrentModification: The org kept changing for too long.
        StoreUnavailable: The database cannot be reached.
    """
    before, after = observe_org(
        org, check, scan_id=scan_id, actor=f"scan:{scan_id}", minimum=minimum, orgs=orgs
    )
    return scan_result(scan_id, before=before, after=after, check=check, minimum=minimum)
