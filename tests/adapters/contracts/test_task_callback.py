"""What every callback of waiting tasks does, whoever waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication

from tests.adapters.embedded_aws import client, embedded_aws
from zoom_migrator.adapters.memory.workflow import InMemoryTaskCallback
from zoom_migrator.adapters.stepfunctions import StepFunctionsTaskCallback
from zoom_migrator.ports import TaskCallback

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

ASKS = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {
                "FunctionName": "arn:aws:lambda:eu-central-1:123456789012:function:ask",
                "Payload": {"task_token.$": "$$.Task.Token"},
            },
            "TimeoutSeconds": 300,
            "End": True,
        }
    },
}
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class World:
    """A callback, and tasks that wait.

    Attributes:
        begin_to_wait: Has one more task wait and tells its token.
        until_one_ended: Returns when one more of the tasks has gone on.
    """

    callback: TaskCallback
    begin_to_wait: Callable[[], str]
    until_one_ended: Callable[[], object] = lambda: None


@pytest.fixture(params=["memory", "stepfunctions"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    if request.param == "memory":
        yield _memory()
        return
    given, ended = _let_moto_run_machines(monkeypatch)
    with embedded_aws(monkeypatch):
        yield _stepfunctions(client("stepfunctions"), given, ended)


def _memory() -> World:
    callback, numbers = InMemoryTaskCallback(), count(1)

    def begin_to_wait() -> str:
        token = f"token-{next(numbers)}"
        callback.wait(token)
        return token

    return World(callback, begin_to_wait)


def _let_moto_run_machines(monkeypatch: pytest.MonkeyPatch) -> tuple[Queue[str], Queue[str]]:
    """Moto runs functions in Docker; here the token that one is given is noted.

    Returns:
        The tokens that were given, and the names of executions that ended.
    """
    given: Queue[str] = Queue()
    ended: Queue[str] = Queue()
    terminate = BaseExecutionWorkerCommunication.terminated

    def invoke(parameters: dict[str, Any], **_: object) -> dict[str, Any]:
        given.put(json.loads(parameters["Payload"])["task_token"])
        return {"Payload": {}}

    def terminate_and_tell(worker: BaseExecutionWorkerCommunication) -> None:
        terminate(worker)
        ended.put(worker.execution.name)

    monkeypatch.setattr(BaseExecutionWorkerCommunication, "terminated", terminate_and_tell)
    monkeypatch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": True})
    monkeypatch.setattr(lambda_eval_utils, "_invoke_lambda_function", invoke)
    return given, ended


def _stepfunctions(stepfunctions: SFNClient, given: Queue[str], ended: Queue[str]) -> World:
    machine = stepfunctions.create_state_machine(
        name="asks",
        definition=json.dumps(ASKS),
        roleArn="arn:aws:iam::123456789012:role/asks",
    )["stateMachineArn"]

    numbers = count(1)

    def begin_to_wait() -> str:
        name = f"asks-{next(numbers)}"
        stepfunctions.start_execution(stateMachineArn=machine, name=name, input="{}")
        return given.get(timeout=PATIENCE_SECONDS)

    return World(
        StepFunctionsTaskCallback(stepfunctions),
        begin_to_wait,
        lambda: ended.get(timeout=PATIENCE_SECONDS),
    )


def test_a_waiting_task_is_let_end_once(world: World) -> None:
    token = world.begin_to_wait()

    assert world.callback.complete(token) is True
    world.until_one_ended()
    assert world.callback.complete(token) is False


def test_a_task_is_woken_by_its_own_token(world: World) -> None:
    tokens = [world.begin_to_wait() for _ in range(2)]

    assert [world.callback.complete(token) for token in reversed(tokens)] == [True, True]
    for _ in tokens:
        world.until_one_ended()


@pytest.mark.parametrize("token", ["never given out", "x" * 2_048])
def test_nobody_waits_with_a_token_that_was_never_given_out(world: World, token: str) -> None:
    world.begin_to_wait()

    assert world.callback.complete(token) is False


def test_nobody_waits_in_memory_after_the_time_is_over() -> None:
    callback = InMemoryTaskCallback()
    callback.wait("token")
    callback.time_out("token")

    assert callback.complete("token") is False
    assert callback.completed == []
