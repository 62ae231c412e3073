"""What ``probe_grants`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.health import proof_ports
from zoom_migrator.cleanup_settings import ProbeGrantsSettings
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.use_cases.prove_org import ProofPorts


@dataclass(frozen=True, slots=True)
class ProbeGrantsApp:
    """Ports and settings of ``probe_grants``."""

    ports: ProofPorts
    settings: CleanupSettings


@cache
def probe_grants_app() -> ProbeGrantsApp:
    """Build the ports of ``probe_grants``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = ProbeGrantsSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return ProbeGrantsApp(proof_ports(table, settings, SystemClock()), settings.cleanup_settings())
