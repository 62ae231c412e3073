"""The deployed stack itself: who may do what, when scans start, and what is left lying about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.salesforce import SalesforceSimulator
from local.stack import LocalStack
from tests.functions.salesforce_app import SalesforceApp
from tests.integration.account import Account, Call, as_role, role_of
from tests.integration.conftest import PARAMETERS
from tests.integration.operator import Operator
from tests.integration.waiting import eventually

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]


@pytest.fixture
def root(stack: LocalStack) -> Account:
    return Account(stack, stack.session)


def read_the_secret(account: Account) -> None:
    account.client("secretsmanager").get_secret_value(SecretId=account.secret)


def scan_the_table(account: Account) -> None:
    account.client("dynamodb").scan(TableName=account.table)


def delete_an_org(account: Account) -> None:
    key = {"pk": {"S": "ORG#00D000000000000EAA"}, "sk": {"S": "ORG"}}
    account.client("dynamodb").delete_item(TableName=account.table, Key=key)


def list_the_fleet(account: Account) -> None:
    account.client("dynamodb").query(
        TableName=account.table,
        IndexName="gsi1",
        KeyConditionExpression="gsi1pk = :shard",
        ExpressionAttributeValues={":shard": {"S": "FLEET#00"}},
    )


def write_a_manifest(account: Account) -> None:
    account.client("s3").put_object(Bucket=account.bucket, Key="scans/x/manifest.json", Body=b"[]")


def read_a_manifest(account: Account) -> None:
    s3 = account.client("s3")
    # Not to find it is not to be refused; AWS itself does not tell the two apart here.
    with suppress(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=account.bucket, Key="scans/x/manifest.json")


def write_elsewhere_in_the_bucket(account: Account) -> None:
    account.client("s3").put_object(Bucket=account.bucket, Key="elsewhere", Body=b"[]")


def start_a_scan(account: Account) -> None:
    account.client("stepfunctions").start_execution(stateMachineArn=account.machine, input="{}")


def make_a_user(account: Account) -> None:
    account.client("iam").create_user(UserName="mallory")


@pytest.mark.parametrize(
    ("function", "action"),
    [
        ("plan-scan", list_the_fleet),
        ("plan-scan", write_a_manifest),
        ("scan-orgs", read_the_secret),
        ("summarise-scan", read_a_manifest),
        ("record-outcome", read_a_manifest),
    ],
)
def test_a_function_may_do_what_it_needs(
    stack: LocalStack, root: Account, function: str, action: Call
) -> None:
    action(as_role(stack, root, role_of(root, function)))


@pytest.mark.parametrize(
    ("function", "action"),
    [
        ("plan-scan", read_the_secret),
        ("summarise-scan", read_the_secret),
        ("record-outcome", read_the_secret),
        ("scan-orgs", write_a_manifest),
        ("summarise-scan", write_a_manifest),
        ("record-outcome", write_a_manifest),
        ("scan-orgs", list_the_fleet),
        ("plan-scan", write_elsewhere_in_the_bucket),
        *[
            (function, action)
            for function in ("plan-scan", "scan-orgs", "summarise-scan", "record-outcome")
            for action in (scan_the_table, delete_an_org, start_a_scan, make_a_user)
        ],
    ],
)
def test_a_function_may_do_nothing_else(
    stack: LocalStack, root: Account, function: str, action: Call
) -> None:
    account = as_role(stack, root, role_of(root, function))

    with pytest.raises(ClientError, match=r"not authorized|Access Denied"):
        action(account)


def test_scans_start_when_the_parameters_say_so(root: Account) -> None:
    schedule = root.client("scheduler").get_schedule(
        GroupName="zoom-migrator", Name="zoom-migrator-scan-fleet"
    )

    # MiniStack 1.5.33 drops the time zone, so only the template's own test sees that one.
    assert schedule["ScheduleExpression"] == PARAMETERS["ScanScheduleExpression"]
    assert schedule["State"] == "DISABLED"
    assert schedule["Target"]["Arn"] == root.machine


def test_a_scan_that_the_schedule_starts_is_the_schedules(
    operator: Operator, first_scan: dict[str, Any], root: Account
) -> None:
    scheduler = root.client("scheduler")
    group = "zoom-migrator"
    schedule = scheduler.get_schedule(GroupName=group, Name="zoom-migrator-scan-fleet")
    known = {scan["scan_id"] for scan in operator.reads("scan", "list")}
    now = datetime.now(UTC) - timedelta(seconds=1)
    scheduler.create_schedule(
        Name="once",
        GroupName=group,
        ScheduleExpression=f"at({now:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=schedule["Target"],
    )

    def new_scans() -> list[dict[str, Any]]:
        return [scan for scan in operator.reads("scan", "list") if scan["scan_id"] not in known]

    try:
        eventually(lambda: any(scan["status"] == "completed" for scan in new_scans()))
    finally:
        scheduler.delete_schedule(Name="once", GroupName=group)
    (scan,) = new_scans()
    assert (scan["trigger"], scan["requested_by"]) == ("schedule", "schedule")
    assert scan["counts"] == first_scan["counts"]


def test_the_logs_of_the_functions_are_json_and_name_the_scan(
    first_scan: dict[str, Any], root: Account
) -> None:
    lines = [line for line in log_lines(root) if line.startswith("{")]

    written = [json.loads(line) for line in lines]
    ours = [line for line in written if line.get("scan_id") == first_scan["scan_id"]]
    assert {"scan_planned", "batch_scanned", "scan_summarised"} <= {
        line["message"] for line in ours
    }
    assert any(line.get("ScanCompleted") == [1.0] for line in written)


def test_no_secret_is_left_anywhere(
    operator: Operator,
    first_scan: dict[str, Any],
    stack: LocalStack,
    root: Account,
    app: SalesforceApp,
    simulator: SalesforceSimulator,
) -> None:
    places = {
        "the table": json.dumps(root.client("dynamodb").scan(TableName=root.table)["Items"]),
        "the bucket": "".join(objects(root)),
        "the logs": "\n".join(log_lines(root)),
        "the executions": "".join(histories(root)),
        "the screen": "".join(operator.seen),
        "the log of the embedded AWS": stack.emulator.log.read_text(encoding="utf-8"),
        "the stack": json.dumps(stack.outputs),
    }
    orgs = [simulator.org(org["host"]) for org in operator.reads("orgs", "list")]

    assert all(len(text) > 100 for text in places.values())
    assert {place: app.secrets_in(text, orgs) for place, text in places.items()} == {
        place: [] for place in places
    }


def log_lines(root: Account) -> list[str]:
    logs = root.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    return [
        event["message"].rstrip()
        for group in groups
        if re.search(r"/zoom-migrator-", group)
        for event in logs.filter_log_events(logGroupName=group)["events"]
    ]


def objects(root: Account) -> Iterator[str]:
    s3 = root.client("s3")
    for entry in s3.list_objects_v2(Bucket=root.bucket)["Contents"]:
        yield s3.get_object(Bucket=root.bucket, Key=entry["Key"])["Body"].read().decode()


def histories(root: Account) -> Iterator[str]:
    """What Step Functions keeps of every execution and of the children of its map."""
    stepfunctions = root.client("stepfunctions")
    executions = stepfunctions.list_executions(stateMachineArn=root.machine)["executions"]
    for execution in executions:
        arn = execution["executionArn"]
        yield json.dumps(stepfunctions.describe_execution(executionArn=arn), default=str)
        yield json.dumps(stepfunctions.get_execution_history(executionArn=arn), default=str)
        for run in stepfunctions.list_map_runs(executionArn=arn)["mapRuns"]:
            children = stepfunctions.list_executions(mapRunArn=run["mapRunArn"])["executions"]
            for child in children:
                yield json.dumps(
                    stepfunctions.describe_execution(executionArn=child["executionArn"]),
                    default=str,
                )
