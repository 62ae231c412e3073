"""The check of one org: log in, find the package, take the inventory."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable

from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.salesforce.access import Access
from zoom_migrator.adapters.salesforce.asking import asked
from zoom_migrator.adapters.salesforce.credentials import AppCredentials
from zoom_migrator.adapters.salesforce.inventory import inventory
from zoom_migrator.adapters.salesforce.packages import installed_package
from zoom_migrator.adapters.salesforce.queries import Addresses
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.domain.check import CheckResult, OrgSnapshot
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.ports import Clock


class HttpSalesforceGateway:
    """A :class:`~zoom_migrator.ports.SalesforceGateway` over HTTP.

    A check usually costs three requests on one connection: a token, one Tooling query, one
    composite request. Nothing is tried twice for a passing reason; that is the scan's affair.
    """

    def __init__(
        self,
        settings: SalesforceSettings,
        *,
        credentials: Callable[[], AppCredentials],
        clock: Clock,
        tls: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what all checks have in common.

        Args:
            credentials: Called at every login from any thread, so it should remember what it
                parsed. An ``InvalidSettings`` from it fails the login, not the scan.
            tls: See :func:`~zoom_migrator.adapters.http_client.tls.tls_context`; the
                system's authorities if left out.
            monotonic: Seconds that only ever grow, for deadlines.
        """
        self._addresses = Addresses(settings)
        self._clock = clock
        self._access = Access(
            settings=settings,
            credentials=credentials,
            clock=clock,
            tls=tls or tls_context(),
            monotonic=monotonic,
        )

    def check(self, registration: OrgRegistration) -> CheckResult:
        """See the port."""
        session = OrgSession(registration, self._access)
        return asked(session, self._snapshot, org_id=registration.org_id, clock=self._clock)

    def _snapshot(self, session: OrgSession) -> OrgSnapshot:
        login = session.log_in()
        package = installed_package(session, self._addresses)
        found = inventory(session, self._addresses, org_id=login.org_id, user_id=login.user_id)
        return OrgSnapshot(
            checked_at=self._clock.now(),
            package=package,
            keys=found.keys,
            identity=found.identity,
            org=found.org,
            permissions=found.permissions,
            platform_cache=found.platform_cache,
            api_usage=session.api_usage,
            unknown=found.unknown,
            http_calls=session.http_calls,
        )
