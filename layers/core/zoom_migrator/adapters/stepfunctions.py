"""Starts and watches executions of the scan's state machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import aws_calls, error_code
from zoom_migrator.causes import message_in
from zoom_migrator.domain.errors import InvalidSettings, ScanNotFound

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

_ENDED_BADLY: Final = {"FAILED": "failed", "TIMED_OUT": "timed out", "ABORTED": "aborted"}
# InvalidArn: a scan id with characters that no execution name may have.
_UNKNOWN: Final = frozenset({"ExecutionDoesNotExist", "InvalidArn"})
_MAX_CAUSE_CHARACTERS: Final = 300


class StepFunctionsScanWorkflow:
    """The :class:`~zoom_migrator.ports.ScanWorkflow` of the deployed product.

    A scan's id is the name of its execution, which is what makes starting it idempotent.
    """

    def __init__(self, client: SFNClient, state_machine_arn: str) -> None:
        """Take what the state machine is reached by.

        Raises:
            InvalidSettings: Not the ARN of a state machine.
        """
        parts = state_machine_arn.split(":")
        if len(parts) < 7 or parts[5] != "stateMachine":
            raise InvalidSettings(f"{state_machine_arn!r} is not the ARN of a state machine.")
        self._client = client
        self._state_machine_arn = state_machine_arn
        self._execution_prefix = ":".join([*parts[:5], "execution", parts[6]])

    def start(self, scan_id: str, *, requested_by: str) -> None:
        """See the port; a scan that was started under this id before is left as it is."""
        scan_input = json.dumps({"trigger": "operator", "requested_by": requested_by})
        with aws_calls(f"State machine {self._state_machine_arn}"):
            try:
                self._client.start_execution(
                    stateMachineArn=self._state_machine_arn, name=scan_id, input=scan_input
                )
            except ClientError as error:
                if error_code(error) != "ExecutionAlreadyExists":
                    raise

    def failure_of(self, scan_id: str) -> str | None:
        """See the port.

        Raises:
            ScanNotFound: No execution has this name; they are forgotten after 90 days.
        """
        with aws_calls(f"State machine {self._state_machine_arn}"):
            try:
                execution = self._client.describe_execution(
                    executionArn=f"{self._execution_prefix}:{scan_id}"
                )
            except ClientError as error:
                if error_code(error) in _UNKNOWN:
                    raise ScanNotFound(
                        f"No scan {scan_id!r} is known.", remedy="See `zoom-migrator scan list`."
                    ) from error
                raise
        return _failure(execution)


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
