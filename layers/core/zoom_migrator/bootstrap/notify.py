"""What ``notify`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.dynamodb.deliveries import DynamoDbDeliveryRepository
from zoom_migrator.adapters.dynamodb.notices import DynamoDbNoticeRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.kms import KmsLinkSigner
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.bootstrap import notice_stores, stores, waiting_tasks
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.notice_settings import NotifySettings
from zoom_migrator.use_cases.answer_press import PressPorts
from zoom_migrator.use_cases.notify_ports import NotifyPorts


@dataclass(frozen=True, slots=True)
class NotifyApp:
    """Ports and settings of ``notify``.

    Attributes:
        ports: For telling people.
        presses: For acting on what they press.
    """

    ports: NotifyPorts
    presses: PressPorts
    settings: NoticeSettings


@cache
def notify_app() -> NotifyApp:
    """Build the ports of ``notify``.

    Raises:
        InvalidSettings: The environment lacks a setting, or one is malformed.
    """
    settings = NotifySettings.from_environ(os.environ)
    table, clock = stores.table(settings.table_name), SystemClock()
    slack = notice_stores.slack_channel(settings, clock)
    kms = client("kms", client_config(max_connections=1))
    ports = NotifyPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        scans=DynamoDbScanRepository(table),
        notices=DynamoDbNoticeRepository(table),
        deliveries=DynamoDbDeliveryRepository(table),
        contacts=DynamoDbContactRepository(table),
        queue=notice_stores.notice_queue(settings.notice_queue_url),
        slack=slack,
        mailer=notice_stores.mailer(settings),
        signer=KmsLinkSigner(kms, settings.link_key_arn),
        clock=clock,
    )
    presses = PressPorts(
        orgs=ports.orgs,
        migrations=ports.migrations,
        vault=waiting_tasks.vault(settings.task_token_key_arn),
        callback=waiting_tasks.callback(),
        slack=slack,
    )
    return NotifyApp(ports, presses, settings.notice_settings())
