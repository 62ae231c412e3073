"""A Salesforce to check against, and the gateway that checks it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.salesforce import RunningOrg, SalesforceSimulator, SimulatedOrg
from tests.builders import a_registration
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import (
    AppCredentials,
    HttpSalesforceGateway,
    SalesforceSettings,
)
from zoom_migrator.domain.check import CheckFailure, CheckResult, OrgSnapshot
from zoom_migrator.domain.org import Environment, OrgRegistration

HOST: Final = "acme.my.salesforce.com"
USERNAME: Final = "integration@acme.my.salesforce.com"
CONSUMER_KEY: Final = "3MVG9.consumer_key.of.the.tests"
CONSUMER_SECRET: Final = "5ECDE7C0115EC2E7CA9A12B"


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    """What a connected app knows of a key."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def snapshot_in(result: CheckResult) -> OrgSnapshot:
    """The snapshot that a check is expected to have ended with."""
    assert isinstance(result, OrgSnapshot), result
    return result


def failure_in(result: CheckResult) -> CheckFailure:
    """The failure that a check is expected to have ended with."""
    assert isinstance(result, CheckFailure), result
    return result


def gateway_to(
    connect_to: str,
    credentials: AppCredentials | Callable[[], AppCredentials],
    clock: SettableClock,
    *,
    tls: ssl.SSLContext | None = None,
    monotonic: Callable[[], float] | None = None,
    **settings: Any,
) -> HttpSalesforceGateway:
    """A gateway whose connections all lead to one address of this machine."""
    options: dict[str, Any] = {} if monotonic is None else {"monotonic": monotonic}
    return HttpSalesforceGateway(
        SalesforceSettings(connect_to=connect_to, **settings),
        credentials=(lambda: credentials)
        if isinstance(credentials, AppCredentials)
        else credentials,
        clock=clock,
        tls=tls,
        **options,
    )


@dataclass(frozen=True, slots=True)
class Lab:
    """The simulator, and the product set up to log in to its orgs."""

    simulator: SalesforceSimulator
    credentials: AppCredentials
    clock: SettableClock
    tls: ssl.SSLContext | None = None

    def add(self, host: str = HOST, **document: Any) -> RunningOrg:
        """Start an org."""
        return self.simulator.add(SimulatedOrg(host=host, **document))

    def registration(self, org: RunningOrg, **changes: Any) -> OrgRegistration:
        """What the fleet file says of an org."""
        environment = Environment.SANDBOX if org.document.sandbox else Environment.PRODUCTION
        described = {
            "org_id": org.org_id,
            "host": org.host,
            "username": org.document.users[0].username,
            "environment": environment,
        }
        return a_registration(**(described | changes))

    def gateway(
        self,
        credentials: AppCredentials | Callable[[], AppCredentials] | None = None,
        **settings: Any,
    ) -> HttpSalesforceGateway:
        """A gateway to the simulator."""
        return gateway_to(
            self.simulator.base_url,
            credentials or self.credentials,
            self.clock,
            tls=self.tls,
            **settings,
        )

    def check(self, org: RunningOrg, **changes: Any) -> CheckResult:
        """Check an org; ``changes`` go into its registration."""
        return self.gateway().check(self.registration(org, **changes))

    def seen(self, org: RunningOrg) -> OrgSnapshot:
        """What a check of an org sees."""
        return snapshot_in(self.check(org))

    def failure(self, org: RunningOrg, **changes: Any) -> CheckFailure:
        """How a check of an org fails."""
        return failure_in(self.check(org, **changes))
