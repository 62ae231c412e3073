"""Starts, stops and watches executions of the state machines, and wakes one that waits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import aws_calls, error_code
from zoom_migrator.causes import message_in
from zoom_migrator.domain.errors import InvalidSettings, ScanNotFound
from zoom_migrator.domain.migration import Migration

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

_ENDED_BADLY: Final = {"FAILED": "failed", "TIMED_OUT": "timed out", "ABORTED": "aborted"}
# InvalidArn: an id with characters that no execution name may have.
_UNKNOWN: Final = frozenset({"ExecutionDoesNotExist", "InvalidArn"})
_NOBODY_WAITS: Final = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})
_MAX_CAUSE_CHARACTERS: Final = 300
# Source: Step Functions API reference, StopExecution.
_MAX_STOP_CAUSE_CHARACTERS: Final = 32_768


class StepFunctionsScanWorkflow:
    """The :class:`~zoom_migrator.ports.ScanWorkflow` of the deployed product.

    A scan's id is the name of its execution, which is what makes starting it idempotent.
    """

    def __init__(self, client: SFNClient, state_machine_arn: str) -> None:
        """Take what the state machine is reached by.

        Raises:
            InvalidSettings: Not the ARN of a state machine.
        """
        self._machine = _StateMachine(client, state_machine_arn)

    def start(self, scan_id: str, *, requested_by: str) -> None:
        """See the port; a scan that was started under this id before is left as it is."""
        self._machine.start(scan_id, {"trigger": "operator", "requested_by": requested_by})

    def failure_of(self, scan_id: str) -> str | None:
        """See the port.

        Raises:
            ScanNotFound: No execution has this name; they are forgotten after 90 days.
        """
        execution = self._machine.describe(scan_id)
        if execution is None:
            raise ScanNotFound(
                f"No scan {scan_id!r} is known.", remedy="See `zoom-migrator scan list`."
            )
        return _failure(execution)


class StepFunctionsMigrationWorkflow:
    """The :class:`~zoom_migrator.ports.MigrationWorkflow` of the deployed product.

    A migration's id is the name of its execution. Step Functions keeps names for 90 days after
    an execution's end, so within them no attempt can run twice.
    """

    def __init__(self, client: SFNClient, state_machine_arn: str) -> None:
        """Take what the state machine is reached by.

        Raises:
            InvalidSettings: Not the ARN of a state machine.
        """
        self._machine = _StateMachine(client, state_machine_arn)

    def start(self, migration: Migration) -> None:
        """See the port."""
        self._machine.start(
            migration.migration_id, {"org_id": migration.org_id, "attempt": migration.attempt}
        )

    def stop(self, migration: Migration, *, reason: str) -> None:
        """See the port."""
        self._machine.stop(migration.migration_id, reason)

    def failure_of(self, migration: Migration) -> str | None:
        """See the port."""
        execution = self._machine.describe(migration.migration_id)
        return "no run of it is known" if execution is None else _failure(execution)


class StepFunctionsTaskCallback:
    """The :class:`~zoom_migrator.ports.TaskCallback` of the deployed product."""

    def __init__(self, client: SFNClient) -> None:
        self._client = client

    def complete(self, task_token: str) -> bool:
        """See the port.

        False may also mean that an earlier try of the same call arrived and only its answer was
        lost; the client library repeats calls.
        """
        with aws_calls("Step Functions"):
            try:
                self._client.send_task_success(taskToken=task_token, output="{}")
            except ClientError as error:
                if error_code(error) not in _NOBODY_WAITS:
                    raise
                return False
        return True


class _StateMachine:
    """A state machine whose executions are found by name."""

    def __init__(self, client: SFNClient, arn: str) -> None:
        parts = arn.split(":")
        if len(parts) < 7 or parts[5] != "stateMachine":
            raise InvalidSettings(f"{arn!r} is not the ARN of a state machine.")
        self._client = client
        self._arn = arn
        self._execution_prefix = ":".join([*parts[:5], "execution", parts[6]])

    def start(self, name: str, execution_input: Mapping[str, object]) -> None:
        """Start an execution, unless there is or was one of this name."""
        with self._calls():
            try:
                self._client.start_execution(
                    stateMachineArn=self._arn, name=name, input=json.dumps(execution_input)
                )
            except ClientError as error:
                if error_code(error) != "ExecutionAlreadyExists":
                    raise

    def stop(self, name: str, reason: str) -> None:
        """Stop an execution; one that is over or unknown is left alone."""
        with self._calls():
            try:
                self._client.stop_execution(
                    executionArn=self._execution(name), cause=reason[:_MAX_STOP_CAUSE_CHARACTERS]
                )
            except ClientError as error:
                if error_code(error) not in _UNKNOWN:
                    raise

    def describe(self, name: str) -> DescribeExecutionOutputTypeDef | None:
        """An execution, or None where Step Functions does not know it (any more)."""
        with self._calls():
            try:
                return self._client.describe_execution(executionArn=self._execution(name))
            except ClientError as error:
                if error_code(error) not in _UNKNOWN:
                    raise
        return None

    def _execution(self, name: str) -> str:
        return f"{self._execution_prefix}:{name}"

    def _calls(self) -> AbstractContextManager[None]:
        return aws_calls(f"State machine {self._arn}")


def _failure(execution: DescribeExecutionOutputTypeDef) -> str | None:
    ended = _ENDED_BADLY.get(execution["status"])
    if ended is None:
        return None
    parts = [f"the run {ended}", execution.get("error", ""), _reason(execution.get("cause", ""))]
    return ": ".join(part for part in parts if part)


def _reason(cause: str) -> str:
    message = message_in(cause)
    if len(message) <= _MAX_CAUSE_CHARACTERS:
        return message
    return message[: _MAX_CAUSE_CHARACTERS - 1] + "…"
