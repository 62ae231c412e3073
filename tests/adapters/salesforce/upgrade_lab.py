"""What the tests of upgrades share: a gateway, and answers of orgs that install packages."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import Any, Final

from local.salesforce import PublishedVersion, SalesforceSimulator
from tests.adapters.salesforce.lab import HOST, Lab
from tests.adapters.salesforce.scripted import Received, Reply, Respond, ScriptedServer, answer
from tests.adapters.salesforce.test_login import a_token_answer
from tests.adapters.salesforce.test_packages import version
from tests.builders import PACKAGE_ID, REQUEST_ID, TARGET_ID, a_registration
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials, SalesforceSettings
from zoom_migrator.adapters.salesforce.upgrades import SalesforceUpgradeGateway
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.upgrade import InstallAnswer, SecurityType

TARGET: Final = PublishedVersion(version="3.28.0.1", version_id=TARGET_ID)
LOGIN: Final = answer(a_token_answer())
ACCEPTED: Final = answer({"id": REQUEST_ID, "success": True, "errors": []}, 201)


def upgrades_to(
    connect_to: str,
    credentials: AppCredentials | Callable[[], AppCredentials],
    clock: SettableClock,
    *,
    tls: ssl.SSLContext | None = None,
    monotonic: Callable[[], float] | None = None,
    **settings: Any,
) -> SalesforceUpgradeGateway:
    """A gateway whose connections all lead to one address of this machine."""
    options: dict[str, Any] = {} if monotonic is None else {"monotonic": monotonic}
    known = credentials
    return SalesforceUpgradeGateway(
        SalesforceSettings(connect_to=connect_to, **settings),
        credentials=(lambda: known) if isinstance(known, AppCredentials) else known,
        clock=clock,
        tls=tls,
        **options,
    )


def upgrades_in(lab: Lab, credentials: AppCredentials | None = None) -> SalesforceUpgradeGateway:
    """A gateway to the simulator."""
    return upgrades_to(
        lab.simulator.base_url, credentials or lab.credentials, lab.clock, tls=lab.tls
    )


def target_row(**changes: Any) -> dict[str, Any]:
    """The target as the Tooling API describes it."""
    return (
        version(
            Id=TARGET_ID,
            MinorVersion=28,
            SubscriberPackageId=PACKAGE_ID,
            InstallValidationStatus="NO_ERRORS_DETECTED",
        )
        | changes
    )


def request_row(**changes: Any) -> dict[str, Any]:
    """An install request as the Tooling API lists it."""
    return {
        "Id": REQUEST_ID,
        "SubscriberPackageVersionKey": TARGET_ID,
        "Status": "IN_PROGRESS",
        "CreatedDate": "2026-07-01T01:58:00.000+0000",
        "Errors": None,
    } | changes


def refusal(code: str, message: str = "No.", status: int = 400) -> Reply:
    """An error as the REST API reports it."""
    return answer([{"errorCode": code, "message": message}], status)


def orders_in(simulator: SalesforceSimulator, host: str = HOST) -> int:
    """How many requests to install something reached an org of the simulator."""
    return sum(
        request.method == "POST" and "PackageInstallRequest" in request.target
        for request in simulator.requests_to(host)
    )


def is_order(request: Received) -> bool:
    """Whether a request asks for an install."""
    return request.line.startswith("POST /services/data/") and (
        "/tooling/sobjects/PackageInstallRequest " in request.line
    )


def order_of(request: Received) -> dict[str, Any]:
    """What an order that arrived asks for."""
    assert is_order(request), request.line
    document: dict[str, Any] = json.loads(request.body)
    return document


class Ordered:
    """Orders an install from a server whose answers are scripted."""

    def __init__(
        self,
        server: ScriptedServer,
        credentials: AppCredentials,
        clock: SettableClock,
        **settings: Any,
    ) -> None:
        self.server = server
        self._gateway = upgrades_to(server.base_url, credentials, clock, **settings)

    def __call__(
        self,
        *replies: Reply | Respond,
        login: Reply | Respond = LOGIN,
        security: SecurityType = SecurityType.ALL_USERS,
    ) -> InstallAnswer | CheckFailure:
        """Log in well, get these replies, and nothing after them."""
        self.server.will_reply(login, *replies)
        return self._gateway.install(registered(), TARGET_ID, security)

    @property
    def orders(self) -> list[Received]:
        """The orders that arrived."""
        return [request for request in self.server.received if is_order(request)]


def registered() -> OrgRegistration:
    """The org of scripted answers."""
    return a_registration(host=HOST)
