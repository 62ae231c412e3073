"""What ``publish_events`` works with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.eventbridge import EventBridgeBus
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.notice_settings import PublishEventsSettings


@dataclass(frozen=True, slots=True)
class PublishEventsApp:
    """Ports of ``publish_events``."""

    orgs: DynamoDbOrgRepository
    bus: EventBridgeBus


@cache
def publish_events_app() -> PublishEventsApp:
    """Build the ports of ``publish_events``.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = PublishEventsSettings.from_environ(os.environ)
    events = client("events", client_config(max_connections=1))
    return PublishEventsApp(
        DynamoDbOrgRepository(stores.table(settings.table_name)),
        EventBridgeBus(events, settings.event_bus_name),
    )
