"""What the functions share that let a state machine wait for a person, or wake it."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.kms import KmsTokenVault
from zoom_migrator.adapters.stepfunctions import (
    StepFunctionsMigrationWorkflow,
    StepFunctionsTaskCallback,
)
from zoom_migrator.bootstrap.clients import client

_FEW_CONNECTIONS: Final = 2


def vault(key_arn: str) -> KmsTokenVault:
    """Where task tokens are sealed."""
    return KmsTokenVault(client("kms", client_config(max_connections=_FEW_CONNECTIONS)), key_arn)


def callback() -> StepFunctionsTaskCallback:
    """What wakes waiting tasks."""
    return StepFunctionsTaskCallback(
        client("stepfunctions", client_config(max_connections=_FEW_CONNECTIONS))
    )


def workflow(state_machine_arn: str) -> StepFunctionsMigrationWorkflow:
    """What runs migrations.

    Raises:
        InvalidSettings: Not the ARN of a state machine.
    """
    return StepFunctionsMigrationWorkflow(
        client("stepfunctions", client_config(max_connections=_FEW_CONNECTIONS)), state_machine_arn
    )
