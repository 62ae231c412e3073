"""What ``request_approval`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import RandomSecretIds, SystemClock
from zoom_migrator.bootstrap import stores, waiting_tasks
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.migration_settings import RequestApprovalSettings
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    OrgRepository,
    SecretIds,
    TaskCallback,
    TokenVault,
)


@dataclass(frozen=True, slots=True)
class RequestApprovalApp:
    """Ports and settings of ``request_approval``."""

    orgs: OrgRepository
    migrations: MigrationRepository
    vault: TokenVault
    callback: TaskCallback
    ids: SecretIds
    clock: Clock
    settings: UpgradeSettings


@cache
def request_approval_app() -> RequestApprovalApp:
    """Build the ports of ``request_approval``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = RequestApprovalSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return RequestApprovalApp(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        vault=waiting_tasks.vault(settings.task_token_key_arn),
        callback=waiting_tasks.callback(),
        ids=RandomSecretIds(),
        clock=SystemClock(),
        settings=settings.upgrade_settings(),
    )
