"""What ``follow_up_approval`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.migration_settings import FollowUpApprovalSettings
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository


@dataclass(frozen=True, slots=True)
class FollowUpApprovalApp:
    """Ports and settings of ``follow_up_approval``."""

    orgs: OrgRepository
    migrations: MigrationRepository
    clock: Clock
    settings: UpgradeSettings


@cache
def follow_up_approval_app() -> FollowUpApprovalApp:
    """Build the ports of ``follow_up_approval``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = FollowUpApprovalSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return FollowUpApprovalApp(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        clock=SystemClock(),
        settings=settings.upgrade_settings(),
    )
