"""What everything that is asked of orgs has in common."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from zoom_migrator.adapters.salesforce.credentials import AppCredentials
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.ports import Clock


@dataclass(frozen=True, slots=True)
class Access:
    """What the checks of all orgs have in common.

    Attributes:
        credentials: Asked for at every login, so that a rotated secret is noticed.
        tls: Shared by all connections.
        monotonic: Seconds that only ever grow, for deadlines.
    """

    settings: SalesforceSettings
    credentials: Callable[[], AppCredentials]
    clock: Clock
    tls: ssl.SSLContext
    monotonic: Callable[[], float]
