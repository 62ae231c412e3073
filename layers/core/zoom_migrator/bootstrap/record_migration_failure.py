"""What ``record_migration_failure`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.settings import TableSettings


@dataclass(frozen=True, slots=True)
class RecordMigrationFailureApp:
    """Ports of ``record_migration_failure``."""

    orgs: OrgRepository
    migrations: MigrationRepository
    clock: Clock


@cache
def record_migration_failure_app() -> RecordMigrationFailureApp:
    """Build the ports of ``record_migration_failure``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    table = stores.table(TableSettings.from_environ(os.environ).table_name)
    return RecordMigrationFailureApp(
        orgs=DynamoDbOrgRepository(table), migrations=migrations(table), clock=SystemClock()
    )
