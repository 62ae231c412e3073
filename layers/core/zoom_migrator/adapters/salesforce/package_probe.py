"""Looking whether the package shows that it is connected, where an operator knows it does."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.salesforce.access import Access
from zoom_migrator.adapters.salesforce.answers import page_in
from zoom_migrator.adapters.salesforce.asking import asked
from zoom_migrator.adapters.salesforce.composite import NOT_VISIBLE, ask_all
from zoom_migrator.adapters.salesforce.credentials import AppCredentials
from zoom_migrator.adapters.salesforce.errors import Refused
from zoom_migrator.adapters.salesforce.key_secrecy import without_keys
from zoom_migrator.adapters.salesforce.queries import Addresses, select
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings, api_name
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.verification import ConnectionProbe, PackageConnection
from zoom_migrator.ports import Clock

_MAX_ROWS: Final = 2_000
_MAY_NOT_LOOK: Final = NOT_VISIBLE | {"INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY"}


class SalesforcePackageProbe:
    """A :class:`~zoom_migrator.cleanup_ports.PackageProbe` over HTTP.

    The field has to be one that SOQL can filter by: long texts are not. A checkbox that may hold
    any value shows a connection if it is ticked.
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
        """Take what all calls have in common; see the gateway to the keys."""
        self._addresses = Addresses(settings)
        self._access = Access(
            settings=replace(settings, check_timeout_seconds=settings.keys_timeout_seconds),
            credentials=credentials,
            clock=clock,
            tls=tls or tls_context(),
            monotonic=monotonic,
        )

    def probe(
        self, registration: OrgRegistration, probe: ConnectionProbe
    ) -> PackageConnection | CheckFailure:
        """See the port.

        Raises:
            InvalidSettings: Object or field are not API names; nothing was asked.
        """
        source = api_name("probe object", probe.object_name)
        field = api_name("probe field", probe.field)

        def ask(session: OrgSession) -> PackageConnection:
            try:
                shown = (
                    self._holds(session, source, field, probe.expected)
                    if probe.expected
                    else self._holds_something(session, source, field)
                )
            except Refused as refusal:
                if refusal.fault.code not in _MAY_NOT_LOOK:
                    raise
                return PackageConnection.UNREADABLE
            return PackageConnection.PROVEN if shown else PackageConnection.NOT_SHOWN

        session = OrgSession(registration, self._access, hide=without_keys)
        return asked(session, ask, org_id=registration.org_id, clock=self._access.clock)

    def _holds(self, session: OrgSession, source: str, field: str, expected: str) -> bool:
        """Whether a row holds the value; compared here, because SOQL ignores the case of texts."""
        soql = select((field,), source, f"WHERE {field} != null", f"LIMIT {_MAX_ROWS}")
        rows = page_in(session.get(self._addresses.query(soql))).rows
        return any(
            _written(value) == expected
            for row in rows
            for name, value in row.items()
            if name.lower() == field.lower()
        )

    def _holds_something(self, session: OrgSession, source: str, field: str) -> bool:
        """Whether a row holds anything; what it is may be a token, and is not selected."""
        wanted = {
            name: self._addresses.query(select(("Id",), source, f"WHERE {condition}", "LIMIT 1"))
            for name, condition in (("ticked", f"{field} = true"), ("filled", f"{field} != null"))
        }
        parts = ask_all(session, self._addresses, wanted)
        filled = bool(parts.page("filled").rows)
        try:
            return bool(parts.page("ticked").rows)
        except Refused as refusal:
            if refusal.fault.code not in NOT_VISIBLE:
                raise
            # Only checkboxes can be compared so, and a checkbox is never null.
            return filled


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
