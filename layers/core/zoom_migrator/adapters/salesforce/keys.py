"""Looking at, blanking and putting back the old JWT keys in Salesforce orgs over HTTP."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.salesforce.access import Access
from zoom_migrator.adapters.salesforce.answers import is_id
from zoom_migrator.adapters.salesforce.asking import asked
from zoom_migrator.adapters.salesforce.credentials import AppCredentials
from zoom_migrator.adapters.salesforce.key_changes import change_once
from zoom_migrator.adapters.salesforce.key_queries import KeyAddresses
from zoom_migrator.adapters.salesforce.key_rows import rows_found, values_in
from zoom_migrator.adapters.salesforce.key_secrecy import without_keys
from zoom_migrator.adapters.salesforce.queries import Addresses
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.legacy_keys import (
    KeysFound,
    KeysNotVisible,
    KeyValues,
    RowAnswer,
    RowChanged,
    RowGone,
)
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.ports import Clock


class SalesforceKeysGateway:
    """A :class:`~zoom_migrator.cleanup_ports.KeysGateway` over HTTP.

    Every call logs in by itself and costs two requests, or three where it is unclear whether a
    row is gone. Questions are asked anew once if the org wants a new login; a change is not even
    asked for again then.
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
            credentials: Called at every login from any thread. An ``InvalidSettings`` from it
                becomes a failure.
            tls: See :func:`~zoom_migrator.adapters.http_client.tls.tls_context`; the
                system's authorities if left out.
            monotonic: Seconds that only ever grow, for deadlines.
        """
        self._settings = settings
        self._keys = KeyAddresses(Addresses(settings))
        self._access = Access(
            settings=replace(settings, check_timeout_seconds=settings.keys_timeout_seconds),
            credentials=credentials,
            clock=clock,
            tls=tls or tls_context(),
            monotonic=monotonic,
        )

    def look(self, registration: OrgRegistration) -> KeysFound | KeysNotVisible | CheckFailure:
        """See the port."""
        return self._asked(registration, lambda session: rows_found(session, self._keys))

    def read(
        self, registration: OrgRegistration, row_ids: Collection[str]
    ) -> tuple[KeyValues, ...] | KeysNotVisible | CheckFailure:
        """See the port; nobody is asked for no rows."""
        if not row_ids:
            return ()
        return self._asked(registration, lambda session: values_in(session, self._keys, row_ids))

    def blank(self, registration: OrgRegistration, row_id: str) -> RowAnswer | CheckFailure:
        """See the port."""
        return self._change(
            registration,
            row_id,
            {
                self._settings.keys_api_key_field: None,
                self._settings.keys_api_secret_field: None,
            },
        )

    def restore(self, registration: OrgRegistration, values: KeyValues) -> RowAnswer | CheckFailure:
        """See the port."""
        held = {
            self._settings.keys_api_key_field: values.api_key,
            self._settings.keys_api_secret_field: values.api_secret,
        }
        fields = {name: value for name, value in held.items() if value is not None}
        return self._change(registration, values.row_id, fields) if fields else RowChanged()

    def _change(
        self, registration: OrgRegistration, row_id: str, fields: Mapping[str, str | None]
    ) -> RowAnswer | CheckFailure:
        if not is_id(row_id, ""):
            return RowGone()

        def ask(session: OrgSession) -> RowAnswer:
            for value in fields.values():
                session.keep_secret(value or "")
            # With a login of this moment, the change does not meet a session or a connection
            # that has died meanwhile.
            session.log_in()
            return change_once(session, self._keys, row_id, fields, org_id=registration.org_id)

        return self._asked(registration, ask)

    def _asked[T](
        self, registration: OrgRegistration, ask: Callable[[OrgSession], T]
    ) -> T | CheckFailure:
        session = OrgSession(registration, self._access, hide=without_keys)
        return asked(session, ask, org_id=registration.org_id, clock=self._access.clock)
