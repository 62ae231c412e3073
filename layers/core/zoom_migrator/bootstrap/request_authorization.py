"""What ``request_authorization`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import RandomSecretIds, SystemClock
from zoom_migrator.bootstrap import stores, waiting_tasks
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.oauth_settings import RequestAuthorizationSettings
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    OrgRepository,
    SecretIds,
    TaskCallback,
    TokenVault,
)


@dataclass(frozen=True, slots=True)
class RequestAuthorizationApp:
    """Ports and settings of ``request_authorization``."""

    orgs: OrgRepository
    migrations: MigrationRepository
    vault: TokenVault
    callback: TaskCallback
    ids: SecretIds
    clock: Clock
    settings: AuthorizationSettings


@cache
def request_authorization_app() -> RequestAuthorizationApp:
    """Build the ports of ``request_authorization``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = RequestAuthorizationSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return RequestAuthorizationApp(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        vault=waiting_tasks.vault(settings.task_token_key_arn),
        callback=waiting_tasks.callback(),
        ids=RandomSecretIds(),
        clock=SystemClock(),
        settings=settings.authorization_settings(),
    )
