"""What ``remove_keys`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import RandomSecretIds, SystemClock
from zoom_migrator.bootstrap import cleanup_stores, stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.cleanup_settings import RemoveKeysSettings
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.use_cases.cleanup_step import RemovePorts


@dataclass(frozen=True, slots=True)
class RemoveKeysApp:
    """Ports and settings of ``remove_keys``."""

    ports: RemovePorts
    settings: CleanupSettings


@cache
def remove_keys_app() -> RemoveKeysApp:
    """Build the ports of ``remove_keys``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = RemoveKeysSettings.from_environ(os.environ)
    table, clock = stores.table(settings.table_name), SystemClock()
    return RemoveKeysApp(
        ports=RemovePorts(
            orgs=DynamoDbOrgRepository(table),
            migrations=migrations(table),
            keys=cleanup_stores.keys_gateway(settings, clock),
            backups=cleanup_stores.backups(table),
            vault=cleanup_stores.backup_vault(settings.backup_key_arn),
            grants=cleanup_stores.grant_ports(table, settings, settings.grant_key_arn, clock),
            ids=RandomSecretIds(),
            clock=clock,
        ),
        settings=settings.cleanup_settings(),
    )
