"""What the functions share that prove the grants of connected orgs."""

from __future__ import annotations

from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.system import RandomSecretIds
from zoom_migrator.bootstrap import cleanup_stores, waiting_tasks
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.cleanup_settings import ProbeGrantsSettings
from zoom_migrator.ports import Clock
from zoom_migrator.use_cases.note_lost_authorization import LossPorts
from zoom_migrator.use_cases.prove_org import ProofPorts


def proof_ports(table: Table, settings: ProbeGrantsSettings, clock: Clock) -> ProofPorts:
    """What proves grants, and records where one is lost.

    Raises:
        InvalidSettings: A value is malformed.
    """
    grants = cleanup_stores.grant_ports(table, settings, settings.grant_key_arn, clock)
    losses = LossPorts(
        orgs=DynamoDbOrgRepository(table),
        migrations=migrations(table),
        grants=grants.grants,
        workflow=waiting_tasks.workflow(settings.migration_state_machine_arn),
        vault=waiting_tasks.vault(settings.task_token_key_arn),
        callback=waiting_tasks.callback(),
        clock=clock,
    )
    return ProofPorts(losses, grants, RandomSecretIds())
