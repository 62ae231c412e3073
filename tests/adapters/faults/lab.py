"""Zoom and Salesforce on this machine, a proxy before both, and the product's gateways to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa

from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    PublishedVersion,
    RunningOrg,
    SalesforceSimulator,
)
from local.zoom import ZoomSimulator
from tests.adapters.faults.documents import (
    CLIENT_SECRET,
    ENOUGH,
    an_account_at_zoom,
    an_app_at_zoom,
    an_org_at_salesforce,
)
from tests.adapters.faults.proxy import FaultProxy
from tests.adapters.faults.stopwatch import Stopwatch
from tests.adapters.faults.watched import WatchedKeys, WatchedUpgrades, WatchedZoom
from tests.adapters.faults.wire import Upstream
from tests.adapters.salesforce.lab import CONSUMER_KEY, CONSUMER_SECRET, public_pem
from tests.builders import NOW, TARGET_ID, a_registration
from tests.unit.crash_schedules.worlds import CrashWorld, Rows
from tests.unit.use_cases.upgrade_world import BEHIND, UpgradeWorld
from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.memory.zoom import CLIENT_ID
from zoom_migrator.adapters.salesforce import (
    AppCredentials,
    HttpSalesforceGateway,
    SalesforceSettings,
)
from zoom_migrator.adapters.salesforce.package_probe import SalesforcePackageProbe
from zoom_migrator.adapters.zoom.credentials import ZoomAppCredentials
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.domain.grant import TokenPair
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator.domain.org import AuthKind, OrgRegistration

_ADDRESS: Final = "127.0.0.1"


@dataclass
class FaultLab:
    """The simulators, which are told anew for each run how things stand."""

    salesforce: SalesforceSimulator
    zoom: ZoomSimulator
    proxy: FaultProxy
    stopwatch: Stopwatch
    time: list[SettableClock]
    rows: Rows
    _options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._options = {"tls": tls_context(), "monotonic": self.stopwatch}

    def take_over(self, world: CrashWorld | UpgradeWorld) -> None:
        """Let a world that is in memory go on over HTTP, in the same state."""
        self.time[0] = world.clock
        org = world.org
        registration = replace(org.registration, auth_kind=AuthKind.CLIENT_CREDENTIALS)
        world.orgs.save(replace(org, registration=registration))
        if isinstance(world, CrashWorld):
            self._become_zoom_of(world)
            held, version = world.keys.held(world.org_id), ENOUGH
            is_connected = world.cleanup.probe is not None
        else:
            held, version, is_connected = (), BEHIND, False
        running = self._org(registration, held, version, is_connected=is_connected)
        for name, port in self._ports(world.clock, {org.org_id: running}).items():
            setattr(world, name, port)

    def secrets(self, world: CrashWorld | UpgradeWorld) -> set[str]:
        """Everything that must be shown nowhere."""
        values = {CONSUMER_SECRET, CLIENT_SECRET, "canary", *self.zoom.secret_values()}
        org = self.salesforce.org(world.org_id)
        return values | org.secret_values()

    def _org(
        self,
        registration: OrgRegistration,
        held: tuple[KeyValues, ...],
        version: str,
        *,
        is_connected: bool,
    ) -> RunningOrg:
        self.salesforce.world.clear()
        self.salesforce.publish(PublishedVersion(version=ENOUGH, version_id=TARGET_ID))
        org = self.salesforce.add(an_org_at_salesforce(registration, len(held) or 1, version))
        for values in held:
            row = org.keys.row(values.row_id)
            row |= {API_KEY_FIELD: values.api_key, API_SECRET_FIELD: values.api_secret}
        if is_connected:
            org.connect_package()
        return org

    def _become_zoom_of(self, world: CrashWorld) -> None:
        """Let Zoom know the same grants, under tokens of its own."""
        self.zoom.world.clear()
        self.zoom.add(an_account_at_zoom())
        app = self.zoom.register(an_app_at_zoom())
        for grant_id in world.grants.list_ids():
            grant = world.grants.get(grant_id)
            assert grant is not None
            pair = world.grant_vault.open(grant.sealed, subject=grant.subject)
            if world.zoom.is_live(pair):
                issued = self.zoom.issue_tokens(grant.email, app)
                pair = TokenPair(issued.access_token, issued.refresh_token)
                sealed = world.grant_vault.seal(pair, subject=grant.subject)
                world.grants.save(replace(grant, sealed=sealed))

    def _ports(self, clock: SettableClock, orgs: Mapping[str, RunningOrg]) -> dict[str, object]:
        settings = SalesforceSettings(connect_to=self.proxy.base_url)
        org_login = AppCredentials(CONSUMER_KEY, None, CONSUMER_SECRET)
        options = {"credentials": lambda: org_login, "clock": clock, **self._options}
        app = ZoomAppCredentials(CLIENT_ID, CLIENT_SECRET)
        zoom = WatchedZoom(
            self.zoom,
            ZoomSettings(connect_to=self.proxy.base_url),
            credentials=lambda: app,
            clock=clock,
            **self._options,
        )
        return {
            "zoom": zoom,
            "zoom_itself": zoom,
            "salesforce": HttpSalesforceGateway(settings, **options),
            "keys": WatchedKeys(orgs, settings, **options),
            "package": SalesforcePackageProbe(settings, **options),
            "upgrades": WatchedUpgrades(self.salesforce, orgs, settings, **options),
        }


@contextmanager
def fault_lab() -> Iterator[FaultLab]:
    """Start everything."""
    time, stopwatch = [SettableClock(NOW)], Stopwatch()

    def seconds() -> float:
        return time[0].now().timestamp()

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    with (
        SalesforceSimulator(
            consumer_key=CONSUMER_KEY,
            public_key_pem=public_pem(key),
            consumer_secret=CONSUMER_SECRET,
            clock=seconds,
        ) as salesforce,
        ZoomSimulator(clock=seconds) as zoom,
    ):

        def upstream_of(host: str) -> Upstream:
            server = zoom if host.endswith("zoom.us") else salesforce
            return _ADDRESS, server.port

        with FaultProxy(upstream_of, time_is_up=stopwatch.run_out) as proxy:
            rows = _rows_of(salesforce)
            yield FaultLab(salesforce, zoom, proxy, stopwatch, time, rows)


def _rows_of(salesforce: SalesforceSimulator) -> Rows:
    """Keys in the rows that the org will have: their ids follow from its host."""
    org = salesforce.add(an_org_at_salesforce(a_registration()))
    ids = sorted(str(row["Id"]) for row in org.key_rows)
    first, second = (KeyValues(each, f"key-{each}-canary", f"secret-{each}-canary") for each in ids)
    return first, second
