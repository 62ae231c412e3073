"""What ``authorize`` works with."""

from __future__ import annotations

import os
from functools import cache

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.attempts import DynamoDbAttemptRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.kms import KmsLinkSigner
from zoom_migrator.adapters.system import RandomSecretValues, SystemClock
from zoom_migrator.adapters.web.authorize_page import StartPage, StartPorts
from zoom_migrator.adapters.web.authorize_result import ResultPage, ResultPorts
from zoom_migrator.adapters.web.entrance import shared_pages
from zoom_migrator.bootstrap import stores, zoom
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.oauth_settings import AuthorizeSettings


@cache
def start_page() -> StartPage:
    """Build the start page.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = _settings()
    table = stores.table(settings.table_name)
    kms = client("kms", client_config(max_connections=1))
    clock = SystemClock()
    ports = StartPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        attempts=DynamoDbAttemptRepository(table),
        signer=KmsLinkSigner(kms, settings.link_key_arn),
        zoom=zoom.gateway(settings, clock),
        secrets=RandomSecretValues(),
        clock=clock,
    )
    return StartPage(ports, shared_pages(), settings.authorization_settings())


@cache
def result_page() -> ResultPage:
    """Build the page that tells how an authorization came out.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = _settings()
    table = stores.table(settings.table_name)
    ports = ResultPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        attempts=DynamoDbAttemptRepository(table),
        clock=SystemClock(),
    )
    return ResultPage(ports, shared_pages(), settings.authorization_settings())


def _settings() -> AuthorizeSettings:
    return AuthorizeSettings.from_environ(os.environ)
