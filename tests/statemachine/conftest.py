from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.functions.salesforce_app import SalesforceApp
from tests.statemachine.machine import ScanMachine, machine_with_functions


@pytest.fixture(scope="session")
def app() -> SalesforceApp:
    return SalesforceApp(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, app: SalesforceApp) -> Iterator[ScanMachine]:
    with machine_with_functions(monkeypatch, app) as machine:
        yield machine
