"""What only the scans and migrations run by Step Functions do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from tests.adapters.embedded_aws import client
from tests.builders import NOW, SCAN_ID, org_id_of
from zoom_migrator.adapters.stepfunctions import (
    StepFunctionsMigrationWorkflow,
    StepFunctionsScanWorkflow,
    StepFunctionsTaskCallback,
)
from zoom_migrator.domain.errors import (
    InvalidSettings,
    InvariantViolation,
    ScanNotFound,
    StoreUnavailable,
)
from zoom_migrator.domain.migration import Migration

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:scan-fleet"
EXECUTION = f"arn:aws:states:eu-central-1:123456789012:execution:scan-fleet:{SCAN_ID}"
MIGRATE_ORG = "arn:aws:states:eu-central-1:123456789012:stateMachine:migrate-org"
MIGRATION = Migration(
    org_id=org_id_of(1), attempt=3, trigger="operator", requested_by="ada", started_at=NOW
)
RUN_OF_MIGRATION = f"{MIGRATE_ORG.replace('stateMachine', 'execution')}:{org_id_of(1)}-3"
TOKEN = "made-up-task-token"


@pytest.fixture
def stepfunctions(aws: None) -> SFNClient:
    stepfunctions: SFNClient = client("stepfunctions")
    return stepfunctions


def _failure(stepfunctions: SFNClient, machine: str = MACHINE, **execution: Any) -> str | None:
    answer = {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "startDate": datetime(2026, 7, 1, tzinfo=UTC),
    }
    with Stubber(stepfunctions) as stub:
        stub.add_response("describe_execution", answer | execution, {"executionArn": EXECUTION})
        return StepFunctionsScanWorkflow(stepfunctions, machine).failure_of(SCAN_ID)


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "PENDING_REDRIVE"])
def test_a_run_that_goes_on_or_completed_has_no_failure(
    stepfunctions: SFNClient, status: str
) -> None:
    assert _failure(stepfunctions, status=status) is None


@pytest.mark.parametrize(
    ("execution", "expected"),
    [
        ({"status": "TIMED_OUT"}, "the run timed out"),
        ({"status": "ABORTED", "cause": "stopped by hand"}, "the run aborted: stopped by hand"),
        (
            {"status": "FAILED", "error": "States.Runtime", "cause": "a path\n  is  missing"},
            "the run failed: States.Runtime: a path is missing",
        ),
        (
            {
                "status": "FAILED",
                "error": "StoreUnavailable",
                "cause": json.dumps(
                    {
                        "errorMessage": "DynamoDB table orgs keeps throttling.",
                        "errorType": "StoreUnavailable",
                        "stackTrace": ['  File "/var/task/app.py", line 1'],
                    }
                ),
            },
            "the run failed: StoreUnavailable: DynamoDB table orgs keeps throttling.",
        ),
        (
            {"status": "FAILED", "error": "E", "cause": '{"errorMessage": null}'},
            'the run failed: E: {"errorMessage": null}',
        ),
    ],
)
def test_a_failure_is_told_in_one_line(
    stepfunctions: SFNClient, execution: dict[str, Any], expected: str
) -> None:
    assert _failure(stepfunctions, **execution) == expected


def test_a_long_cause_is_shortened(stepfunctions: SFNClient) -> None:
    told = _failure(stepfunctions, status="FAILED", error="E", cause="x" * 32_768)

    assert told is not None
    assert len(told) < 400
    assert told.endswith("…")


def test_a_machine_named_by_alias_has_the_same_executions(stepfunctions: SFNClient) -> None:
    assert _failure(stepfunctions, machine=f"{MACHINE}:live", status="RUNNING") is None


@pytest.mark.parametrize(
    "arn", ["", "scan-fleet", MACHINE.replace("stateMachine", "activity"), MACHINE[:-11]]
)
def test_anything_but_the_arn_of_a_machine_is_refused_at_once(
    stepfunctions: SFNClient, arn: str
) -> None:
    with pytest.raises(InvalidSettings, match="not the ARN of a state machine"):
        StepFunctionsScanWorkflow(stepfunctions, arn)
    with pytest.raises(InvalidSettings, match="not the ARN of a state machine"):
        StepFunctionsMigrationWorkflow(stepfunctions, arn)


def test_a_machine_that_does_not_exist_is_a_matter_of_settings(stepfunctions: SFNClient) -> None:
    workflow = StepFunctionsScanWorkflow(stepfunctions, MACHINE)

    with pytest.raises(InvalidSettings, match="scan-fleet does not exist"):
        workflow.start(SCAN_ID, requested_by="an operator")


@pytest.mark.parametrize("code", ["ExecutionDoesNotExist", "InvalidArn"])
def test_a_run_that_aws_does_not_know_or_could_not_name_is_not_found(
    stepfunctions: SFNClient, code: str
) -> None:
    with Stubber(stepfunctions) as stub:
        stub.add_client_error("describe_execution", code, "refused", http_status_code=400)

        with pytest.raises(ScanNotFound):
            StepFunctionsScanWorkflow(stepfunctions, MACHINE).failure_of("no such scan")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("ExecutionLimitExceeded", StoreUnavailable),
        ("ThrottlingException", StoreUnavailable),
        ("AccessDeniedException", InvalidSettings),
        ("InvalidName", InvariantViolation),
    ],
)
def test_a_start_that_is_refused_says_what_it_means(
    stepfunctions: SFNClient, code: str, meaning: type[Exception]
) -> None:
    with Stubber(stepfunctions) as stub:
        stub.add_client_error("start_execution", code, "refused", http_status_code=400)

        with pytest.raises(meaning):
            StepFunctionsScanWorkflow(stepfunctions, MACHINE).start(SCAN_ID, requested_by="ada")


def test_a_migration_is_started_under_its_id_with_no_more_than_org_and_attempt(
    stepfunctions: SFNClient,
) -> None:
    with Stubber(stepfunctions) as stub:
        stub.add_response(
            "start_execution",
            {"executionArn": RUN_OF_MIGRATION, "startDate": NOW},
            {
                "stateMachineArn": MIGRATE_ORG,
                "name": f"{org_id_of(1)}-3",
                "input": json.dumps({"org_id": org_id_of(1), "attempt": 3}),
            },
        )

        StepFunctionsMigrationWorkflow(stepfunctions, MIGRATE_ORG).start(MIGRATION)

        stub.assert_no_pending_responses()


def test_a_migration_is_stopped_with_the_reason(stepfunctions: SFNClient) -> None:
    expected = {"executionArn": RUN_OF_MIGRATION, "cause": "asked for by the customer"}
    with Stubber(stepfunctions) as stub:
        stub.add_response("stop_execution", {"stopDate": NOW}, expected)

        StepFunctionsMigrationWorkflow(stepfunctions, MIGRATE_ORG).stop(
            MIGRATION, reason="asked for by the customer"
        )

        stub.assert_no_pending_responses()


def test_a_reason_that_is_too_long_for_aws_stops_a_migration_all_the_same(
    stepfunctions: SFNClient,
) -> None:
    expected = {"executionArn": RUN_OF_MIGRATION, "cause": "x" * 32_768}
    with Stubber(stepfunctions) as stub:
        stub.add_response("stop_execution", {"stopDate": NOW}, expected)

        StepFunctionsMigrationWorkflow(stepfunctions, MIGRATE_ORG).stop(
            MIGRATION, reason="x" * 40_000
        )

        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("RUNNING", None),
        ("SUCCEEDED", None),
        ("PENDING_REDRIVE", None),
        ("FAILED", "the run failed: Crash: it broke"),
        ("TIMED_OUT", "the run timed out: Crash: it broke"),
        ("ABORTED", "the run aborted: Crash: it broke"),
    ],
)
def test_a_migration_fails_with_its_run(
    stepfunctions: SFNClient, status: str, failure: str | None
) -> None:
    answer = {
        "executionArn": RUN_OF_MIGRATION,
        "stateMachineArn": MIGRATE_ORG,
        "startDate": NOW,
        "status": status,
        "error": "Crash",
        "cause": "it broke",
    }
    with Stubber(stepfunctions) as stub:
        stub.add_response("describe_execution", answer, {"executionArn": RUN_OF_MIGRATION})
        workflow = StepFunctionsMigrationWorkflow(stepfunctions, MIGRATE_ORG)

        assert workflow.failure_of(MIGRATION) == failure


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("ThrottlingException", StoreUnavailable),
        ("StateMachineDoesNotExist", InvalidSettings),
        ("AccessDeniedException", InvalidSettings),
        ("ValidationException", InvariantViolation),
    ],
)
def test_a_migration_that_cannot_be_started_stopped_or_seen_says_why(
    stepfunctions: SFNClient, code: str, meaning: type[Exception]
) -> None:
    workflow = StepFunctionsMigrationWorkflow(stepfunctions, MIGRATE_ORG)
    calls: dict[str, Callable[[], object]] = {
        "start_execution": lambda: workflow.start(MIGRATION),
        "stop_execution": lambda: workflow.stop(MIGRATION, reason="enough"),
        "describe_execution": lambda: workflow.failure_of(MIGRATION),
    }
    for operation, call in calls.items():
        with Stubber(stepfunctions) as stub:
            stub.add_client_error(operation, code, "refused", http_status_code=400)

            with pytest.raises(meaning):
                call()


def test_a_waiting_task_is_told_no_more_than_that_it_may_go_on(stepfunctions: SFNClient) -> None:
    with Stubber(stepfunctions) as stub:
        stub.add_response("send_task_success", {}, {"taskToken": TOKEN, "output": "{}"})

        assert StepFunctionsTaskCallback(stepfunctions).complete(TOKEN) is True


@pytest.mark.parametrize("code", ["InvalidToken", "TaskDoesNotExist", "TaskTimedOut"])
def test_a_task_that_waits_no_more_is_not_woken(stepfunctions: SFNClient, code: str) -> None:
    with Stubber(stepfunctions) as stub:
        stub.add_client_error("send_task_success", code, TOKEN, http_status_code=400)

        assert StepFunctionsTaskCallback(stepfunctions).complete(TOKEN) is False


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("ThrottlingException", StoreUnavailable),
        ("KmsThrottlingException", StoreUnavailable),
        ("AccessDeniedException", InvalidSettings),
        ("KmsAccessDeniedException", InvalidSettings),
        ("InvalidOutput", InvariantViolation),
    ],
)
def test_a_task_that_cannot_be_woken_at_present_says_why(
    stepfunctions: SFNClient, code: str, meaning: type[Exception]
) -> None:
    with Stubber(stepfunctions) as stub:
        stub.add_client_error("send_task_success", code, "refused", http_status_code=400)

        with pytest.raises(meaning):
            StepFunctionsTaskCallback(stepfunctions).complete(TOKEN)
