"""Commands about notices on a stack's table, queue and secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.adapters.embedded_aws import REGION, TABLE_NAME, client, create_table, embedded_aws
from tests.builders import NOW, a_migration, an_org, org_id_of
from tests.cli.conftest import OUTPUTS
from tests.notices import ADMIN, a_done_notice
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.delivery import DeliveryKey, DeliveryStatus
from zoom_migrator.domain.mute import ChannelTrouble, Suppression
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.domain.notice_wire import order_of
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

ORG = org_id_of(1)
REF = a_done_notice().ref


@dataclass
class Stack:
    """A deployed stack with one org, of which somebody may have been told."""

    connection: Connection

    def reads_json(self, *words: str, exit_code: int = 0) -> Any:
        result = CliRunner().invoke(app, ["notices", *words, "--json"], obj=self.connection)
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def orders(self) -> list[Any]:
        answer = client("sqs").receive_message(
            QueueUrl=self.connection.outputs["NoticeQueueUrl"], MaxNumberOfMessages=10
        )
        return [order_of(each["Body"]) for each in answer.get("Messages", [])]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    with embedded_aws(monkeypatch):
        create_table(client("dynamodb"))
        secret = client("secretsmanager").create_secret(Name="slack", SecretString="{}")
        connection = Connection(stack="test", region=REGION, clock=SettableClock(NOW))
        connection.__dict__["_outputs"] = OUTPUTS | {
            "TableName": TABLE_NAME,
            "NoticeQueueUrl": client("sqs").create_queue(QueueName="notices")["QueueUrl"],
            "SlackSecretArn": secret["ARN"],
            "MailFrom": "migrator@acme.example",
        }
        connection.__dict__["_parameters"] = {"SlackDefaultChannel": "C012AB3CD"}
        _tell(connection)
        yield Stack(connection)


def _tell(connection: Connection) -> None:
    """Leave what a function leaves whose call of the mail service was not answered."""
    org = connection.orgs.save(an_org(status=OrgStatus.UPGRADE_REQUIRED))
    migration = a_migration()
    taken = replace(org, attempts=1, active_attempt=migration.attempt)
    connection.migrations.save(migration, org=taken, notices=[a_done_notice()])
    (claim,) = connection.deliveries.claim([DeliveryKey(REF, ADMIN)], at=NOW, late={})
    connection.deliveries.finish(
        [claim.delivery.ended(DeliveryStatus.UNKNOWN, NOW, error="no_answer")]
    )


def test_what_may_have_been_sent_is_listed(stack: Stack) -> None:
    (found,) = stack.reads_json("list", "--undelivered")

    assert (found["org_id"], found["notice"], found["outcome"]) == (
        ORG,
        "upgrade_done/1",
        "unknown",
    )
    assert [each["error"] for each in found["deliveries"]] == ["no_answer"]


def test_its_words_are_shown(stack: Stack) -> None:
    document = stack.reads_json("show", ORG, "upgrade_done")

    assert document["message"]["subject"] == "Zoom is upgraded in Acme 1"


def test_it_is_ordered_once_more(stack: Stack) -> None:
    stack.reads_json("resend", ORG, "upgrade_done", "--channel", "email")

    assert stack.orders() == [SendOrder((REF,), ADMIN, 1)]
    (entry,) = stack.connection.orgs.audit_trail(ORG, limit=1)
    assert entry.actor.startswith("arn:aws:sts::123456789012:")


def test_an_org_and_the_fleet_are_muted_and_unmuted(stack: Stack) -> None:
    stack.reads_json("mute", ORG, "--until", "2026-08-01")
    stack.reads_json("mute", "--all", "--until", "2026-08-02")

    assert [each["org_id"] for each in stack.reads_json("addresses")["mutes"]] == [None, ORG]
    assert stack.reads_json("unmute", "--all")["was_muted"]
    assert stack.reads_json("unmute", ORG) == {
        "org_id": ORG,
        "was_muted": True,
        "still_muted": [],
    }


def test_addresses_and_channels_are_lifted(stack: Stack) -> None:
    contacts = stack.connection.contacts
    contacts.suppress(Suppression(ADMIN.address, "bounce", NOW))
    contacts.note_trouble(ChannelTrouble("C012AB3CD", "not_in_channel", NOW, NOW))
    found = stack.reads_json("addresses")
    assert (found["addresses"][0]["orgs"], found["slack_channels"][0]["orgs"]) == ([ORG], [ORG])

    for each in (ADMIN.address, "C012AB3CD"):
        assert stack.reads_json("addresses", "--allow", each)["lifted"]

    assert stack.reads_json("addresses") == {"addresses": [], "slack_channels": [], "mutes": []}


def test_slack_is_stored_in_its_own_secret(stack: Stack) -> None:
    result = CliRunner().invoke(
        app,
        ["setup", "slack", "--only", "bot_token"],
        obj=stack.connection,
        input="xoxb-bot-token-canary\n",
    )

    assert result.exit_code == 0, result.output
    assert json.loads(stack.connection.slack_secret.read()) == {
        "bot_token": "xoxb-bot-token-canary",
        "signing_secret": "",
        "webhook_url": "",
    }


@pytest.mark.parametrize("name", ["NoticeQueueUrl", "TableName"])
def test_a_stack_that_is_older_is_said_so(stack: Stack, name: str) -> None:
    del stack.connection.__dict__["_outputs"][name]
    for made in ("notice_queue", "_table", "deliveries", "orgs", "migrations"):
        stack.connection.__dict__.pop(made, None)

    error = stack.reads_json("resend", ORG, "upgrade_done", exit_code=7)["error"]

    assert error["error"] == "StackNotFound"
    assert f"has no output {name}" in error["message"]
