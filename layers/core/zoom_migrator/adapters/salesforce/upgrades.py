"""Installing packages in Salesforce orgs over HTTP."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import replace

from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.salesforce.access import Access
from zoom_migrator.adapters.salesforce.answers import is_id
from zoom_migrator.adapters.salesforce.asking import asked
from zoom_migrator.adapters.salesforce.credentials import AppCredentials
from zoom_migrator.adapters.salesforce.errors import CheckFailed, Refused
from zoom_migrator.adapters.salesforce.install_order import order, send_once
from zoom_migrator.adapters.salesforce.install_requests import (
    REQUEST_PREFIX,
    recent_requests,
    request_with_id,
)
from zoom_migrator.adapters.salesforce.install_target import target_or_refusal
from zoom_migrator.adapters.salesforce.queries import Addresses
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.upgrade import (
    InstallAnswer,
    InstallRequest,
    SecurityType,
    UpgradeFacts,
)
from zoom_migrator.ports import Clock


class SalesforceUpgradeGateway:
    """An :class:`~zoom_migrator.ports.UpgradeGateway` over HTTP.

    Every call logs in by itself and costs two requests, :meth:`facts` three. Questions are asked
    anew once if the org wants a new login; an install is not even asked for again then.
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
        """Take what all calls have in common.

        Args:
            credentials: Called at every login from any thread; the installation key, if there is
                one, is among them. An ``InvalidSettings`` from it becomes a failure.
            tls: See :func:`~zoom_migrator.adapters.http_client.tls.tls_context`; the
                system's authorities if left out.
            monotonic: Seconds that only ever grow, for deadlines.
        """
        self._addresses = Addresses(settings)
        self._clock = clock
        self._access = Access(
            settings=replace(settings, check_timeout_seconds=settings.upgrade_timeout_seconds),
            credentials=credentials,
            clock=clock,
            tls=tls or tls_context(),
            monotonic=monotonic,
        )

    def facts(self, registration: OrgRegistration, version_id: str) -> UpgradeFacts | CheckFailure:
        """See the port; the requests come without their errors, which :meth:`request` tells."""
        return self._asked(registration, lambda session: self._facts(session, version_id))

    def request(
        self, registration: OrgRegistration, request_id: str
    ) -> InstallRequest | CheckFailure | None:
        """See the port."""
        if not is_id(request_id, REQUEST_PREFIX):
            return None
        return self._asked(
            registration, lambda session: request_with_id(session, self._addresses, request_id)
        )

    def install(
        self, registration: OrgRegistration, version_id: str, security: SecurityType
    ) -> InstallAnswer | CheckFailure:
        """See the port."""

        def ask(session: OrgSession) -> InstallAnswer:
            # With a login of this moment, the request does not meet a session or a connection
            # that has died meanwhile.
            session.log_in()
            record = order(version_id, security, session.installation_key)
            return send_once(session, self._addresses, record, org_id=registration.org_id)

        return self._asked(registration, ask)

    def _facts(self, session: OrgSession, version_id: str) -> UpgradeFacts:
        session.log_in()
        found = target_or_refusal(session, self._addresses, version_id)
        requests = recent_requests(session, self._addresses)
        if isinstance(found, str):
            return UpgradeFacts(None, requests, refusal=found)
        return UpgradeFacts(found, requests)

    def _asked[T](
        self, registration: OrgRegistration, ask: Callable[[OrgSession], T]
    ) -> T | CheckFailure:
        session = OrgSession(registration, self._access)
        return asked(
            session,
            lambda session: _seeing_packages(session, ask),
            org_id=registration.org_id,
            clock=self._clock,
        )


def _seeing_packages[T](session: OrgSession, ask: Callable[[OrgSession], T]) -> T:
    try:
        return ask(session)
    except Refused as refusal:
        if refusal.fault.code != "INVALID_TYPE":
            raise
        # Without the right to see packages the objects themselves do not exist for a user.
        raise CheckFailed(
            FailureCode.PACKAGES_NOT_VISIBLE, refusal.detail, refusal.http_status
        ) from None
