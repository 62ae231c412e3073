"""What only the scans run by Step Functions do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from tests.adapters.embedded_aws import client
from tests.builders import SCAN_ID
from zoom_migrator.adapters.stepfunctions import StepFunctionsScanWorkflow
from zoom_migrator.domain.errors import (
    InvalidSettings,
    InvariantViolation,
    ScanNotFound,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:scan-fleet"
EXECUTION = f"arn:aws:states:eu-central-1:123456789012:execution:scan-fleet:{SCAN_ID}"


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
