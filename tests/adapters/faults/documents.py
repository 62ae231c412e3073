"""What the simulators are told about the first org and its Zoom admin."""

from __future__ import annotations

from typing import Final

from local.salesforce import (
    InstallBehaviour,
    PackageConnection,
    SimulatedKeyRow,
    SimulatedOrg,
    SimulatedPackage,
    SimulatedUser,
)
from local.zoom import SimulatedAccount, SimulatedApp, SimulatedPerson
from tests.authorizations import ACCOUNT_ID, USER_ID, ZOOM_ADMIN, some_authorization_settings
from tests.cleanups import PROBE
from zoom_migrator.adapters.memory.zoom import CLIENT_ID
from zoom_migrator.domain.org import OrgRegistration

CLIENT_SECRET: Final = "app-secret-canary"
ENOUGH: Final = "3.28.0.1"


def an_org_at_salesforce(
    registration: OrgRegistration, rows: int = 2, version: str = ENOUGH
) -> SimulatedOrg:
    """The registered org, with so many rows of keys, whose installs end when they are told to."""
    return SimulatedOrg(
        host=registration.host,
        org_id=registration.org_id,
        users=[SimulatedUser(username=registration.username)],
        run_as=registration.username,
        packages=[SimulatedPackage(version=version)],
        key_rows=[SimulatedKeyRow() for _ in range(rows)],
        connection=PackageConnection(
            object=PROBE.object_name, field=PROBE.field, connected_value=PROBE.expected
        ),
        install=InstallBehaviour(never_ends=True),
    )


def an_account_at_zoom() -> SimulatedAccount:
    """The account of the Zoom admin, who has everything."""
    person = SimulatedPerson(email=ZOOM_ADMIN, user_id=USER_ID)
    return SimulatedAccount(name="Acme", account_id=ACCOUNT_ID, people=[person])


def an_app_at_zoom() -> SimulatedApp:
    """The product's app."""
    return SimulatedApp(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uris=[some_authorization_settings().redirect_uri],
    )
