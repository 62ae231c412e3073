"""What ``follow_upgrade_by_hand`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.salesforce import HttpSalesforceGateway
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import salesforce, stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.migration_settings import UpgradeStepSettings
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository, SalesforceGateway


@dataclass(frozen=True, slots=True)
class FollowUpgradeByHandApp:
    """Ports and settings of ``follow_upgrade_by_hand``."""

    orgs: OrgRepository
    migrations: MigrationRepository
    salesforce: SalesforceGateway
    clock: Clock
    settings: UpgradeSettings


@cache
def follow_upgrade_by_hand_app() -> FollowUpgradeByHandApp:
    """Build the ports of ``follow_upgrade_by_hand``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = UpgradeStepSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    clock = SystemClock()
    return FollowUpgradeByHandApp(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        salesforce=HttpSalesforceGateway(
            salesforce.gateway_settings(settings),
            credentials=salesforce.credentials(settings, clock),
            clock=clock,
        ),
        clock=clock,
        settings=settings.upgrade_settings(),
    )
