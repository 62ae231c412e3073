"""The simulator for Python programs: a server in a background thread, and a handle on its world."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable

from local.salesforce.faults import Faults, Phase
from local.salesforce.model import PublishedVersion, SimulatedOrg, SimulatedWorld
from local.salesforce.oauth import ConnectedApp
from local.salesforce.org import RunningOrg
from local.salesforce.server import Server
from local.salesforce.world import RecordedRequest, World
from local.simulation.background import BackgroundServer


class SalesforceSimulator(BackgroundServer):
    """Many Salesforce orgs behind one port of 127.0.0.1.

    Use it as a context manager, or call ``start`` and ``stop``. Every method and property may be
    used from any thread.
    """

    def __init__(
        self,
        *,
        consumer_key: str,
        public_key_pem: str | bytes,
        consumer_secret: str | None = None,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepare a simulator without orgs; nothing is bound yet.

        Args:
            consumer_key: Id of the app that logs in, the ``iss`` of its assertions.
            public_key_pem: The app's certificate or public key, PEM.
            consumer_secret: The app's secret for the client credentials flow.
            port: Port of 127.0.0.1; 0 takes a free one.
            tls: Serve https with this context.
            clock: Seconds since 1970; token lifetimes, expiries and installs go by it.
            sleep: Waits out a latency, in seconds.

        Raises:
            ValueError: The PEM holds no RSA key.
        """
        app = ConnectedApp.from_pem(consumer_key, public_key_pem, consumer_secret)
        self.world = World(app, clock)
        super().__init__(Server(self.world, tls, sleep), port=port, name="salesforce-simulator")

    @property
    def faults(self) -> Faults:
        """The faults of all orgs; an org has its own besides."""
        return self.world.faults

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request so far, oldest first."""
        with self.world.lock:
            return list(self.world.recorded)

    def requests_to(self, host: str, phase: Phase = Phase.ANY) -> list[RecordedRequest]:
        """Return the requests that reached an org, of one kind or of all."""
        return [
            one
            for one in self.requests
            if one.org == host.lower() and phase in (Phase.ANY, one.phase)
        ]

    def forget_requests(self) -> None:
        """Empty the log of requests."""
        self.world.forget_requests()

    def load(self, document: SimulatedWorld) -> None:
        """Add every org and version of a document.

        Raises:
            ValueError: An org clashes with another one.
        """
        self.world.load(document)

    def add(self, org: SimulatedOrg) -> RunningOrg:
        """Start an org and return it running; one with the same host is replaced.

        Raises:
            ValueError: Its id or a username belongs to another org.
        """
        return self.world.add(org)

    def publish(self, *versions: PublishedVersion) -> None:
        """Make package versions installable by their 04t ids."""
        self.world.publish(*versions)

    def org(self, host_or_id: str) -> RunningOrg:
        """Return the org with that My Domain host or 15- or 18-character id.

        Raises:
            KeyError: There is no such org.
        """
        return self.world.org(host_or_id)
