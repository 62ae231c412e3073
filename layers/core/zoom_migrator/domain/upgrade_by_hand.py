"""How a person upgrades the package in an org: Zoom's procedure, in our words.

Source: Zoom KB0058199, "How to update the Salesforce app to the latest version".
"""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.install_link import install_link
from zoom_migrator.domain.org import Environment

ADMINS_ONLY_WARNING: Final = (
    "Installing for admins only may limit access to the Zoom app for standard users."
)
"""The article's note on the choice."""


def steps_by_hand(environment: Environment, version_id: str) -> list[str]:
    """What to do, step by step.

    Args:
        version_id: The version to install (``04t...``), or empty where none is configured.
    """
    begin = _by_link(environment, version_id) if version_id else _by_app_exchange(environment)
    return [
        *begin,
        f"Choose 'Install for All Users' and press 'Upgrade'. {ADMINS_ONLY_WARNING}",
        "Wait for Salesforce's e-mail that says the upgrade is done.",
        "Nothing has to be reported: the migrator looks at the version by itself.",
    ]


def _by_link(environment: Environment, version_id: str) -> list[str]:
    return [
        f"Open {install_link(environment, version_id)} and log in to this org as an admin.",
        "Accept the terms and conditions.",
    ]


def _by_app_exchange(environment: Environment) -> list[str]:
    return [
        "Log in to this org as an admin and open Setup > Installed Packages.",
        "Choose the package named Zoom, then its AppExchange link.",
        f"Press 'Get It Now', log in, and choose to install in {environment}.",
        "Accept the terms and conditions and press 'Confirm and Install'.",
    ]
