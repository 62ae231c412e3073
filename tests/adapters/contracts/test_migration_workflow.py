"""What every migration workflow does, whatever runs its migrations."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import NOW, org_id_of
from zoom_migrator.adapters.memory.workflow import InMemoryMigrationWorkflow
from zoom_migrator.adapters.stepfunctions import StepFunctionsMigrationWorkflow
from zoom_migrator.domain.migration import Migration
from zoom_migrator.ports import MigrationWorkflow

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

WAIT = {"Type": "Wait", "Seconds": 60, "End": True}
WAITS = {"StartAt": "Wait", "States": {"Wait": WAIT}}


@dataclass(frozen=True)
class World:
    """A workflow, and what happens around it.

    Attributes:
        abort: Ends a run from outside.
        running: Ids of the migrations that run.
    """

    workflow: MigrationWorkflow
    abort: Callable[[str], object]
    running: Callable[[], set[str]]


def a_migration(number: int = 1, attempt: int = 1) -> Migration:
    return Migration(
        org_id=org_id_of(number),
        attempt=attempt,
        trigger="operator",
        requested_by="ada",
        started_at=NOW,
    )


@pytest.fixture(params=["memory", "stepfunctions"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        memory = InMemoryMigrationWorkflow()
        return World(
            memory, lambda name: memory.fail(name, "the run aborted"), lambda: memory.running
        )
    request.getfixturevalue("aws")
    return _stepfunctions(client("stepfunctions"))


def _stepfunctions(stepfunctions: SFNClient) -> World:
    machine = stepfunctions.create_state_machine(
        name="migrate-org",
        definition=json.dumps(WAITS),
        roleArn="arn:aws:iam::123456789012:role/migrate-org",
    )["stateMachineArn"]
    executions = machine.replace(":stateMachine:", ":execution:")

    def running() -> set[str]:
        found = stepfunctions.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        return {execution["name"] for execution in found["executions"]}

    return World(
        StepFunctionsMigrationWorkflow(stepfunctions, machine),
        lambda name: stepfunctions.stop_execution(executionArn=f"{executions}:{name}"),
        running,
    )


def test_a_migration_that_was_started_runs_and_is_all_right(world: World) -> None:
    world.workflow.start(a_migration())

    assert world.running() == {f"{org_id_of(1)}-1"}
    assert world.workflow.failure_of(a_migration()) is None


def test_a_migration_that_was_never_started_is_not_all_right(world: World) -> None:
    world.workflow.start(a_migration(2))

    assert world.workflow.failure_of(a_migration(1)) == "no run of it is known"


def test_starting_a_migration_again_leaves_it_as_it_is(world: World) -> None:
    world.workflow.start(a_migration())
    world.workflow.start(a_migration())

    assert world.running() == {f"{org_id_of(1)}-1"}


def test_a_migration_whose_run_is_over_is_not_started_again(world: World) -> None:
    world.workflow.start(a_migration())
    world.abort(f"{org_id_of(1)}-1")

    world.workflow.start(a_migration())

    assert world.running() == set()
    assert world.workflow.failure_of(a_migration()) is not None


def test_each_attempt_of_each_org_runs_by_itself(world: World) -> None:
    for number, attempt in [(1, 1), (1, 2), (2, 1)]:
        world.workflow.start(a_migration(number, attempt))

    world.workflow.stop(a_migration(1, 1), reason="enough")

    assert world.running() == {f"{org_id_of(1)}-2", f"{org_id_of(2)}-1"}


def test_why_a_run_ended_without_completing_is_told(world: World) -> None:
    world.workflow.start(a_migration())
    world.abort(f"{org_id_of(1)}-1")

    assert "aborted" in (world.workflow.failure_of(a_migration()) or "")


def test_a_migration_that_was_stopped_runs_no_more(world: World) -> None:
    world.workflow.start(a_migration())
    world.workflow.stop(a_migration(), reason="the customer asked for it")

    assert world.running() == set()
    assert "aborted" in (world.workflow.failure_of(a_migration()) or "")


def test_stopping_again_or_what_was_never_started_changes_nothing(world: World) -> None:
    world.workflow.stop(a_migration(), reason="too early")
    world.workflow.start(a_migration())
    world.workflow.stop(a_migration(), reason="enough")
    before = world.workflow.failure_of(a_migration())

    world.workflow.stop(a_migration(), reason="too late")

    assert world.running() == set()
    assert world.workflow.failure_of(a_migration()) == before


def test_a_memory_of_runs_can_be_made_to_forget_and_to_complete() -> None:
    workflow = InMemoryMigrationWorkflow()
    for number in (1, 2):
        workflow.start(a_migration(number))

    workflow.complete(a_migration(1).migration_id)
    workflow.forget(a_migration(2).migration_id)

    assert workflow.failure_of(a_migration(1)) is None
    assert workflow.failure_of(a_migration(2)) == "no run of it is known"
    assert workflow.running == set()
    assert workflow.started == [a_migration(1).migration_id]
