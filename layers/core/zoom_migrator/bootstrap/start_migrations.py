"""What ``start_migrations`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores, waiting_tasks
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.migration_settings import StartMigrationsSettings
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    MigrationWorkflow,
    OrgRepository,
    ScanRepository,
    TaskCallback,
    TokenVault,
)


@dataclass(frozen=True, slots=True)
class StartMigrationsApp:
    """Ports of ``start_migrations``."""

    scans: ScanRepository
    orgs: OrgRepository
    migrations: MigrationRepository
    workflow: MigrationWorkflow
    vault: TokenVault
    callback: TaskCallback
    clock: Clock


@cache
def start_migrations_app() -> StartMigrationsApp:
    """Build the ports of ``start_migrations``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = StartMigrationsSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return StartMigrationsApp(
        scans=DynamoDbScanRepository(table),
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        workflow=waiting_tasks.workflow(settings.migration_state_machine_arn),
        vault=waiting_tasks.vault(settings.task_token_key_arn),
        callback=waiting_tasks.callback(),
        clock=SystemClock(),
    )
