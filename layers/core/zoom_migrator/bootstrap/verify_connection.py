"""What ``verify_connection`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.salesforce import HttpSalesforceGateway
from zoom_migrator.adapters.system import RandomSecretIds, SystemClock
from zoom_migrator.bootstrap import cleanup_stores, salesforce, stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.cleanup_settings import VerifyConnectionSettings
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.use_cases.cleanup_step import VerifyPorts


@dataclass(frozen=True, slots=True)
class VerifyConnectionApp:
    """Ports and settings of ``verify_connection``."""

    ports: VerifyPorts
    settings: CleanupSettings


@cache
def verify_connection_app() -> VerifyConnectionApp:
    """Build the ports of ``verify_connection``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = VerifyConnectionSettings.from_environ(os.environ)
    table, clock = stores.table(settings.table_name), SystemClock()
    return VerifyConnectionApp(
        ports=VerifyPorts(
            orgs=DynamoDbOrgRepository(table),
            migrations=migrations(table),
            salesforce=HttpSalesforceGateway(
                salesforce.gateway_settings(settings),
                credentials=salesforce.credentials(settings, clock),
                clock=clock,
            ),
            keys=cleanup_stores.keys_gateway(settings, clock),
            package=cleanup_stores.package_probe(settings, clock),
            grants=cleanup_stores.grant_ports(table, settings, settings.grant_key_arn, clock),
            ids=RandomSecretIds(),
            clock=clock,
        ),
        settings=settings.cleanup_settings(),
    )
