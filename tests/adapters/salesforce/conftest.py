from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.salesforce import RunningOrg, SalesforceSimulator
from tests.adapters.salesforce.lab import CONSUMER_KEY, CONSUMER_SECRET, Lab, public_pem
from tests.adapters.salesforce.scripted import ScriptedServer
from tests.builders import NOW
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials


@pytest.fixture(scope="session")
def app_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture
def credentials(app_key: rsa.RSAPrivateKey) -> AppCredentials:
    return AppCredentials(CONSUMER_KEY, app_key, CONSUMER_SECRET)


@pytest.fixture(scope="module")
def simulator(app_key: rsa.RSAPrivateKey) -> Iterator[SalesforceSimulator]:
    with SalesforceSimulator(
        consumer_key=CONSUMER_KEY,
        public_key_pem=public_pem(app_key),
        consumer_secret=CONSUMER_SECRET,
        clock=lambda: NOW.timestamp(),
    ) as simulator:
        yield simulator


@pytest.fixture
def lab(
    simulator: SalesforceSimulator, credentials: AppCredentials, clock: SettableClock
) -> Iterator[Lab]:
    yield Lab(simulator, credentials, clock)
    simulator.world.clear()


@pytest.fixture
def org(lab: Lab) -> RunningOrg:
    """An org that has everything: the package, keys, a permitted user and a cache partition."""
    return lab.add()


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server
