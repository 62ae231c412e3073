"""The manifests of scans in memory."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

from zoom_migrator.domain.errors import ScanNotFound
from zoom_migrator.domain.scan import ManifestLocation, ScanBatch


class InMemoryManifestStore:
    """A :class:`~zoom_migrator.ports.ManifestStore` that lasts as long as the process."""

    def __init__(self, bucket: str = "memory") -> None:
        self._bucket = bucket
        self._lock = threading.Lock()
        self._manifests: dict[ManifestLocation, tuple[ScanBatch, ...]] = {}

    def write(self, scan_id: str, batches: Sequence[ScanBatch]) -> ManifestLocation:
        """See the port."""
        content = tuple(batches)
        digest = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
        location = ManifestLocation(self._bucket, f"scans/{scan_id}/manifest-{digest}.json")
        with self._lock:
            self._manifests[location] = content
        return location

    def read(self, location: ManifestLocation) -> list[ScanBatch]:
        """See the port.

        Raises:
            ScanNotFound: There is no such manifest.
        """
        with self._lock:
            batches = self._manifests.get(location)
        if batches is None:
            raise ScanNotFound(f"There is no manifest {location.key} in {location.bucket}.")
        return list(batches)
