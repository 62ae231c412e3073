"""What ``request_cleanup`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.bootstrap import stores, waiting_tasks
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.cleanup_settings import RequestCleanupSettings
from zoom_migrator.ports import MigrationRepository, OrgRepository, TaskCallback, TokenVault


@dataclass(frozen=True, slots=True)
class RequestCleanupApp:
    """Ports of ``request_cleanup``."""

    orgs: OrgRepository
    migrations: MigrationRepository
    vault: TokenVault
    callback: TaskCallback


@cache
def request_cleanup_app() -> RequestCleanupApp:
    """Build the ports of ``request_cleanup``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = RequestCleanupSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return RequestCleanupApp(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        vault=waiting_tasks.vault(settings.task_token_key_arn),
        callback=waiting_tasks.callback(),
    )
