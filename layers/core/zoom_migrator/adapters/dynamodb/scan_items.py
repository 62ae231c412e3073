"""Scans, their results and their progress as items, and back."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import Fields, fields_of
from zoom_migrator.adapters.dynamodb.keys import (
    INDEX_PARTITION,
    INDEX_SORT,
    PARTITION,
    RESULT,
    SCAN,
    SCANS,
    SORT,
    Item,
    batch_sort,
    scan_partition,
    timestamp,
)
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.scan import (
    BatchProgress,
    ManifestLocation,
    Scan,
    ScanOutcome,
    ScanResult,
    ScanStatus,
)
from zoom_migrator.domain.status import OrgStatus


def scan_item(scan: Scan) -> Item:
    """The item of a scan."""
    manifest = scan.manifest
    return item_of(
        {
            PARTITION: scan_partition(scan.scan_id),
            SORT: SCAN,
            INDEX_PARTITION: SCANS,
            INDEX_SORT: f"{timestamp(scan.started_at)}#{scan.scan_id}",
            "scan_id": scan.scan_id,
            "started_at": scan.started_at,
            "trigger": scan.trigger,
            "requested_by": scan.requested_by,
            "org_count": scan.org_count,
            "batch_count": scan.batch_count,
            "manifest": {"bucket": manifest.bucket, "key": manifest.key} if manifest else None,
            "status": scan.status,
            "ended_at": scan.ended_at,
            "counts": {outcome.value: count for outcome, count in scan.counts.items()},
            "status_changes": scan.status_changes,
            "failure": scan.failure,
            "revision": scan.revision,
        }
    )


def scan_from(item: Item) -> Scan:
    """The scan of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    manifest = fields.inner("manifest")
    return Scan(
        scan_id=fields.text("scan_id"),
        started_at=fields.moment("started_at"),
        trigger=fields.text("trigger", ""),
        requested_by=fields.text("requested_by", ""),
        org_count=fields.number("org_count"),
        batch_count=fields.number("batch_count"),
        manifest=_manifest_from(manifest) if manifest else None,
        status=fields.choice("status", ScanStatus),
        ended_at=fields.parsed("ended_at", datetime.fromisoformat),
        counts=_counts_from(fields.inner("counts")),
        status_changes=fields.number("status_changes", 0),
        failure=fields.text("failure", ""),
        revision=fields.number("revision"),
    )


def _manifest_from(fields: Fields) -> ManifestLocation:
    return ManifestLocation(bucket=fields.text("bucket"), key=fields.text("key"))


def _counts_from(fields: Fields | None) -> dict[ScanOutcome, int]:
    if fields is None:
        return {}
    return {outcome: fields.number(outcome) for outcome in ScanOutcome if outcome in fields}


def result_item(result: ScanResult) -> Item:
    """The item of what a scan found out about one org."""
    return item_of(
        {
            PARTITION: scan_partition(result.scan_id),
            SORT: RESULT + result.org_id,
            "scan_id": result.scan_id,
            "org_id": result.org_id,
            "outcome": result.outcome,
            "checked_at": result.checked_at,
            "status_before": result.status_before,
            "status_after": result.status_after,
            "version": result.version,
            "failure_code": result.failure_code,
            "detail": result.detail,
            "http_calls": result.http_calls,
        }
    )


def result_from(item: Item) -> ScanResult:
    """What a scan found out about one org.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return ScanResult(
        scan_id=fields.text("scan_id"),
        org_id=fields.text("org_id"),
        outcome=fields.choice("outcome", ScanOutcome),
        checked_at=fields.moment("checked_at"),
        status_before=fields.parsed("status_before", OrgStatus),
        status_after=fields.parsed("status_after", OrgStatus),
        version=fields.text("version", ""),
        failure_code=fields.parsed("failure_code", FailureCode),
        detail=fields.text("detail", ""),
        http_calls=fields.number("http_calls", 0),
    )


def progress_item(progress: BatchProgress) -> Item:
    """The item of a batch's progress."""
    return item_of(
        {
            PARTITION: scan_partition(progress.scan_id),
            SORT: batch_sort(progress.batch_number),
            "scan_id": progress.scan_id,
            "batch_number": progress.batch_number,
            "checked": progress.checked,
            "total": progress.total,
        }
    )


def progress_from(item: Item) -> BatchProgress:
    """How far a batch is.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return BatchProgress(
        scan_id=fields.text("scan_id"),
        batch_number=fields.number("batch_number"),
        checked=fields.number("checked"),
        total=fields.number("total"),
    )
