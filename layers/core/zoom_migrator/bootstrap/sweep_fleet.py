"""What ``sweep_fleet`` works with."""

from __future__ import annotations

import os
from functools import cache

from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import cleanup_stores, stores, waiting_tasks
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.cleanup_settings import SweepFleetSettings
from zoom_migrator.use_cases.find_stuck_orgs import StuckPorts
from zoom_migrator.use_cases.sweep_fleet import SweepPorts


@cache
def sweep_ports() -> SweepPorts:
    """Build the ports of ``sweep_fleet``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = SweepFleetSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    stuck = StuckPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        grants=DynamoDbGrantRepository(table),
        workflow=waiting_tasks.workflow(settings.migration_state_machine_arn),
        clock=SystemClock(),
    )
    return SweepPorts(
        stuck,
        waiting_tasks.vault(settings.task_token_key_arn),
        waiting_tasks.callback(),
        cleanup_stores.backups(table),
    )
