"""End a scan: give every org a result, count the results, close the record."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zoom_migrator.domain.errors import (
    ConcurrentModification,
    InvariantViolation,
    OperatorActionRequired,
)
from zoom_migrator.domain.scan import Scan, ScanResult, ScanStatus, no_result
from zoom_migrator.ports import Clock, ManifestStore, ScanRepository

_ATTEMPTS: Final = 5
_NEVER_PLANNED: Final = "the scan was never planned"
_BROKE_DOWN: Final = "the part of the scan that was to check this org broke down"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanClosing:
    """A closed scan.

    Attributes:
        closed_now: Whether this call closed it; False if it was closed before.
    """

    scan: Scan
    closed_now: bool


def summarise_scan(
    scan_id: str,
    *,
    scans: ScanRepository,
    manifests: ManifestStore,
    clock: Clock,
    failure: str = "",
) -> ScanClosing:
    """Close a scan; every org of its manifest has a result afterwards.

    A scan that is closed already stays as it is, so repeating this is harmless. A scan that was
    never planned is recorded as failed, without orgs, so that it is not overlooked.

    Args:
        failure: Why the scan as a whole failed; empty if it ran to its end. Only a scan that
            failed is closed without the manifest, if that is lost; its orgs without a result
            cannot be named then.

    Raises:
        ConcurrentModification: The scan kept changing for too long.
        StoreUnavailable: A store cannot be reached; try again.
        MigratorError: The manifest of a scan that seems to be all right is lost or damaged.
    """
    for _ in range(_ATTEMPTS):
        scan = scans.get(scan_id)
        if scan is None:
            scan, failure = _never_planned(scan_id, clock.now()), failure or _NEVER_PLANNED
        if scan.status is not ScanStatus.RUNNING:
            return ScanClosing(scan, closed_now=False)
        planned = _planned_orgs(scan, manifests, is_needed=not failure)
        found = list(scans.results(scan_id))
        gaps = _gaps(scan_id, planned, found, clock.now())
        scans.put_results(gaps)
        ended = scan.ended([*found, *gaps], at=clock.now(), failure=failure)
        try:
            return ScanClosing(scans.save(ended), closed_now=True)
        except ConcurrentModification:
            continue
    raise ConcurrentModification(f"Scan {scan_id} is being changed by somebody else.")


def _never_planned(scan_id: str, now: datetime) -> Scan:
    return Scan(
        scan_id=scan_id,
        started_at=now,
        trigger="unknown",
        requested_by="unknown",
        org_count=0,
        batch_count=0,
    )


def _planned_orgs(scan: Scan, manifests: ManifestStore, *, is_needed: bool) -> list[str]:
    if scan.manifest is None:
        return []
    try:
        batches = manifests.read(scan.manifest)
    except (OperatorActionRequired, InvariantViolation) as error:
        if is_needed:
            raise
        # Better closed without the orgs that nobody checked than running for ever.
        _log.error("manifest_unreadable", extra={"reason": error.message})
        return []
    return [org_id for batch in batches for org_id in batch.org_ids]


def _gaps(
    scan_id: str, planned: Sequence[str], found: Sequence[ScanResult], now: datetime
) -> list[ScanResult]:
    have = {result.org_id for result in found}
    return [
        no_result(scan_id, org_id, at=now, detail=_BROKE_DOWN)
        for org_id in planned
        if org_id not in have
    ]
