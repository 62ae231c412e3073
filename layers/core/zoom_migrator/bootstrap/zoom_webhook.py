"""What ``zoom_webhook`` works with."""

from __future__ import annotations

import os
from functools import cache

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.adapters.web.zoom_webhook import ZoomWebhook
from zoom_migrator.adapters.zoom.webhook_secrets import StoredWebhookSecrets
from zoom_migrator.bootstrap import cleanup_stores, stores
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.use_cases.take_zoom_event import EventPorts
from zoom_migrator.zoom_webhook_settings import ZoomWebhookSettings


@cache
def zoom_webhook() -> ZoomWebhook:
    """Build what takes Zoom's events.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = ZoomWebhookSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    secret = SecretsManagerSecret(
        client("secretsmanager", client_config(max_connections=1)),
        settings.zoom_webhook_secret_arn,
    )
    clock = SystemClock()
    ports = EventPorts(
        grants=DynamoDbGrantRepository(table),
        guard=cleanup_stores.replay_guard(table),
        queue=cleanup_stores.probe_queue(settings.probe_queue_url),
        clock=clock,
    )
    return ZoomWebhook(StoredWebhookSecrets(secret.read, clock), ports)
