"""One deployed stack with the example fleet for the whole ring."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.salesforce import SalesforceSimulator, SimulatedWorld
from local.stack import LocalStack
from local.stack.deployment import ROOT
from tests.functions.salesforce_app import SalesforceApp
from tests.integration.operator import Operator
from tests.integration.waiting import Gate

# Three batches of the example fleet's 17 orgs.
BATCH_SIZE = "6"
PARAMETERS = {
    "ScanBatchSize": BATCH_SIZE,
    "ScanScheduleExpression": "cron(15 4 ? * MON-FRI *)",
}


@pytest.fixture(scope="session")
def app() -> SalesforceApp:
    return SalesforceApp(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="session")
def simulator(app: SalesforceApp, gate: Gate) -> Iterator[SalesforceSimulator]:
    orgs = (ROOT / "local" / "demo_orgs.json").read_text(encoding="utf-8")
    with app.simulator(sleep=gate.sleep) as simulator:
        simulator.load(SimulatedWorld.model_validate_json(orgs))
        yield simulator


@pytest.fixture(scope="session")
def stack(simulator: SalesforceSimulator) -> Iterator[LocalStack]:
    parameters = {**PARAMETERS, "SalesforceConnectTo": simulator.base_url}
    with LocalStack(parameters=parameters) as stack:
        yield stack


@pytest.fixture(scope="session")
def fleet_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example fleet without orgs that a scan starts to migrate: that goes on beside a test."""
    path = tmp_path_factory.mktemp("fleet") / "fleet.csv"
    with (ROOT / "examples" / "fleet.csv").open(encoding="utf-8", newline="") as example:
        rows = list(csv.DictReader(example))
    with path.open("w", encoding="utf-8", newline="") as copy:
        writer = csv.DictWriter(copy, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "start_policy": ""} for row in rows)
    return path


@pytest.fixture(scope="session")
def operator(
    stack: LocalStack,
    app: SalesforceApp,
    fleet_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Operator:
    """An operator who has handed the stack its credentials and imported the example fleet."""
    operator = Operator(stack.environment)
    key_file = tmp_path_factory.mktemp("keys") / "app.key"
    key_file.write_text(app.private_key, encoding="ascii")
    stored = operator.types(
        *("setup", "salesforce-app", "--consumer-key", app.consumer_key),
        *("--private-key-file", str(key_file), "--ask-consumer-secret"),
        answer=app.consumer_secret,
    )
    assert stored.returncode == 0, stored.stderr
    imported = operator.reads("orgs", "import", str(fleet_file))
    assert len(imported["created"]) == 17
    return operator


@pytest.fixture(scope="session")
def first_scan(operator: Operator) -> dict[str, Any]:
    """The summary of a scan that nothing has disturbed."""
    return dict(operator.reads("scan", "start", "--wait"))
