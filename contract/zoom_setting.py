"""The Zoom that clients are pointed at: over TLS, under its real names, with two apps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from contract import clients, credentials
from contract.zoom_proxy import HOSTS, ConnectProxy
from local.zoom import (
    AppKind,
    Person,
    Product,
    SimulatedAccount,
    SimulatedApp,
    SimulatedPerson,
    SimulatedZoom,
    ZoomSimulator,
)

ADMIN: Final = "zoom.admin@contract.example"
# Nobody listens there: the person stops before.
CALLBACK: Final = "https://app.contract.example/oauth/callback"
SERVER_SCOPES: Final = ("user:read:user:admin", "user:read:list_users:admin")


@dataclass(frozen=True, slots=True)
class ZoomSetting:
    """A running simulator and what clients need to reach it."""

    simulator: ZoomSimulator
    account: SimulatedAccount
    app: SimulatedApp
    server_app: SimulatedApp
    proxy_url: str
    authority: Path
    home: Path

    def start_over(self) -> None:
        """Forget requests and faults of earlier checks."""
        self.simulator.faults.clear()
        self.simulator.forget_requests()

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a client that knows Zoom's real addresses only."""
        authority = str(self.authority)
        ways = {
            "HTTPS_PROXY": self.proxy_url,
            "NO_PROXY": "127.0.0.1,localhost",
            "NODE_EXTRA_CA_CERTS": authority,
            "REQUESTS_CA_BUNDLE": authority,
            "SSL_CERT_FILE": authority,
            "PYTHONWARNINGS": "ignore",
        }
        return clients.environment(self.home, ways | dict(extra))

    def app_secrets(self) -> dict[str, str]:
        """Return the credentials of both apps, as environment variables."""
        return {
            "CLIENT_ID": self.app.client_id,
            "CLIENT_SECRET": self.app.client_secret,
            "SERVER_CLIENT_ID": self.server_app.client_id,
            "SERVER_CLIENT_SECRET": self.server_app.client_secret,
            "ACCOUNT_ID": self.account.account_id,
            "WEBHOOK_SECRET": self.app.webhook_secret,
        }

    def person(self) -> Person:
        """Return the admin, whose browser goes through the proxy, too, where it has to."""
        admin = Person(ADMIN)
        admin.session.proxies = {f"https://{host}": self.proxy_url for host in HOSTS}
        admin.session.verify = str(self.authority)
        return admin

    def consent(self, authorize_url: str) -> dict[str, str]:
        """Let the admin consent and return the parameters of the way back."""
        with self.person() as admin:
            return dict(parse_qsl(urlsplit(admin.consent(authorize_url)).query))


@contextmanager
def running(scratch: Path, name: str) -> Iterator[ZoomSetting]:
    """Run a simulator and a proxy to it, with a folder of their own below the scratch folder."""
    home = scratch / name
    home.mkdir()
    made = credentials.make(home, "", HOSTS)
    account = SimulatedAccount(
        name="Contract",
        products=[Product.MEETINGS, Product.PHONE],
        people=[SimulatedPerson(email=ADMIN)],
    )
    app = SimulatedApp(name="Contract app", redirect_uris=[CALLBACK])
    server_app = SimulatedApp(
        name="Contract server app",
        kind=AppKind.SERVER_TO_SERVER,
        account=account.name,
        scopes=list(SERVER_SCOPES),
    )
    document = SimulatedZoom(accounts=[account], apps=[app, server_app])
    with ZoomSimulator(document, tls=made.tls) as simulator, ConnectProxy(simulator.port) as proxy:
        # The documents of the simulator are the ones that count: they have the secrets.
        known = simulator.world.registry
        yield ZoomSetting(
            simulator,
            known.account(account.account_id),
            known.app(app.client_id),
            known.app(server_app.client_id),
            proxy.url,
            made.authority,
            home,
        )
