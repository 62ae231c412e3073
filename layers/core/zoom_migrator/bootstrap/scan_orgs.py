"""What ``scan_orgs`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.salesforce import HttpSalesforceGateway
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import salesforce, stores
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.settings import ScanOrgsSettings
from zoom_migrator.use_cases.scan_batch import ScanPorts


@dataclass(frozen=True, slots=True)
class ScanOrgsApp:
    """Ports and settings of ``scan_orgs``."""

    ports: ScanPorts
    minimum: PackageVersion
    threads: int


@cache
def scan_orgs_app() -> ScanOrgsApp:
    """Build the ports of ``scan_orgs``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = ScanOrgsSettings.from_environ(os.environ)
    table = stores.table(settings.table_name, max_connections=settings.scan_threads)
    clock = SystemClock()
    return ScanOrgsApp(
        ports=ScanPorts(
            orgs=DynamoDbOrgRepository(table),
            scans=DynamoDbScanRepository(table),
            salesforce=HttpSalesforceGateway(
                salesforce.gateway_settings(settings),
                credentials=salesforce.credentials(settings, clock),
                clock=clock,
            ),
            clock=clock,
        ),
        minimum=settings.minimum_package_version,
        threads=settings.scan_threads,
    )
