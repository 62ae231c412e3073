"""Start a scan, and tell how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from zoom_migrator.domain.errors import ScanNotFound
from zoom_migrator.domain.scan import Scan, ScanStatus
from zoom_migrator.ports import Clock, ScanIds, ScanRepository, ScanWorkflow


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is.

    Attributes:
        scan: The scan's record, or None before it is planned.
        checked: Orgs that have a result.
        total: Orgs the scan covers; 0 before it is planned.
        failure: Why the machinery ended without closing the scan, or empty.
    """

    scan: Scan | None
    checked: int
    total: int
    failure: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return bool(self.failure) or (
            self.scan is not None and self.scan.status is not ScanStatus.RUNNING
        )


def start_scan(*, workflow: ScanWorkflow, ids: ScanIds, clock: Clock, requested_by: str) -> str:
    """Start a scan of the whole fleet and return its id.

    Raises:
        StoreUnavailable: The workflow service cannot be reached.
    """
    scan_id = ids.new_scan_id(clock.now())
    workflow.start(scan_id, requested_by=requested_by)
    return scan_id


def scan_progress(scan_id: str, *, scans: ScanRepository, workflow: ScanWorkflow) -> ScanProgress:
    """How far a scan is.

    Raises:
        ScanNotFound: Neither the records nor the workflow know this scan.
    """
    scan = scans.get(scan_id)
    if scan is not None and scan.status is not ScanStatus.RUNNING:
        return ScanProgress(scan, checked=scan.org_count, total=scan.org_count)
    failure = _failure_behind(scan_id, scan, workflow)
    checked = sum(batch.checked for batch in scans.progress(scan_id)) if scan else 0
    return ScanProgress(scan, checked, scan.org_count if scan else 0, failure)


def _failure_behind(scan_id: str, scan: Scan | None, workflow: ScanWorkflow) -> str:
    try:
        return workflow.failure_of(scan_id) or ""
    except ScanNotFound:
        if scan is None:
            raise
        # AWS forgets executions after 90 days; the record of one that broke down stays.
        return "the run behind this scan is no longer known"


def find_scan(scan_id: str, *, scans: ScanRepository) -> Scan:
    """The scan with this id.

    Raises:
        ScanNotFound: There is none.
    """
    scan = scans.get(scan_id)
    if scan is None:
        raise ScanNotFound(
            f"No scan {scan_id!r} is known.", remedy="See `zoom-migrator scan list`."
        )
    return scan
