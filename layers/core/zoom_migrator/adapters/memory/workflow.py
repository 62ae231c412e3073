"""The machinery behind scans, in memory: it remembers what was started, and runs nothing."""

from __future__ import annotations

import threading

from zoom_migrator.domain.errors import ScanNotFound


class InMemoryScanWorkflow:
    """A :class:`~zoom_migrator.ports.ScanWorkflow` whose runs go on until they are told to fail."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested_by: dict[str, str] = {}
        self._failures: dict[str, str] = {}

    @property
    def started(self) -> dict[str, str]:
        """Who requested each run, by scan id, in the order they were started."""
        with self._lock:
            return dict(self._requested_by)

    def start(self, scan_id: str, *, requested_by: str) -> None:
        """See the port; a scan that was started under this id before is left as it is."""
        with self._lock:
            self._requested_by.setdefault(scan_id, requested_by)

    def fail(self, scan_id: str, reason: str) -> None:
        """End the run behind a scan without completing it.

        Raises:
            ScanNotFound: No such run was started.
        """
        with self._lock:
            self._expect(scan_id)
            self._failures[scan_id] = reason

    def failure_of(self, scan_id: str) -> str | None:
        """See the port.

        Raises:
            ScanNotFound: No such run was started.
        """
        with self._lock:
            self._expect(scan_id)
            return self._failures.get(scan_id)

    def _expect(self, scan_id: str) -> None:
        if scan_id not in self._requested_by:
            raise ScanNotFound(f"No scan {scan_id!r} is known.")
