"""What the functions share that prove grants, remove old keys or take Zoom's events.

Each builds one thing and imports it only then: no function needs all of them, and those that need
one would pay for the rest with every cold start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.bootstrap.clients import client

if TYPE_CHECKING:
    from zoom_migrator.adapters.dynamodb.backups import DynamoDbKeyBackupRepository
    from zoom_migrator.adapters.dynamodb.events import DynamoDbReplayGuard
    from zoom_migrator.adapters.dynamodb.table import Table
    from zoom_migrator.adapters.kms_backups import KmsBackupVault
    from zoom_migrator.adapters.salesforce.keys import SalesforceKeysGateway
    from zoom_migrator.adapters.salesforce.package_probe import SalesforcePackageProbe
    from zoom_migrator.adapters.sqs import SqsProbeQueue
    from zoom_migrator.oauth_settings import ZoomAccessSettings
    from zoom_migrator.ports import Clock
    from zoom_migrator.settings import SalesforceAccessSettings
    from zoom_migrator.use_cases.grant_ports import GrantPorts

_FEW_CONNECTIONS: Final = 2


def backups(table: Table) -> DynamoDbKeyBackupRepository:
    """Where backups of old keys are kept."""
    from zoom_migrator.adapters.dynamodb.backups import DynamoDbKeyBackupRepository

    return DynamoDbKeyBackupRepository(table)


def backup_vault(key_arn: str) -> KmsBackupVault:
    """What seals backups of old keys."""
    from zoom_migrator.adapters.kms_backups import KmsBackupVault

    return KmsBackupVault(client("kms", client_config(max_connections=_FEW_CONNECTIONS)), key_arn)


def replay_guard(table: Table) -> DynamoDbReplayGuard:
    """What remembers which of Zoom's events were taken."""
    from zoom_migrator.adapters.dynamodb.events import DynamoDbReplayGuard

    return DynamoDbReplayGuard(table)


def probe_queue(url: str) -> SqsProbeQueue:
    """Where orders to look at grants are put."""
    from zoom_migrator.adapters.sqs import SqsProbeQueue

    return SqsProbeQueue(client("sqs", client_config(max_connections=_FEW_CONNECTIONS)), url)


def keys_gateway(settings: SalesforceAccessSettings, clock: Clock) -> SalesforceKeysGateway:
    """What looks at, blanks and puts back old keys.

    Raises:
        InvalidSettings: A value is malformed.
    """
    from zoom_migrator.adapters.salesforce.keys import SalesforceKeysGateway
    from zoom_migrator.bootstrap import salesforce

    return SalesforceKeysGateway(
        salesforce.gateway_settings(settings),
        credentials=salesforce.credentials(settings, clock),
        clock=clock,
    )


def package_probe(settings: SalesforceAccessSettings, clock: Clock) -> SalesforcePackageProbe:
    """What looks whether the package shows that it is connected by itself.

    Raises:
        InvalidSettings: A value is malformed.
    """
    from zoom_migrator.adapters.salesforce.package_probe import SalesforcePackageProbe
    from zoom_migrator.bootstrap import salesforce

    return SalesforcePackageProbe(
        salesforce.gateway_settings(settings),
        credentials=salesforce.credentials(settings, clock),
        clock=clock,
    )


def grant_ports(
    table: Table, settings: ZoomAccessSettings, grant_key_arn: str, clock: Clock
) -> GrantPorts:
    """What proving and refreshing grants works with.

    Raises:
        InvalidSettings: A value is malformed.
    """
    from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
    from zoom_migrator.bootstrap import zoom
    from zoom_migrator.use_cases.grant_ports import GrantPorts

    return GrantPorts(
        grants=DynamoDbGrantRepository(table),
        vault=zoom.grant_vault(grant_key_arn),
        zoom=zoom.gateway(settings, clock),
    )
