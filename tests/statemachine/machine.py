"""A state machine with its real functions, in this process."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from scripts.statemachines import DIRECTORY, Definition, load
from tests.adapters.embedded_aws import REGION
from tests.functions.deployment import Deployment
from tests.functions.resources import ACCOUNT, function_arn, function_resources, template
from tests.statemachine.interpreter import HistoryEvent, Interpreter

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef


@dataclass
class Functions:
    """Lambda, as the state machines see it."""

    deployment: Deployment
    _before: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    _after: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    _throttled: list[str] = field(default_factory=list)
    _rushed: list[str] = field(default_factory=list)
    _dying: list[str] = field(default_factory=list)
    _answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def before(self, function: str, happens: Callable[[], object]) -> None:
        """Let something happen right before the next call of a function."""
        self._before.append((function, happens))

    def after(self, function: str, happens: Callable[[], object]) -> None:
        """Let something happen right after the next call of a function."""
        self._after.append((function, happens))

    def throttle(self, function: str, *, times: int) -> None:
        """Have Lambda refuse so many calls of a function for want of concurrency."""
        self._throttled += [function] * times

    def rush(self, function: str, *, times: int) -> None:
        """Leave so many calls of a function hardly any time."""
        self._rushed += [function] * times

    def die(self, function: str, *, times: int) -> None:
        """Let so many calls of a function run out of time, with everything done but the answer."""
        self._dying += [function] * times

    def answer(self, function: str, answer: dict[str, Any]) -> None:
        """Have the next call of a function answered by a later version of it."""
        self._answers[function] = answer

    def invoke(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Do what Lambda's API does for a task state."""
        function = _FUNCTIONS[parameters["FunctionName"]]
        if function in self._throttled:
            self._throttled.remove(function)
            raise _too_many_requests()
        _let_happen(self._before, function)
        try:
            answer = self._answers.pop(function, None) or self._run(function, parameters)
        except Exception as error:
            return {
                "StatusCode": 200,
                "FunctionError": "Unhandled",
                "Payload": {
                    "errorType": type(error).__name__,
                    "errorMessage": str(error),
                    "stackTrace": traceback.format_tb(error.__traceback__),
                },
            }
        _let_happen(self._after, function)
        if function in self._dying:
            self._dying.remove(function)
            return _ran_out_of_time()
        return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": answer}

    def _run(self, function: str, parameters: dict[str, Any]) -> dict[str, Any]:
        seconds_left = 240.0
        if function in self._rushed:
            self._rushed.remove(function)
            seconds_left = 20.0
        event = json.loads(parameters["Payload"])
        return self.deployment.invoke(function, event, seconds_left=seconds_left)


@dataclass
class Machine:
    """A state machine whose executions are watched."""

    functions: Functions
    interpreter: Interpreter
    arn: str
    stepfunctions: SFNClient

    @property
    def deployment(self) -> Deployment:
        return self.functions.deployment

    def ended(self, name: str) -> DescribeExecutionOutputTypeDef:
        """Wait for the end of an execution."""
        self.interpreter.wait_for_end(name)
        return self.describe(name)

    def describe(self, name: str) -> DescribeExecutionOutputTypeDef:
        return self.stepfunctions.describe_execution(executionArn=self.execution_arn(name))

    def events(self, name: str) -> list[HistoryEvent]:
        history: Any = self.stepfunctions.get_execution_history(
            executionArn=self.execution_arn(name), maxResults=1000
        )
        return list(history["events"])

    def execution_arn(self, name: str) -> str:
        return f"{self.arn.replace(':stateMachine:', ':execution:')}:{name}"

    def status_change(self, name: str) -> dict[str, Any]:
        """The event that EventBridge sends about the end of an execution; moto sends none."""
        execution = self.describe(name)
        return {
            "version": "0",
            "source": "aws.states",
            "detail-type": "Step Functions Execution Status Change",
            "account": ACCOUNT,
            "region": REGION,
            "resources": [execution["executionArn"]],
            "detail": {
                "executionArn": execution["executionArn"],
                "stateMachineArn": execution["stateMachineArn"],
                "name": execution["name"],
                "status": execution["status"],
                "startDate": int(execution["startDate"].timestamp() * 1000),
                "stopDate": int(execution["stopDate"].timestamp() * 1000),
                "input": execution["input"],
                "output": None,
                "error": execution.get("error"),
                "cause": execution.get("cause"),
            },
        }


def failures_in(events: list[HistoryEvent]) -> tuple[str, ...]:
    """The errors that tasks failed with, those that were retried included."""
    return tuple(
        event["taskFailedEventDetails"]["error"]
        for event in events
        if event["type"] == "TaskFailed"
    )


def definition(machine: str = "ScanFleet") -> Definition:
    """The definition of a state machine as the template deploys it."""
    properties = template()["Resources"][machine]["Properties"]
    text = json.dumps(load(DIRECTORY.parent / properties["DefinitionUri"]))
    for name, value in properties["DefinitionSubstitutions"].items():
        text = text.replace(f"${{{name}}}", function_arn(value["Fn::GetAtt"][0]))
    return dict(json.loads(text))


_FUNCTIONS: Final = {
    function_arn(logical_id): name for logical_id, name in function_resources().items()
}


def _ran_out_of_time() -> dict[str, Any]:
    return {
        "StatusCode": 200,
        "FunctionError": "Unhandled",
        "Payload": {
            "errorType": "Sandbox.Timedout",
            "errorMessage": "RequestId: 5f3d8c1e Error: Task timed out after 240.00 seconds",
        },
    }


def _let_happen(waiting: list[tuple[str, Callable[[], object]]], function: str) -> None:
    for entry in [entry for entry in waiting if entry[0] == function]:
        waiting.remove(entry)
        entry[1]()


def _too_many_requests() -> ClientError:
    return ClientError(
        {
            "Error": {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."},
            "ResponseMetadata": {
                "HTTPStatusCode": 429,
                "RequestId": "5f3d8c1e",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
                "HostId": "",
            },
        },
        "Invoke",
    )
