"""What ``follow_up_authorization`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.oauth_ports import GrantRepository
from zoom_migrator.oauth_settings import FollowUpAuthorizationSettings
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository


@dataclass(frozen=True, slots=True)
class FollowUpAuthorizationApp:
    """Ports and settings of ``follow_up_authorization``."""

    orgs: OrgRepository
    migrations: MigrationRepository
    grants: GrantRepository
    clock: Clock
    settings: AuthorizationSettings


@cache
def follow_up_authorization_app() -> FollowUpAuthorizationApp:
    """Build the ports of ``follow_up_authorization``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = FollowUpAuthorizationSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return FollowUpAuthorizationApp(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        grants=DynamoDbGrantRepository(table),
        clock=SystemClock(),
        settings=settings.authorization_settings(),
    )
