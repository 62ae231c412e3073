from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.adapters.embedded_aws import client
from tests.functions.aging import grow_older
from tests.functions.deployment import Deployment, deployed
from tests.functions.resources import ACCOUNT, TABLE
from tests.functions.salesforce_app import SalesforceApp
from tests.statemachine.interpreter import Interpreter, runnable
from tests.statemachine.machine import Functions, definition
from tests.statemachine.migrations import MigrationMachine
from tests.statemachine.scans import ScanMachine


@dataclass(frozen=True)
class Machines:
    """Both state machines, with the functions and all that they work on."""

    functions: Functions
    scans: ScanMachine
    migrations: MigrationMachine


@pytest.fixture(scope="session")
def app() -> SalesforceApp:
    return SalesforceApp(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch, app: SalesforceApp) -> Iterator[Machines]:
    """Lambda and Step Functions, for the length of a test."""
    interpreter, all_functions = Interpreter(), list[Functions]()
    interpreter.install(monkeypatch, lambda parameters: all_functions[0].invoke(parameters))
    interpreter.pass_time = partial(grow_older, TABLE)
    migrate_org = runnable(definition("MigrateOrg"))
    with deployed(monkeypatch, app, migrate_org=migrate_org) as deployment:
        all_functions.append(Functions(deployment))
        yield _machines(all_functions[0], interpreter, deployment)
        # A migration that a scan has started runs on, and its functions set the whole process's
        # environment.
        interpreter.wait_for_all()


def _machines(functions: Functions, interpreter: Interpreter, deployment: Deployment) -> Machines:
    stepfunctions = client("stepfunctions")
    created = stepfunctions.create_state_machine(
        name="zoom-migrator-scan-fleet",
        definition=json.dumps(runnable(definition("ScanFleet"))),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/scan-fleet",
    )
    return Machines(
        functions,
        ScanMachine(functions, interpreter, created["stateMachineArn"], stepfunctions),
        MigrationMachine(functions, interpreter, deployment.created.migrations_arn, stepfunctions),
    )


@pytest.fixture
def machine(machines: Machines) -> ScanMachine:
    return machines.scans


@pytest.fixture
def migrations(machines: Machines) -> MigrationMachine:
    return machines.migrations
