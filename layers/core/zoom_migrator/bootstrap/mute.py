"""What ``mute`` works with."""

from __future__ import annotations

import os
from functools import cache

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.kms import KmsLinkSigner
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.adapters.web.entrance import shared_pages
from zoom_migrator.adapters.web.mute_page import MutePage
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.mute_settings import MuteSettings
from zoom_migrator.use_cases.mute_notices import MutePorts


@cache
def mute_page() -> MutePage:
    """Build the page on which reminders are ended.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = MuteSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    kms = client("kms", client_config(max_connections=1))
    ports = MutePorts(DynamoDbOrgRepository(table), DynamoDbContactRepository(table), SystemClock())
    return MutePage(ports, KmsLinkSigner(kms, settings.link_key_arn), shared_pages())
