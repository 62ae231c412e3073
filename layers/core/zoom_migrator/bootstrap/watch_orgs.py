"""What ``watch_orgs`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import cleanup_stores, stores
from zoom_migrator.bootstrap.health import proof_ports
from zoom_migrator.cleanup_settings import WatchOrgsSettings
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.ports import ScanRepository
from zoom_migrator.use_cases.prove_org import HealthPorts


@dataclass(frozen=True, slots=True)
class WatchOrgsApp:
    """Ports and settings of ``watch_orgs``."""

    scans: ScanRepository
    ports: HealthPorts
    settings: CleanupSettings


@cache
def watch_orgs_app() -> WatchOrgsApp:
    """Build the ports of ``watch_orgs``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = WatchOrgsSettings.from_environ(os.environ)
    table, clock = stores.table(settings.table_name), SystemClock()
    proof = proof_ports(table, settings, clock)
    keys = cleanup_stores.keys_gateway(settings, clock)
    return WatchOrgsApp(
        scans=DynamoDbScanRepository(table),
        ports=HealthPorts(proof.losses, proof.grants, proof.ids, keys),
        settings=settings.cleanup_settings(),
    )
