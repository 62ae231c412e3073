"""The orgs that the clients are pointed at."""

from __future__ import annotations

import secrets
from typing import Final

from local.salesforce import (
    ZOOM_LIGHTNING_NAMESPACE,
    ZOOM_LIGHTNING_PACKAGE_ID,
    PublishedVersion,
    RunningOrg,
    SalesforceSimulator,
    SimulatedOrg,
    SimulatedPackage,
    SimulatedUser,
)

HOST: Final = "contract.my.salesforce.com"
USERNAME: Final = "integration@contract.example"
NEW_VERSION: Final = PublishedVersion(version="3.28")
INSTALLATION_KEY: Final = "it's \\ a key " + secrets.token_urlsafe(16)
PROTECTED_VERSION: Final = PublishedVersion(version="3.29", installation_key=INSTALLATION_KEY)


def behind(simulator: SalesforceSimulator) -> RunningOrg:
    """Start, or start over, an org with both Zoom packages, the older one behind."""
    simulator.publish(NEW_VERSION, PROTECTED_VERSION)
    return simulator.add(
        SimulatedOrg(
            host=HOST,
            users=[SimulatedUser(username=USERNAME)],
            run_as=USERNAME,
            packages=[
                SimulatedPackage(version="3.23.0.4"),
                SimulatedPackage(
                    namespace=ZOOM_LIGHTNING_NAMESPACE,
                    package_id=ZOOM_LIGHTNING_PACKAGE_ID,
                    name="Zoom For Lightning",
                    version="1.11.0.9",
                ),
            ],
        )
    )
