"""What ``send_reminders`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.dynamodb.notices import DynamoDbNoticeRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import notice_stores, stores
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.notice_settings import SendRemindersSettings
from zoom_migrator.use_cases.send_reminders import RemindPorts


@dataclass(frozen=True, slots=True)
class SendRemindersApp:
    """Ports and settings of ``send_reminders``."""

    ports: RemindPorts
    settings: NoticeSettings


@cache
def send_reminders_app() -> SendRemindersApp:
    """Build the ports of ``send_reminders``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = SendRemindersSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    ports = RemindPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        notices=DynamoDbNoticeRepository(table),
        queue=notice_stores.notice_queue(settings.notice_queue_url),
        clock=SystemClock(),
    )
    return SendRemindersApp(ports, settings.notice_settings())
