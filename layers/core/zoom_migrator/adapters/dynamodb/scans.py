"""Scans, their results and their progress in the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from zoom_migrator.adapters.dynamodb.fields import readable
from zoom_migrator.adapters.dynamodb.keys import (
    BATCH,
    RESULT,
    SCAN,
    SCANS,
    id_in,
    key,
    scan_partition,
)
from zoom_migrator.adapters.dynamodb.scan_items import (
    progress_from,
    progress_item,
    result_from,
    result_item,
    scan_from,
    scan_item,
)
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.scan import BatchProgress, Scan, ScanResult


class DynamoDbScanRepository:
    """The :class:`~zoom_migrator.ports.ScanRepository` of the deployed product."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, scan_id: str) -> Scan | None:
        """See the port.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        item = self._table.get(scan_partition(scan_id), SCAN)
        return scan_from(item) if item else None

    def save(self, scan: Scan) -> Scan:
        """See the port."""
        saved = replace(scan, revision=scan.revision + 1)
        self._table.put_revision(scan_item(saved), replaces=scan.revision)
        return saved

    def list_recent(self, *, limit: int) -> list[Scan]:
        """See the port; a scan whose item is damaged is left out and logged."""
        newest = list(self._table.query_index(SCANS, newest_first=True, limit=limit))
        items = self._table.get_many(key(partition, SCAN) for partition in newest)
        found = {scan.scan_id: scan for scan in readable(items, scan_from)}
        return [found[scan_id] for scan_id in map(id_in, newest) if scan_id in found]

    def put_results(self, results: Sequence[ScanResult]) -> None:
        """See the port; of several results for one scan and org, the last is kept."""
        last = {(result.scan_id, result.org_id): result for result in results}
        self._table.put_many(result_item(result) for result in last.values())

    def results(self, scan_id: str) -> Iterator[ScanResult]:
        """See the port; a damaged result is left out and logged."""
        return readable(self._table.query(scan_partition(scan_id), RESULT), result_from)

    def put_progress(self, progress: BatchProgress) -> None:
        """See the port."""
        self._table.put(progress_item(progress))

    def progress(self, scan_id: str) -> list[BatchProgress]:
        """See the port; damaged progress is left out and logged."""
        items = self._table.query(scan_partition(scan_id), BATCH)
        return list(readable(items, progress_from))
