"""One simulator of each kind, on a clock that tests move; the Salesforce org in it is behind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.salesforce import PublishedVersion, RunningOrg, SalesforceSimulator, SimulatedOrg
from local.zoom import SimulatedApp, ZoomSimulator
from tests.local.clients import CONSUMER_KEY, Assertions, FixedClock, OrgClient
from tests.local.installing import Installer
from tests.local.zoom_client import ZoomClient, a_world

HOST = "acme.my.salesforce.com"


@pytest.fixture(scope="session")
def app_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def public_key(app_key: rsa.RSAPrivateKey) -> bytes:
    return app_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="session")
def consumer_secret() -> str:
    return secrets.token_urlsafe(24)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def assertions(app_key: rsa.RSAPrivateKey, clock: FixedClock) -> Assertions:
    return Assertions(app_key, clock)


@pytest.fixture
def slept() -> list[float]:
    """The latencies that were waited out, in seconds; nobody really waits."""
    return []


@pytest.fixture
def simulator(
    public_key: bytes, consumer_secret: str, clock: FixedClock, slept: list[float]
) -> Iterator[SalesforceSimulator]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    with SalesforceSimulator(
        consumer_key=CONSUMER_KEY,
        public_key_pem=public_key,
        consumer_secret=consumer_secret,
        clock=clock,
        sleep=sleep,
    ) as running:
        yield running


@pytest.fixture
def org(simulator: SalesforceSimulator) -> RunningOrg:
    return simulator.add(SimulatedOrg(host=HOST))


@pytest.fixture
def client(simulator: SalesforceSimulator, org: RunningOrg) -> Iterator[OrgClient]:
    made = OrgClient(simulator.base_url, HOST, org.issue_token())
    yield made
    made.session.close()


@pytest.fixture
def new_version(simulator: SalesforceSimulator) -> PublishedVersion:
    """A version that every org can install."""
    published = PublishedVersion(version="3.28")
    simulator.publish(published)
    return published


@pytest.fixture
def installer(client: OrgClient, org: RunningOrg, new_version: PublishedVersion) -> Installer:
    return Installer(client, org, new_version.id)


@pytest.fixture
def zoom(clock: FixedClock, slept: list[float]) -> Iterator[ZoomSimulator]:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    with ZoomSimulator(a_world(), clock=clock, sleep=sleep) as running:
        yield running


@pytest.fixture
def zoom_app(zoom: ZoomSimulator) -> SimulatedApp:
    return zoom.world.registry.apps[0]


@pytest.fixture
def zoom_client(zoom: ZoomSimulator, zoom_app: SimulatedApp) -> Iterator[ZoomClient]:
    made = ZoomClient(zoom.base_url, zoom_app)
    yield made
    made.session.close()
