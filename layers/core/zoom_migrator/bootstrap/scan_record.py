"""What ``summarise_scan`` and ``record_outcome`` work with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores
from zoom_migrator.ports import Clock, ManifestStore, ScanRepository
from zoom_migrator.settings import ScanRecordSettings


@dataclass(frozen=True, slots=True)
class ScanRecordApp:
    """Ports of ``summarise_scan`` and ``record_outcome``."""

    scans: ScanRepository
    manifests: ManifestStore
    clock: Clock


@cache
def scan_record_app() -> ScanRecordApp:
    """Build the ports of ``summarise_scan`` and ``record_outcome``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = ScanRecordSettings.from_environ(os.environ)
    return ScanRecordApp(
        scans=DynamoDbScanRepository(stores.table(settings.table_name)),
        manifests=stores.manifests(settings.scan_bucket_name),
        clock=SystemClock(),
    )
