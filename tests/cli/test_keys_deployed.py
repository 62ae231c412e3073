"""Commands about old keys on a stack's table, key and secrets, with Salesforce over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner

from local.salesforce import RunningOrg, SalesforceSimulator, SimulatedOrg
from tests.adapters.embedded_aws import REGION, TABLE_NAME, client, create_table, embedded_aws
from tests.adapters.salesforce.keys_lab import FIELDS, held, row_ids
from tests.adapters.salesforce.lab import CONSUMER_KEY, CONSUMER_SECRET, HOST, public_pem
from tests.builders import a_registration, a_snapshot, an_org
from tests.cli.conftest import NOW, OUTPUTS
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

VALUES = ("api-key-canary", "api-secret-canary")


@dataclass
class Stack:
    """A deployed stack, and the org whose keys were removed."""

    connection: Connection
    org: RunningOrg

    def reads_json(self, *words: str, exit_code: int = 0) -> Any:
        result = CliRunner().invoke(app, [*words, "--json"], obj=self.connection)
        assert result.exit_code == exit_code, result.output
        assert "canary" not in result.output
        return json.loads(result.stdout)

    @property
    def org_id(self) -> str:
        """The org's id."""
        return self.org.org_id


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, key: rsa.RSAPrivateKey) -> Iterator[Stack]:
    simulator = SalesforceSimulator(
        consumer_key=CONSUMER_KEY,
        public_key_pem=public_pem(key),
        consumer_secret=CONSUMER_SECRET,
        clock=NOW.timestamp,
    )
    with simulator, embedded_aws(monkeypatch):
        create_table(client("dynamodb"))
        connection = Connection(stack="test", region=REGION, clock=SettableClock(NOW))
        connection.__dict__["_outputs"] = OUTPUTS | {
            "TableName": TABLE_NAME,
            "BackupKeyArn": client("kms").create_key()["KeyMetadata"]["Arn"],
            "SalesforceSecretArn": _secret("salesforce", _credentials(key)),
            "ZoomWebhookSecretArn": _secret("webhook", {"current": "", "previous": ""}),
        }
        connection.__dict__["_parameters"] = {"SalesforceConnectTo": simulator.base_url}
        made = Stack(connection, simulator.add(SimulatedOrg(host=HOST)))
        _remove_keys(made)
        yield made


def _remove_keys(stack: Stack) -> None:
    """Leave the org as a removal leaves it: without keys, with a backup."""
    row, connection = stack.org.key_rows[0], stack.connection
    for name in FIELDS:
        row[name] = None
    registration = a_registration(
        org_id=stack.org_id, host=HOST, username=stack.org.document.users[0].username
    )
    connection.orgs.save(
        an_org(registration=registration, status=OrgStatus.MIGRATED, snapshot=a_snapshot())
    )
    row_id = str(row["Id"])
    sealed = connection.backup_vault.seal([KeyValues(row_id, *VALUES)], org_id=stack.org_id)
    until = NOW + timedelta(days=30)
    connection.backups.save(KeyBackup(stack.org_id, 1, NOW, until, (row_id,), sealed), now=NOW)


def _secret(name: str, document: dict[str, str]) -> str:
    made = client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(document))
    return str(made["ARN"])


def _credentials(key: rsa.RSAPrivateKey) -> dict[str, str]:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {"consumer_key": CONSUMER_KEY, "private_key": pem.decode()}


def _restore(stack: Stack, *, exit_code: int = 0) -> Any:
    return stack.reads_json(
        *("jwt", "restore", stack.org_id, "--approved-by", "Ada", "--reason", "ticket 17"),
        exit_code=exit_code,
    )


def test_a_backup_is_shown_without_its_values(stack: Stack) -> None:
    shown = stack.reads_json("jwt", "show", stack.org_id)

    assert shown["backup"]["rows"] == row_ids(stack.org)


def test_keys_are_put_back_into_the_org(stack: Stack) -> None:
    document = _restore(stack)

    assert document["restored"] == row_ids(stack.org)
    assert document["status"] == "migrated_keys_kept"
    assert held(stack.org) == list(VALUES)


def test_who_restored_is_asked_of_aws(stack: Stack) -> None:
    _restore(stack)

    entries = stack.connection.orgs.audit_trail(stack.org_id, limit=3)
    assert len(entries) == 3
    assert all(entry.actor.startswith("arn:aws:sts::123456789012:") for entry in entries)


def test_a_backup_that_was_copied_from_another_org_is_not_opened(stack: Stack) -> None:
    connection = stack.connection
    sealed = connection.backup_vault.seal([KeyValues("row", *VALUES)], org_id="another")
    stored = connection.backups.get(stack.org_id, now=NOW)
    assert stored is not None
    connection.backups.save(
        KeyBackup(stack.org_id, 1, NOW, stored.expires_at, stored.row_ids, sealed, stored.revision),
        now=NOW,
    )

    error = _restore(stack, exit_code=7)["error"]

    assert error["error"] == "InvariantViolation"
    assert held(stack.org) == [None, None]


def test_a_destroyed_backup_cannot_be_put_back(stack: Stack) -> None:
    stack.reads_json("jwt", "destroy-backup", stack.org_id)

    assert _restore(stack, exit_code=8)["error"]["error"] == "NothingToRestore"
    assert held(stack.org) == [None, None]


def test_the_webhooks_token_is_stored_in_its_own_secret(stack: Stack) -> None:
    result = CliRunner().invoke(
        app, ["setup", "zoom-webhook"], obj=stack.connection, input="secret-token-canary\n"
    )

    assert result.exit_code == 0, result.output
    assert json.loads(stack.connection.webhook_secret.read()) == {
        "current": "secret-token-canary",
        "previous": "",
    }
