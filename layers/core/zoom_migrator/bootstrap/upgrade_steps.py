"""What ``prepare_upgrade``, ``start_install`` and ``check_install`` work with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.salesforce import HttpSalesforceGateway
from zoom_migrator.adapters.salesforce.upgrades import SalesforceUpgradeGateway
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import salesforce, stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.migration_settings import UpgradeStepSettings
from zoom_migrator.use_cases.migration_step import StepPorts


@dataclass(frozen=True, slots=True)
class UpgradeStepsApp:
    """Ports and settings of the steps that work on the org itself."""

    ports: StepPorts
    settings: UpgradeSettings


@cache
def upgrade_steps_app() -> UpgradeStepsApp:
    """Build the ports of ``prepare_upgrade``, ``start_install`` and ``check_install``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = UpgradeStepSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    clock = SystemClock()
    credentials = salesforce.credentials(settings, clock)
    how = salesforce.gateway_settings(settings)
    return UpgradeStepsApp(
        ports=StepPorts(
            orgs=DynamoDbOrgRepository(table),
            migrations=migrations(table),
            salesforce=HttpSalesforceGateway(how, credentials=credentials, clock=clock),
            upgrades=SalesforceUpgradeGateway(how, credentials=credentials, clock=clock),
            clock=clock,
        ),
        settings=settings.upgrade_settings(),
    )
