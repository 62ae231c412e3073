"""What ``oauth_callback`` works with."""

from __future__ import annotations

import gc
import os
from functools import cache

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.attempts import DynamoDbAttemptRepository
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.kms import KmsTokenVault
from zoom_migrator.adapters.stepfunctions import StepFunctionsTaskCallback
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.adapters.web.callback_page import CallbackPage
from zoom_migrator.adapters.web.entrance import shared_pages
from zoom_migrator.authorization_metrics import CountedAttempts
from zoom_migrator.bootstrap import stores, zoom
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.oauth_settings import OauthCallbackSettings
from zoom_migrator.use_cases.redeem_consent import CallbackPorts


@cache
def callback_page() -> CallbackPage:
    """Build what takes Zoom's answers.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = OauthCallbackSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    clock = SystemClock()
    ports = CallbackPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        attempts=CountedAttempts(DynamoDbAttemptRepository(table)),
        grants=DynamoDbGrantRepository(table),
        grant_vault=zoom.grant_vault(settings.grant_key_arn),
        task_vault=KmsTokenVault(
            client("kms", client_config(max_connections=1)), settings.task_token_key_arn
        ),
        callback=StepFunctionsTaskCallback(
            client("stepfunctions", client_config(max_connections=1))
        ),
        zoom=zoom.gateway(settings, clock),
        clock=clock,
    )
    page = CallbackPage(ports, settings.authorization_settings(), shared_pages)
    # All that is there by now stays. Looking through it for garbage, as happens every few dozen
    # requests, takes longer than answering one.
    gc.freeze()
    return page
