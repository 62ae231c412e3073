from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.functions.deployment import Deployment, deployed
from tests.functions.salesforce_app import SalesforceApp


@pytest.fixture(scope="session")
def app() -> SalesforceApp:
    return SalesforceApp(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch, app: SalesforceApp) -> Iterator[Deployment]:
    with deployed(monkeypatch, app) as deployment:
        yield deployment
