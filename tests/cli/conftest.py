"""A command line connected to in-memory twins instead of a stack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.adapters.memory.secret import InMemorySecret
from zoom_migrator.adapters.memory.system import SequentialScanIds, SettableClock
from zoom_migrator.adapters.memory.workflow import InMemoryScanWorkflow
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FIRST_SCAN_ID = SequentialScanIds().new_scan_id(NOW)
ACTOR = "arn:aws:iam::123456789012:user/operator"


@dataclass
class Terminal:
    """Types commands and keeps what they worked on."""

    orgs: InMemoryOrgRepository
    scans: InMemoryScanRepository
    workflow: InMemoryScanWorkflow
    secret: InMemorySecret
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
    orgs, scans = InMemoryOrgRepository(), InMemoryScanRepository()
    workflow, secret = InMemoryScanWorkflow(), InMemorySecret("{}")
    clock = SettableClock(NOW)
    connection = Connection(
        stack="test",
        clock=clock,
        scan_ids=SequentialScanIds(),
        pause=lambda seconds: clock.advance(timedelta(seconds=seconds)),
    )
    # What a stack would have told; each is computed on first use otherwise.
    connection.__dict__.update(
        orgs=orgs,
        scans=scans,
        workflow=workflow,
        salesforce_secret=secret,
        actor=ACTOR,
        _outputs={
            "SalesforceAllowedDomains": "my.salesforce.com",
            "MinimumPackageVersion": "3.27",
            "JwtDeadline": "2023-09-08",
        },
    )
    return Terminal(orgs, scans, workflow, secret, connection)
