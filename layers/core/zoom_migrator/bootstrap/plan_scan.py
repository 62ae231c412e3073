"""What ``plan_scan`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.bootstrap import stores
from zoom_migrator.ports import ManifestStore, OrgRepository, ScanRepository
from zoom_migrator.settings import PlanScanSettings


@dataclass(frozen=True, slots=True)
class PlanScanApp:
    """Ports and settings of ``plan_scan``."""

    orgs: OrgRepository
    scans: ScanRepository
    manifests: ManifestStore
    batch_size: int


@cache
def plan_scan_app() -> PlanScanApp:
    """Build the ports of ``plan_scan``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = PlanScanSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return PlanScanApp(
        orgs=DynamoDbOrgRepository(table),
        scans=DynamoDbScanRepository(table),
        manifests=stores.manifests(settings.scan_bucket_name),
        batch_size=settings.scan_batch_size,
    )
