"""A command line connected to in-memory twins instead of a stack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.builders import TARGET_ID
from zoom_migrator.adapters.memory.backups import (
    InMemoryBackupVault,
    InMemoryKeyBackupRepository,
)
from zoom_migrator.adapters.memory.grant_vault import InMemoryGrantVault
from zoom_migrator.adapters.memory.grants import InMemoryGrantRepository
from zoom_migrator.adapters.memory.keys import InMemoryKeysGateway
from zoom_migrator.adapters.memory.messengers import InMemoryNoticeQueue
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.notices import (
    InMemoryContactRepository,
    InMemoryDeliveryRepository,
)
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.adapters.memory.secret import InMemorySecret
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner, InMemoryTokenVault
from zoom_migrator.adapters.memory.system import (
    SequentialScanIds,
    SequentialSecretIds,
    SettableClock,
)
from zoom_migrator.adapters.memory.workflow import (
    InMemoryMigrationWorkflow,
    InMemoryScanWorkflow,
    InMemoryTaskCallback,
)
from zoom_migrator.adapters.memory.zoom import InMemoryZoomGateway
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FIRST_SCAN_ID = SequentialScanIds().new_scan_id(NOW)
ACTOR = "arn:aws:iam::123456789012:user/operator"
MACHINE = "operators-laptop"
OUTPUTS = {
    "SalesforceAllowedDomains": "my.salesforce.com",
    "MinimumPackageVersion": "3.27",
    "PackageVersionId": TARGET_ID,
    "PackageTermsVersion": "2024-05",
    "PackageTermsUrl": "https://zoom.example/terms",
    "PublicBaseUrl": "https://zoom.acme.example",
    "JwtDeadline": "2023-09-08",
    "SoakMinutes": "1440",
    "ZoomWebhookUrl": "https://zoom.acme.example/webhooks/zoom",
    "SlackInteractionsUrl": "https://zoom.acme.example/slack/interactions",
}


@dataclass
class Terminal:
    """Types commands and keeps what they worked on."""

    orgs: InMemoryOrgRepository
    scans: InMemoryScanRepository
    migrations: InMemoryMigrationRepository
    workflow: InMemoryScanWorkflow
    migration_workflow: InMemoryMigrationWorkflow
    vault: InMemoryTokenVault
    callback: InMemoryTaskCallback
    signer: InMemoryLinkSigner
    secret: InMemorySecret
    grants: InMemoryGrantRepository
    grant_vault: InMemoryGrantVault
    zoom: InMemoryZoomGateway
    zoom_secret: InMemorySecret
    webhook_secret: InMemorySecret
    keys: InMemoryKeysGateway
    backups: InMemoryKeyBackupRepository
    backup_vault: InMemoryBackupVault
    deliveries: InMemoryDeliveryRepository
    contacts: InMemoryContactRepository
    notice_queue: InMemoryNoticeQueue
    slack_secret: InMemorySecret
    clock: SettableClock
    connection: Connection

    def types(self, *words: str, answers: str | None = None) -> Result:
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(
            app, list(words), obj=self.connection, input=answers
        )

    def reads_json(self, *words: str, exit_code: int = 0) -> Any:
        result = self.types(*words, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "dumb")
    clock = SettableClock(NOW)
    connection = Connection(
        stack="test",
        clock=clock,
        scan_ids=SequentialScanIds(),
        secret_ids=SequentialSecretIds(),
        pause=lambda seconds: clock.advance(timedelta(seconds=seconds)),
        machine=MACHINE,
    )
    orgs = InMemoryOrgRepository()
    terminal = Terminal(
        orgs=orgs,
        scans=InMemoryScanRepository(),
        migrations=InMemoryMigrationRepository(orgs),
        workflow=InMemoryScanWorkflow(),
        migration_workflow=InMemoryMigrationWorkflow(),
        vault=InMemoryTokenVault(),
        callback=InMemoryTaskCallback(),
        signer=InMemoryLinkSigner(),
        secret=InMemorySecret("{}"),
        grants=InMemoryGrantRepository(),
        grant_vault=InMemoryGrantVault(),
        zoom=InMemoryZoomGateway(clock),
        zoom_secret=InMemorySecret("{}"),
        webhook_secret=InMemorySecret("{}"),
        keys=InMemoryKeysGateway(),
        backups=InMemoryKeyBackupRepository(),
        backup_vault=InMemoryBackupVault(),
        deliveries=InMemoryDeliveryRepository(),
        contacts=InMemoryContactRepository(),
        notice_queue=InMemoryNoticeQueue(),
        slack_secret=InMemorySecret("{}"),
        clock=clock,
        connection=connection,
    )
    # What a stack would have told; each is computed on first use otherwise.
    connection.__dict__.update(
        orgs=terminal.orgs,
        scans=terminal.scans,
        migrations=terminal.migrations,
        workflow=terminal.workflow,
        migration_workflow=terminal.migration_workflow,
        vault=terminal.vault,
        callback=terminal.callback,
        signer=terminal.signer,
        salesforce_secret=terminal.secret,
        grants=terminal.grants,
        grant_vault=terminal.grant_vault,
        zoom=terminal.zoom,
        zoom_secret=terminal.zoom_secret,
        webhook_secret=terminal.webhook_secret,
        keys=terminal.keys,
        backups=terminal.backups,
        backup_vault=terminal.backup_vault,
        deliveries=terminal.deliveries,
        contacts=terminal.contacts,
        notice_queue=terminal.notice_queue,
        slack_secret=terminal.slack_secret,
        actor=ACTOR,
        _outputs=dict(OUTPUTS),
        _parameters={},
    )
    return terminal
