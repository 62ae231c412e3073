"""Scans, their results and their progress in memory."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.scan import BatchProgress, Scan, ScanResult


class InMemoryScanRepository:
    """A :class:`~zoom_migrator.ports.ScanRepository` that lasts as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scans: dict[str, Scan] = {}
        self._results: defaultdict[str, dict[str, ScanResult]] = defaultdict(dict)
        self._progress: defaultdict[str, dict[int, BatchProgress]] = defaultdict(dict)

    def get(self, scan_id: str) -> Scan | None:
        """See the port."""
        with self._lock:
            scan = self._scans.get(scan_id)
        return _detached(scan) if scan else None

    def save(self, scan: Scan) -> Scan:
        """See the port."""
        saved = _detached(replace(scan, revision=scan.revision + 1))
        with self._lock:
            stored = self._scans.get(scan.scan_id)
            if scan.revision != (stored.revision if stored else 0):
                raise ConcurrentModification(f"Scan {scan.scan_id} was changed by somebody else.")
            self._scans[scan.scan_id] = saved
        return _detached(saved)

    def list_recent(self, *, limit: int) -> list[Scan]:
        """See the port."""
        with self._lock:
            scans = list(self._scans.values())
        scans.sort(key=lambda scan: (scan.started_at, scan.scan_id), reverse=True)
        return [_detached(scan) for scan in scans[: max(limit, 0)]]

    def put_results(self, results: Sequence[ScanResult]) -> None:
        """See the port."""
        with self._lock:
            for result in results:
                self._results[result.scan_id][result.org_id] = result

    def results(self, scan_id: str) -> Iterator[ScanResult]:
        """See the port."""
        with self._lock:
            results = dict(self._results.get(scan_id, {}))
        return (results[org_id] for org_id in sorted(results))

    def put_progress(self, progress: BatchProgress) -> None:
        """See the port."""
        with self._lock:
            self._progress[progress.scan_id][progress.batch_number] = progress

    def progress(self, scan_id: str) -> list[BatchProgress]:
        """See the port."""
        with self._lock:
            batches = dict(self._progress.get(scan_id, {}))
        return [batches[number] for number in sorted(batches)]


def _detached(scan: Scan) -> Scan:
    """The same scan, sharing with nobody the one thing in it that could be changed in place."""
    return replace(scan, counts=dict(scan.counts))
