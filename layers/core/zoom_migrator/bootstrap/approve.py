"""What ``approve`` works with."""

from __future__ import annotations

import os
from functools import cache

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.adapters.stepfunctions import StepFunctionsTaskCallback
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.adapters.web.approval_page import ApprovalPage, ApprovalPorts
from zoom_migrator.adapters.web.entrance import shared_pages
from zoom_migrator.approve_settings import ApproveSettings
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.bootstrap.migration_store import migrations


@cache
def approval_page() -> ApprovalPage:
    """Build the approval page.

    Raises:
        InvalidSettings: The environment lacks a setting.
    """
    settings = ApproveSettings.from_environ(os.environ)
    table = stores.table(settings.table_name)
    kms = client("kms", client_config(max_connections=1))
    ports = ApprovalPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        signer=KmsLinkSigner(kms, settings.link_key_arn),
        vault=KmsTokenVault(kms, settings.task_token_key_arn),
        callback=StepFunctionsTaskCallback(
            client("stepfunctions", client_config(max_connections=1))
        ),
        clock=SystemClock(),
    )
    return ApprovalPage(ports, shared_pages())
