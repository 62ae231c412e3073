"""The check of one org: log in, find the package, take the inventory."""

from __future__ import annotations

import logging
import ssl
import time
import traceback
from collections.abc import Callable

from zoom_migrator.adapters.salesforce.connection import tls_context
from zoom_migrator.adapters.salesforce.credentials import AppCredentials
from zoom_migrator.adapters.salesforce.errors import CheckFailed
from zoom_migrator.adapters.salesforce.inventory import inventory
from zoom_migrator.adapters.salesforce.packages import installed_package
from zoom_migrator.adapters.salesforce.queries import Addresses
from zoom_migrator.adapters.salesforce.session import Access, OrgSession
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.domain.check import CheckFailure, CheckResult, OrgSnapshot
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.ports import Clock

_log = logging.getLogger(__name__)


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
            tls: See :func:`~zoom_migrator.adapters.salesforce.connection.tls_context`; the
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
        try:
            with session:
                return self._snapshot(session)
        except CheckFailed as failure:
            return CheckFailure(
                failure.code,
                self._clock.now(),
                detail=session.public(failure.detail),
                http_status=failure.http_status,
                http_calls=session.http_calls,
            )
        except StoreUnavailable:
            raise
        except Exception as error:
            _log.error("check_crashed", extra=_places(error) | {"org_id": registration.org_id})
            return CheckFailure(
                FailureCode.INTERNAL_ERROR,
                self._clock.now(),
                detail=type(error).__name__,
                http_calls=session.http_calls,
            )

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


def _places(error: Exception) -> dict[str, object]:
    """Where a crash happened; its message and the values in its trace may be secret."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error_type": type(error).__name__,
        "places": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
