"""Commands about migrations on the AWS that a stack has: its table, keys and state machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from tests.adapters.embedded_aws import REGION, TABLE_NAME, client, create_table, embedded_aws
from tests.builders import org_id_of
from tests.cli.conftest import NOW, OUTPUTS
from tests.cli.situations import a_waiting_migration, an_org_behind
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.answer_approval import request_behind_link
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_stepfunctions import SFNClient

WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}


@dataclass
class Stack:
    """A deployed stack and an operator's connection to it."""

    connection: Connection
    stepfunctions: SFNClient

    def types(self, *words: str) -> Result:
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(
            app, list(words), obj=self.connection
        )

    def reads_json(self, *words: str) -> Any:
        result = self.types(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    @property
    def running(self) -> list[str]:
        """Names of the executions that run."""
        machine = self.connection.output("MigrationStateMachineArn")
        found = self.stepfunctions.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        return [execution["name"] for execution in found["executions"]]

    @property
    def migration(self) -> Migration:
        """The first org's first migration, as it is stored."""
        found = self.connection.migrations.get(org_id_of(1), 1)
        assert found is not None
        return found


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    with embedded_aws(monkeypatch):
        create_table(client("dynamodb"))
        kms: KMSClient = client("kms")
        sealing = kms.create_key()["KeyMetadata"]["Arn"]
        signing = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        stepfunctions: SFNClient = client("stepfunctions")
        machine = stepfunctions.create_state_machine(
            name="migrate-org",
            definition=json.dumps(WAITS),
            roleArn="arn:aws:iam::123456789012:role/migrate-org",
        )
        connection = Connection(stack="test", region=REGION, clock=SettableClock(NOW))
        # What CloudFormation would have told.
        connection.__dict__["_outputs"] = OUTPUTS | {
            "TableName": TABLE_NAME,
            "MigrationStateMachineArn": machine["stateMachineArn"],
            "TaskTokenKeyArn": sealing,
            "LinkKeyArn": signing["KeyMetadata"]["Arn"],
        }
        yield Stack(connection, stepfunctions)


def _ask(stack: Stack) -> None:
    """Have the first org's migration wait for its admin, as the functions do."""
    stack.connection.orgs.save(an_org_behind())
    stack.types("migrate", "start", org_id_of(1))
    waiting = a_waiting_migration()
    assert waiting.approval is not None
    sealed = stack.connection.vault.seal(
        "token of a task that is gone", org_id=org_id_of(1), attempt=1
    )
    asked = replace(
        waiting,
        approval=replace(waiting.approval, task_token=sealed),
        revision=stack.migration.revision,
    )
    org = stack.connection.orgs.get(org_id_of(1))
    assert org is not None
    stack.connection.migrations.save(
        asked, org=replace(org, status=OrgStatus.UPGRADE_APPROVAL_PENDING)
    )


def test_a_migration_is_started_and_stopped_as_an_execution_of_its_name(stack: Stack) -> None:
    stack.connection.orgs.save(an_org_behind())

    started = stack.reads_json("migrate", "start", org_id_of(1))
    running = stack.running
    stopped = stack.reads_json("migrate", "stop", org_id_of(1), "--reason", "not today")

    assert started["result"] == "started"
    assert running == [f"{org_id_of(1)}-1"]
    assert (stopped["outcome"], stopped["detail"]) == ("stopped", "Stopped: not today")
    assert stack.running == []


def test_who_types_is_asked_of_aws(stack: Stack) -> None:
    stack.connection.orgs.save(an_org_behind())

    stack.types("migrate", "start", org_id_of(1))

    assert stack.migration.requested_by.startswith("arn:aws:sts::123456789012:")


def test_a_run_that_was_aborted_from_outside_is_told(stack: Stack) -> None:
    stack.connection.orgs.save(an_org_behind())
    stack.types("migrate", "start", org_id_of(1))
    machine = stack.connection.output("MigrationStateMachineArn")
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{org_id_of(1)}-1"
    stack.stepfunctions.stop_execution(executionArn=execution)

    shown = stack.reads_json("migrate", "show", org_id_of(1))

    assert shown["run_failure"] == "the run aborted"


def test_a_link_is_signed_with_the_stacks_key(stack: Stack) -> None:
    _ask(stack)

    printed = stack.types("migrate", "link", org_id_of(1)).stdout

    found = re.fullmatch(r"https://zoom\.acme\.example/approve/(\S+)\n", printed)
    assert found is not None, printed
    connection = stack.connection
    request = request_behind_link(
        found[1], orgs=connection.orgs, migrations=connection.migrations, signer=connection.signer
    )
    assert request.migration.migration_id == f"{org_id_of(1)}-1"


def test_consent_is_stored_even_where_nobody_waits_for_it_any_more(stack: Stack) -> None:
    _ask(stack)

    document = stack.reads_json(
        *("approve", "upgrade", org_id_of(1), "--name", "Ada Lovelace", "--accept-terms")
    )

    assert document["approval"]["status"] == "accepted"
    assert stack.migration.approval is not None
    answer = stack.migration.approval.answer
    assert answer is not None
    assert answer.channel is AnswerChannel.COMMAND_LINE
    assert answer.recorded_by.startswith("arn:aws:sts::123456789012:")
    assert answer.source == stack.connection.machine != ""


def test_the_fleets_migrations_are_listed(stack: Stack) -> None:
    for number in range(1, 13):
        stack.connection.orgs.save(an_org_behind(number))
    stack.reads_json("migrate", "start", "--all-behind")

    listed = stack.reads_json("migrate", "list", "--active")

    assert {each["org_id"] for each in listed} == {org_id_of(number) for number in range(1, 13)}
    assert {each["step"] for each in listed} == {"preparing"}


@pytest.mark.parametrize("name", ["PackageVersionId", "PackageTermsUrl"])
def test_an_output_that_may_be_empty_may_be_absent(stack: Stack, name: str) -> None:
    del stack.connection.__dict__["_outputs"][name]
    stack.connection.orgs.save(an_org_behind())

    assert stack.types("migrate", "start", "--all-behind", "--dry-run").exit_code == 0
