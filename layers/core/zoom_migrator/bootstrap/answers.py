"""What the pages work with on which people answer."""

from __future__ import annotations

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.adapters.stepfunctions import StepFunctionsTaskCallback
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.adapters.web.answer_ports import AnswerPorts
from zoom_migrator.approve_settings import ApproveSettings
from zoom_migrator.bootstrap import stores
from zoom_migrator.bootstrap.clients import client
from zoom_migrator.bootstrap.migration_store import migrations


def answer_ports(settings: ApproveSettings) -> AnswerPorts:
    """Where the settings of such a page lead to."""
    table = stores.table(settings.table_name)
    kms = client("kms", client_config(max_connections=1))
    return AnswerPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        signer=KmsLinkSigner(kms, settings.link_key_arn),
        vault=KmsTokenVault(kms, settings.task_token_key_arn),
        callback=StepFunctionsTaskCallback(
            client("stepfunctions", client_config(max_connections=1))
        ),
        clock=SystemClock(),
    )
