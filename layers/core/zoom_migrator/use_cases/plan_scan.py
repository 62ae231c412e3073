"""Decide which orgs a scan covers, and write them down in batches."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.domain.errors import ConcurrentModification, ScanNotFound
from zoom_migrator.domain.scan import Scan, plan_batches
from zoom_migrator.ports import ManifestStore, OrgRepository, ScanRepository


def plan_scan(
    scan_id: str,
    *,
    started_at: datetime,
    trigger: str,
    requested_by: str,
    batch_size: int,
    orgs: OrgRepository,
    scans: ScanRepository,
    manifests: ManifestStore,
) -> Scan:
    """Record a scan of the whole fleet and write its manifest.

    Planning the same scan again returns the plan made first, so that a retry cannot change which
    orgs a running scan covers.

    Raises:
        StoreUnavailable: A store cannot be reached; try again.
    """
    known = scans.get(scan_id)
    if known is not None:
        return known
    batches = plan_batches(scan_id, sorted(orgs.list_ids()), batch_size)
    scan = Scan(
        scan_id=scan_id,
        started_at=started_at,
        trigger=trigger,
        requested_by=requested_by,
        org_count=sum(len(batch.org_ids) for batch in batches),
        batch_count=len(batches),
        manifest=manifests.write(scan_id, batches),
    )
    try:
        return scans.save(scan)
    except ConcurrentModification:
        known = scans.get(scan_id)
        if known is None:
            raise ScanNotFound(f"Scan {scan_id} vanished while it was being planned.") from None
        return known
