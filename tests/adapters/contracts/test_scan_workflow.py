"""What every scan workflow does, whatever runs its scans."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import SCAN_ID
from zoom_migrator.adapters.memory.workflow import InMemoryScanWorkflow
from zoom_migrator.adapters.stepfunctions import StepFunctionsScanWorkflow
from zoom_migrator.domain.errors import ScanNotFound
from zoom_migrator.ports import ScanWorkflow

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

WAIT = {"Type": "Wait", "Seconds": 60, "End": True}
WAITS = {"StartAt": "Wait", "States": {"Wait": WAIT}}


@dataclass(frozen=True)
class World:
    """A workflow, and what happens around it."""

    workflow: ScanWorkflow
    abort: Callable[[str], object]
    requester_of: Callable[[str], str]


@pytest.fixture(params=["memory", "stepfunctions"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        memory = InMemoryScanWorkflow()
        return World(
            memory, lambda scan_id: memory.fail(scan_id, "aborted"), lambda s: memory.started[s]
        )
    request.getfixturevalue("aws")
    return _stepfunctions(client("stepfunctions"))


def _stepfunctions(stepfunctions: SFNClient) -> World:
    machine = stepfunctions.create_state_machine(
        name="scan-fleet",
        definition=json.dumps(WAITS),
        roleArn="arn:aws:iam::123456789012:role/scan-fleet",
    )["stateMachineArn"]

    def arn(scan_id: str) -> str:
        return machine.replace(":stateMachine:", ":execution:") + f":{scan_id}"

    def requester_of(scan_id: str) -> str:
        scan_input = json.loads(
            stepfunctions.describe_execution(executionArn=arn(scan_id))["input"]
        )
        assert scan_input["trigger"] == "operator"
        return str(scan_input["requested_by"])

    return World(
        StepFunctionsScanWorkflow(stepfunctions, machine),
        lambda scan_id: stepfunctions.stop_execution(executionArn=arn(scan_id)),
        requester_of,
    )


def test_a_scan_that_was_started_is_all_right(world: World) -> None:
    world.workflow.start(SCAN_ID, requested_by="an operator")

    assert world.workflow.failure_of(SCAN_ID) is None
    assert world.requester_of(SCAN_ID) == "an operator"


@pytest.mark.parametrize("requester", ["an operator", "another operator"])
def test_starting_a_scan_again_leaves_the_first_as_it_is(world: World, requester: str) -> None:
    world.workflow.start(SCAN_ID, requested_by="an operator")
    world.workflow.start(SCAN_ID, requested_by=requester)

    assert world.requester_of(SCAN_ID) == "an operator"


def test_a_scan_that_ended_is_not_started_again(world: World) -> None:
    world.workflow.start(SCAN_ID, requested_by="an operator")
    world.abort(SCAN_ID)
    world.workflow.start(SCAN_ID, requested_by="an operator")

    assert world.workflow.failure_of(SCAN_ID) is not None


def test_why_a_run_ended_without_completing_is_told(world: World) -> None:
    world.workflow.start(SCAN_ID, requested_by="an operator")
    world.abort(SCAN_ID)

    assert "aborted" in (world.workflow.failure_of(SCAN_ID) or "")


@pytest.mark.parametrize("scan_id", ["scan-other", "no such name", ""])
def test_a_scan_that_was_never_started_is_not_found(world: World, scan_id: str) -> None:
    world.workflow.start(SCAN_ID, requested_by="an operator")

    with pytest.raises(ScanNotFound):
        world.workflow.failure_of(scan_id)
