"""A simulated Zoom, and the gateway that talks to it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any, Final

from local.zoom import Product, SimulatedAccount, SimulatedApp, SimulatedPerson, ZoomSimulator
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.zoom.credentials import ZoomAppCredentials
from zoom_migrator.adapters.zoom.gateway import HttpZoomGateway
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.domain.grant import IssuedTokens
from zoom_migrator.domain.zoom_failure import ZoomFailure

REDIRECT_URI: Final = "https://migrator.example/oauth/callback"
CLIENT_ID: Final = "test-app-client-id-000"
CLIENT_SECRET: Final = "test-app-client-secret-canary"
VERIFIER: Final = "verifier-canary-0123456789-0123456789-01234"
ADMIN: Final = "zoom.admin@acme.example"
MEMBER_WITHOUT_PHONE: Final = "webinars.only@acme.example"
ACCOUNT: Final = "Acme"


def an_account() -> SimulatedAccount:
    """An account with an admin who has everything, and one who lacks Phone."""
    return SimulatedAccount(
        name=ACCOUNT,
        people=[
            SimulatedPerson(email=ADMIN),
            SimulatedPerson(
                email=MEMBER_WITHOUT_PHONE, products=[Product.MEETINGS, Product.WEBINAR]
            ),
        ],
    )


def an_app() -> SimulatedApp:
    """The product's app at Zoom."""
    return SimulatedApp(
        client_id=CLIENT_ID, client_secret=CLIENT_SECRET, redirect_uris=[REDIRECT_URI]
    )


def gateway_to(
    connect_to: str,
    clock: SettableClock,
    *,
    client_id: str = CLIENT_ID,
    client_secret: str = CLIENT_SECRET,
    tls: ssl.SSLContext | None = None,
    **settings: Any,
) -> HttpZoomGateway:
    """A gateway whose connections all lead to one address of this machine."""
    credentials = ZoomAppCredentials(client_id, client_secret)
    return HttpZoomGateway(
        ZoomSettings(connect_to=connect_to, **settings),
        credentials=lambda: credentials,
        clock=clock,
        tls=tls,
    )


@dataclass(frozen=True)
class ZoomLab:
    """The simulator with one account and one app, and a gateway to it."""

    simulator: ZoomSimulator
    app: SimulatedApp
    gateway: HttpZoomGateway
    clock: SettableClock

    def code_of(self, email: str = ADMIN) -> str:
        """Have somebody consent."""
        return self.simulator.issue_code(email, self.app, verifier=VERIFIER)

    def exchange(self, code: str | None = None) -> IssuedTokens | ZoomFailure:
        """Exchange a code, or a fresh one."""
        return self.gateway.exchange(
            code or self.code_of(), verifier=VERIFIER, redirect_uri=REDIRECT_URI
        )

    def tokens(self) -> IssuedTokens:
        """Tokens of the admin."""
        return issued(self.exchange())


def issued(answer: IssuedTokens | ZoomFailure) -> IssuedTokens:
    """The tokens that a call is expected to have brought."""
    assert isinstance(answer, IssuedTokens), answer
    return answer


def failed(answer: object) -> ZoomFailure:
    """The failure that a call is expected to have ended with."""
    assert isinstance(answer, ZoomFailure), answer
    return answer
