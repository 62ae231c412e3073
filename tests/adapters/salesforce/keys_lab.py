"""Gateways to old keys, and the answers that scripted orgs give them."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import Any, Final

from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_OBJECT,
    RunningOrg,
    SalesforceSimulator,
)
from tests.adapters.salesforce.lab import HOST, Lab
from tests.adapters.salesforce.scripted import (
    Received,
    Reply,
    Respond,
    ScriptedServer,
    answer,
    http,
)
from tests.adapters.salesforce.test_inventory import composite
from tests.adapters.salesforce.test_login import a_token_answer
from tests.adapters.salesforce.test_packages import page
from tests.builders import a_registration
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials, SalesforceSettings
from zoom_migrator.adapters.salesforce.keys import SalesforceKeysGateway
from zoom_migrator.adapters.salesforce.package_probe import SalesforcePackageProbe
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.legacy_keys import KeyValues, RowAnswer
from zoom_migrator.domain.org import OrgRegistration

ROW_ID: Final = "a0Z5g0000000001EAA"
API_KEY: Final = "canaryKeyOfTheTests_22"
API_SECRET: Final = "canarySecretOfTheTests-with-36-chars"
VALUES: Final = KeyValues(ROW_ID, API_KEY, API_SECRET)
LOGIN: Final = answer(a_token_answer())
DONE: Final = http(204)
FIELDS: Final = (API_KEY_FIELD, API_SECRET_FIELD)


def keys_at(
    connect_to: str,
    credentials: AppCredentials | Callable[[], AppCredentials],
    clock: SettableClock,
    *,
    tls: ssl.SSLContext | None = None,
    monotonic: Callable[[], float] | None = None,
    **settings: Any,
) -> SalesforceKeysGateway:
    """A gateway whose connections all lead to one address of this machine."""
    options: dict[str, Any] = {} if monotonic is None else {"monotonic": monotonic}
    known = credentials
    return SalesforceKeysGateway(
        SalesforceSettings(connect_to=connect_to, **settings),
        credentials=(lambda: known) if isinstance(known, AppCredentials) else known,
        clock=clock,
        tls=tls,
        **options,
    )


def keys_in(lab: Lab, **settings: Any) -> SalesforceKeysGateway:
    """A gateway to the simulator."""
    return keys_at(lab.simulator.base_url, lab.credentials, lab.clock, tls=lab.tls, **settings)


def probe_at(
    connect_to: str, credentials: AppCredentials, clock: SettableClock
) -> SalesforcePackageProbe:
    """A probe whose connections all lead to one address of this machine."""
    return SalesforcePackageProbe(
        SalesforceSettings(connect_to=connect_to), credentials=lambda: credentials, clock=clock
    )


def probe_in(lab: Lab) -> SalesforcePackageProbe:
    """A probe of the simulator's orgs."""
    return probe_at(lab.simulator.base_url, lab.credentials, lab.clock)


def registered() -> OrgRegistration:
    """The org of scripted answers."""
    return a_registration(host=HOST)


def held(org: RunningOrg, number: int = 0) -> list[object]:
    """Key and secret in a row of the simulator."""
    return [org.key_rows[number][name] for name in FIELDS]


def row_ids(org: RunningOrg) -> list[str]:
    """The ids of an org's rows, in their order."""
    return sorted(str(row["Id"]) for row in org.key_rows)


def key_row(**changes: Any) -> dict[str, Any]:
    """A row with its values, as a query lists it."""
    return {"Id": ROW_ID, API_KEY_FIELD: API_KEY, API_SECRET_FIELD: API_SECRET} | changes


def described(**changes: bool) -> dict[str, Any]:
    """The description of the settings object; ``changes`` say which names cannot be updated."""
    fields = [
        {"name": name, "updateable": changes.get(name, True)}
        for name in ("Id", *FIELDS, "zoom_app__Zoom_url__c")
    ]
    return {"name": KEYS_OBJECT, "updateable": changes.get("object", True), "fields": fields}


def listed(*ids: str, total: int | None = None, following: str | None = None) -> dict[str, Any]:
    last = {"done": True} if following is None else {"done": False, "nextRecordsUrl": following}
    count = len(ids) if total is None else total
    return {"totalSize": count, "records": [{"Id": one} for one in ids], **last}


def found_parts(**changes: Any) -> dict[str, Any]:
    """What the parts of a look are answered in an org with one full row."""
    return {
        "rows": listed(total=1) | {"records": []},
        "with_key": listed(ROW_ID),
        "with_secret": listed(ROW_ID),
        "fields": described(),
    } | changes


LOOKED: Final = composite(found_parts())
READ: Final = page(key_row())


def refusal(code: str, message: str = "No.", status: int = 400) -> Reply:
    """An error as the REST API reports it."""
    return answer([{"errorCode": code, "message": message}], status)


def is_change(request: Received) -> bool:
    """Whether a request changes a row."""
    return request.line.startswith("PATCH ")


def change_of(request: Received) -> dict[str, Any]:
    """What a change that arrived asks for."""
    assert is_change(request), request.line
    document: dict[str, Any] = json.loads(request.body)
    return document


def changes_in(simulator: SalesforceSimulator, host: str = HOST) -> int:
    """How many changes reached an org of the simulator."""
    return sum(request.method == "PATCH" for request in simulator.requests_to(host))


class Changed:
    """Changes a row of a server whose answers are scripted."""

    def __init__(
        self,
        server: ScriptedServer,
        credentials: AppCredentials,
        clock: SettableClock,
        **settings: Any,
    ) -> None:
        self.server = server
        self._gateway = keys_at(server.base_url, credentials, clock, **settings)

    def __call__(
        self,
        *replies: Reply | Respond,
        login: Reply | Respond = LOGIN,
        values: KeyValues | None = None,
    ) -> RowAnswer | CheckFailure:
        """Log in well, get these replies, and nothing after them; restore ``values`` if given."""
        self.server.will_reply(login, *replies)
        if values is not None:
            return self._gateway.restore(registered(), values)
        return self._gateway.blank(registered(), ROW_ID)

    @property
    def changes(self) -> list[Received]:
        """The changes that arrived."""
        return [request for request in self.server.received if is_change(request)]
