"""The scan's state machine with its real functions, in this process."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError

from scripts.statemachines import DIRECTORY, Definition, load
from tests.adapters.embedded_aws import REGION, client
from tests.functions.deployment import (
    ACCOUNT,
    Deployment,
    deployed,
    function_arn,
    function_resources,
    template,
)
from tests.functions.salesforce_app import SalesforceApp
from tests.statemachine.interpreter import Interpreter, runnable, steps, threads_of

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

NAME: Final = "zoom-migrator-scan-fleet"
_BY_OPERATOR: Final = {"trigger": "operator", "requested_by": "arn:aws:iam::123456789012:user/ada"}


@dataclass(frozen=True)
class Run:
    """An execution that ended.

    Attributes:
        path: The states it went through; one that was left by its Catch ends with ``!``.
        batches: The paths of the Map's children.
        failures: The errors that tasks failed with, those that were retried included.
        history: All events, those of the Map's children included.
    """

    status: str
    path: tuple[str, ...]
    batches: tuple[tuple[str, ...], ...]
    failures: tuple[str, ...]
    output: Any
    error: str
    cause: str
    history: str


@dataclass
class ScanMachine:
    """Starts scans and watches them."""

    deployment: Deployment
    interpreter: Interpreter
    arn: str
    stepfunctions: SFNClient
    _before: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    _after: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    _throttled: list[str] = field(default_factory=list)

    def before(self, function: str, happens: Callable[[], object]) -> None:
        """Let something happen right before the next call of a function."""
        self._before.append((function, happens))

    def after(self, function: str, happens: Callable[[], object]) -> None:
        """Let something happen right after the next call of a function."""
        self._after.append((function, happens))

    def throttle(self, function: str, *, times: int) -> None:
        """Have Lambda refuse so many calls of a function for want of concurrency."""
        self._throttled += [function] * times

    def start(self, scan_id: str, scan_input: dict[str, str] | None = None) -> None:
        self.stepfunctions.start_execution(
            stateMachineArn=self.arn, name=scan_id, input=json.dumps(scan_input or _BY_OPERATOR)
        )

    def run(self, scan_id: str, scan_input: dict[str, str] | None = None) -> Run:
        """Start a scan and wait for its end."""
        self.start(scan_id, scan_input)
        return self.end_of(scan_id)

    def end_of(self, scan_id: str) -> Run:
        """Wait for the end of a scan."""
        self.interpreter.wait_for_end(scan_id)
        execution = self.describe(scan_id)
        history: Any = self.stepfunctions.get_execution_history(
            executionArn=self.execution_arn(scan_id), maxResults=1000
        )["events"]
        children = [
            child
            for map_run in self.interpreter.histories_of_children()
            for child in threads_of(map_run, "ScanOrgs")
            if scan_id in child[0]["stateEnteredEventDetails"]["input"]
        ]
        everything = [history, children]
        return Run(
            status=execution["status"],
            path=steps(history),
            batches=tuple(sorted(steps(child) for child in children)),
            failures=tuple(
                event["taskFailedEventDetails"]["error"]
                for events in [history, *children]
                for event in events
                if event["type"] == "TaskFailed"
            ),
            output=json.loads(execution.get("output", "null")),
            error=execution.get("error", ""),
            cause=execution.get("cause", ""),
            history=json.dumps(everything, default=str),
        )

    def describe(self, scan_id: str) -> DescribeExecutionOutputTypeDef:
        return self.stepfunctions.describe_execution(executionArn=self.execution_arn(scan_id))

    def execution_arn(self, scan_id: str) -> str:
        return f"{self.arn.replace(':stateMachine:', ':execution:')}:{scan_id}"

    def status_change(self, scan_id: str) -> dict[str, Any]:
        """The event that EventBridge sends about the end of a scan; moto sends none."""
        execution = self.describe(scan_id)
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

    def invoke(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Do what Lambda's API does for a task state."""
        function = _FUNCTIONS[parameters["FunctionName"]]
        if function in self._throttled:
            self._throttled.remove(function)
            raise _too_many_requests()
        _let_happen(self._before, function)
        try:
            answer = self.deployment.invoke(function, json.loads(parameters["Payload"]))
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
        return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": answer}


_FUNCTIONS: Final = {
    function_arn(logical_id): name for logical_id, name in function_resources().items()
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


def definition() -> Definition:
    """The definition as the template deploys it."""
    properties = template()["Resources"]["ScanFleet"]["Properties"]
    text = json.dumps(load(DIRECTORY.parent / properties["DefinitionUri"]))
    for name, value in properties["DefinitionSubstitutions"].items():
        text = text.replace(f"${{{name}}}", function_arn(value["Fn::GetAtt"][0]))
    return dict(json.loads(text))


@contextmanager
def machine_with_functions(
    monkeypatch: pytest.MonkeyPatch, app: SalesforceApp
) -> Iterator[ScanMachine]:
    """The state machine and all it works on, for the length of the block."""
    interpreter, machines = Interpreter(), list[ScanMachine]()
    interpreter.install(monkeypatch, lambda parameters: machines[0].invoke(parameters))
    with deployed(monkeypatch, app) as deployment:
        stepfunctions: SFNClient = client("stepfunctions")
        created = stepfunctions.create_state_machine(
            name=NAME,
            definition=json.dumps(runnable(definition())),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/scan-fleet",
        )
        machine = ScanMachine(deployment, interpreter, created["stateMachineArn"], stepfunctions)
        machines.append(machine)
        yield machine
