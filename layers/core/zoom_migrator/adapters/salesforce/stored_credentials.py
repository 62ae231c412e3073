"""The app's credentials as the stack keeps them, read now and then instead of at every login."""

from __future__ import annotations

from collections.abc import Callable

from zoom_migrator.adapters.remembered_secret import RememberedSecret
from zoom_migrator.adapters.salesforce.credentials import AppCredentials, parse_app_credentials
from zoom_migrator.ports import Clock


class StoredCredentials(RememberedSecret[AppCredentials]):
    """Credentials parsed from the Salesforce secret, remembered for all orgs of a batch."""

    def __init__(self, read: Callable[[], str], clock: Clock) -> None:
        super().__init__(read, clock, parse_app_credentials)
