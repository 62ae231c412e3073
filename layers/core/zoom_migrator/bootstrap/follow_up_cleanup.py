"""What ``follow_up_cleanup`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.cleanup_settings import FollowUpCleanupSettings
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.use_cases.follow_up_cleanup import FollowUpPorts


@dataclass(frozen=True, slots=True)
class FollowUpCleanupApp:
    """Ports and settings of ``follow_up_cleanup``."""

    ports: FollowUpPorts
    settings: CleanupSettings


@cache
def follow_up_cleanup_app() -> FollowUpCleanupApp:
    """Build the ports of ``follow_up_cleanup``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = FollowUpCleanupSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    return FollowUpCleanupApp(
        ports=FollowUpPorts(
            orgs=DynamoDbOrgRepository(table), migrations=migrations(table), clock=SystemClock()
        ),
        settings=settings.cleanup_settings(),
    )
