"""What ``scan_orgs`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.salesforce import HttpSalesforceGateway, SalesforceSettings
from zoom_migrator.adapters.salesforce.stored_credentials import StoredCredentials
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import Clock
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
            salesforce=_salesforce(settings, clock),
            clock=clock,
        ),
        minimum=settings.minimum_package_version,
        threads=settings.scan_threads,
    )


def _salesforce(settings: ScanOrgsSettings, clock: Clock) -> HttpSalesforceGateway:
    secret = SecretsManagerSecret(
        client("secretsmanager", client_config(max_connections=1)),
        settings.salesforce_secret_arn,
    )
    return HttpSalesforceGateway(
        SalesforceSettings(
            api_version=settings.salesforce_api_version,
            allowed_domains=settings.salesforce_allowed_domains,
            connect_to=settings.salesforce_connect_to,
            namespace=settings.package_namespace,
            package_id=settings.package_id,
            keys_object=settings.keys_object,
            keys_api_key_field=settings.keys_api_key_field,
            keys_api_secret_field=settings.keys_api_secret_field,
        ),
        credentials=StoredCredentials(secret.read, clock),
        clock=clock,
    )
