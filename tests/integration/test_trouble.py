"""Scans that are stopped, lose a process or are not allowed what they need, on the real stack."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from local.salesforce import SalesforceSimulator, latency
from local.stack import LocalStack
from tests.integration.operator import Operator
from tests.integration.processes import group_members
from tests.integration.waiting import HELD_MILLISECONDS, Gate, eventually
from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.dynamodb.table import Table

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_stepfunctions import SFNClient

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

# An org of the last batch, which is the smaller one.
SLOW_ORG = "aster.my.salesforce.com"
LAST_BATCH = 5


@pytest.fixture
def slow_org(simulator: SalesforceSimulator, gate: Gate) -> Iterator[Gate]:
    """The gate that holds one org's answers back until it is opened."""
    faults = simulator.org(SLOW_ORG).faults
    gate.close()
    faults.add(latency(HELD_MILLISECONDS))
    yield gate
    faults.clear()
    gate.open()


def test_a_scan_that_is_stopped_is_closed_by_record_outcome(
    operator: Operator, first_scan: dict[str, Any], stack: LocalStack, slow_org: Gate
) -> None:
    scan_id = operator.reads("scan", "start")["scan_id"]
    slow_org.wait_until_reached()
    wait_for_batches(stack, scan_id, done=2)

    stepfunctions_of(stack).stop_execution(executionArn=execution_arn(stack, scan_id))

    eventually(lambda: summary(operator, scan_id)["status"] != "running")
    closed = summary(operator, scan_id)
    assert (closed["status"], closed["failure"]) == ("failed", "ABORTED")
    assert closed["counts"]["no_result"] == LAST_BATCH
    assert sum(closed["counts"].values()) == 17


def test_a_batch_whose_process_dies_costs_its_own_orgs_only_until_the_next_scan(
    operator: Operator, first_scan: dict[str, Any], stack: LocalStack, slow_org: Gate
) -> None:
    scan_id = operator.reads("scan", "start")["scan_id"]
    slow_org.wait_until_reached()
    wait_for_batches(stack, scan_id, done=2)

    kill_processes_of(stack, "zoom-migrator-scan-orgs")

    eventually(lambda: summary(operator, scan_id)["status"] != "running")
    closed = summary(operator, scan_id)
    assert (closed["status"], closed["failure"]) == ("completed", None)
    assert closed["counts"]["no_result"] == LAST_BATCH
    assert closed["status_changes"] == 0
    aster = operator.reads("orgs", "show", "00Dda00000w6ktuEAA")
    assert (aster["status"], aster["version"]) == ("upgrade_required", "3.12")
    slow_org.open()
    mended = operator.reads("scan", "start", "--wait")
    assert mended["counts"] == first_scan["counts"]


def test_a_scan_whose_planning_is_not_allowed_fails_with_the_reason(
    operator: Operator, first_scan: dict[str, Any], stack: LocalStack
) -> None:
    with denied(stack, function="zoom-migrator-plan-scan", action="s3:PutObject"):
        failed = operator.reads("scan", "start", "--wait", exit_code=6)

    assert failed["status"] == "failed"
    assert "refuses access" in failed["failure"]
    assert "stackTrace" not in failed["failure"]
    execution = stepfunctions_of(stack).describe_execution(
        executionArn=execution_arn(stack, failed["scan_id"])
    )
    assert execution["status"] == "FAILED"


def test_a_failure_that_the_machine_could_not_record_is_recorded_by_record_outcome(
    operator: Operator, first_scan: dict[str, Any], stack: LocalStack
) -> None:
    with (
        denied(stack, function="zoom-migrator-plan-scan", action="dynamodb:PutItem"),
        denied(stack, function="zoom-migrator-summarise-scan", action="dynamodb:PutItem"),
    ):
        scan_id = operator.reads("scan", "start", "--wait", exit_code=6)["scan_id"]

    eventually(lambda: operator.types("scan", "show", scan_id).returncode == 0)
    closed = summary(operator, scan_id)
    # What the failure was, only tests/statemachine can tell: MiniStack 1.5.33 leaves out the Assign
    # of a Catch where the machine as a whole is not JSONata.
    assert (closed["status"], closed["org_count"]) == ("failed", 0)
    assert closed["failure"]


def summary(operator: Operator, scan_id: str) -> dict[str, Any]:
    return dict(operator.reads("scan", "show", scan_id))


def wait_for_batches(stack: LocalStack, scan_id: str, *, done: int) -> None:
    """Return when so many batches of a scan are through."""
    dynamodb = stack.session.client(
        "dynamodb", endpoint_url=stack.endpoint_url, config=client_config(max_connections=1)
    )
    scans = DynamoDbScanRepository(Table(dynamodb, stack.outputs["TableName"]))

    def enough_are_through() -> bool:
        progress = scans.progress(scan_id)
        return sum(batch.checked == batch.total for batch in progress) == done

    eventually(enough_are_through)


def kill_processes_of(stack: LocalStack, function: str) -> None:
    """End the execution environments of a function, as a crash of its process does."""
    group = stack.emulator.process_group
    assert group is not None
    ours = [
        process
        for process in group_members(group)
        if process.variables.get("AWS_LAMBDA_FUNCTION_NAME") == function
    ]
    assert ours
    for process in ours:
        os.kill(process.pid, signal.SIGKILL)


@contextmanager
def denied(stack: LocalStack, *, function: str, action: str) -> Iterator[None]:
    """Forbid a function's role an action, for the length of the block."""
    functions = stack.session.client("lambda", endpoint_url=stack.endpoint_url)
    role = functions.get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
    iam: IAMClient = stack.session.client("iam", endpoint_url=stack.endpoint_url)
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}],
    }
    iam.put_role_policy(RoleName=role, PolicyName="deny", PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="deny")


def stepfunctions_of(stack: LocalStack) -> SFNClient:
    client: SFNClient = stack.session.client("stepfunctions", endpoint_url=stack.endpoint_url)
    return client


def execution_arn(stack: LocalStack, scan_id: str) -> str:
    machine = stack.outputs["ScanStateMachineArn"]
    return f"{machine.replace(':stateMachine:', ':execution:')}:{scan_id}"
