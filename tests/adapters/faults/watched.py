"""The product's gateways over HTTP, with what the invariants look at beside them.

What they tell besides comes from the simulators directly, not through the proxy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    InstallRun,
    RunningOrg,
    SalesforceSimulator,
)
from local.zoom import ZoomSimulator
from local.zoom.codes import Consent
from local.zoom.pkce import Challenge
from zoom_migrator.adapters.memory.zoom import ZoomPerson
from zoom_migrator.adapters.salesforce import SalesforceSettings
from zoom_migrator.adapters.salesforce.keys import SalesforceKeysGateway
from zoom_migrator.adapters.salesforce.upgrades import SalesforceUpgradeGateway
from zoom_migrator.adapters.zoom.gateway import HttpZoomGateway
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.domain.grant import TokenPair
from zoom_migrator.domain.legacy_keys import KeyValues


class WatchedZoom(HttpZoomGateway):
    """The gateway to Zoom, and people who consent there."""

    def __init__(self, simulator: ZoomSimulator, settings: ZoomSettings, **options: Any) -> None:
        super().__init__(settings, **options)
        self._simulator = simulator

    def consent(self, address: str, person: ZoomPerson) -> dict[str, list[str]]:
        """Have somebody consent on Zoom's page; returns what their browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        consent = Consent(
            str(self.client_id()),
            person.user.account_id,
            person.user.user_id,
            person.scopes,
            asked["redirect_uri"],
            Challenge(asked["code_challenge"], asked["code_challenge_method"]),
        )
        with self._simulator.world.lock:
            code = self._simulator.world.consent(consent)
        return {"code": [code], "state": [asked["state"]]}

    def is_live(self, pair: TokenPair) -> bool:
        """Whether a refresh with this pair would work now."""
        with self._simulator.world.lock:
            live = self._simulator.world.grants.live
        return any(grant.refresh_token == pair.refresh_token for grant in live)

    def live_users(self) -> set[str]:
        """Ids of the users who have a live grant."""
        with self._simulator.world.lock:
            return {grant.consent.user_id for grant in self._simulator.world.grants.live}


class WatchedKeys(SalesforceKeysGateway):
    """The gateway to old keys, and the rows as they are."""

    def __init__(
        self, orgs: Mapping[str, RunningOrg], settings: SalesforceSettings, **options: Any
    ) -> None:
        super().__init__(settings, **options)
        self._orgs = orgs

    def held(self, org_id: str) -> tuple[KeyValues, ...]:
        """The rows of an org, ordered by id."""
        with self._orgs[org_id].lock:
            rows = [
                KeyValues(str(row["Id"]), _text(row[API_KEY_FIELD]), _text(row[API_SECRET_FIELD]))
                for row in self._orgs[org_id].key_rows
            ]
        return tuple(sorted(rows, key=lambda row: row.row_id))


class WatchedUpgrades(SalesforceUpgradeGateway):
    """The gateway to installs, and the installs as they are."""

    def __init__(
        self,
        simulator: SalesforceSimulator,
        orgs: Mapping[str, RunningOrg],
        settings: SalesforceSettings,
        **options: Any,
    ) -> None:
        super().__init__(settings, **options)
        self._simulator = simulator
        self._orgs = orgs

    def running(self, org_id: str) -> Sequence[InstallRun]:
        """The installs that are running in an org."""
        return [run for run in self._orgs[org_id].installs.runs if run.ended_at is None]

    def posted(self, org_id: str) -> int:
        """How many requests for an install reached an org, whatever became of them."""
        requests = self._simulator.requests_to(self._orgs[org_id].host)
        return sum(
            request.method == "POST" and "/PackageInstallRequest" in request.target
            for request in requests
        )

    def finish(self, org_id: str) -> None:
        """Let the install that is running in an org succeed."""
        (run,) = self.running(org_id)
        assert run.row is not None
        self._orgs[org_id].installs.end(str(run.row["Id"]))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
