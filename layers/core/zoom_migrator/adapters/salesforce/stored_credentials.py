"""The app's credentials as the stack keeps them, read now and then instead of at every login."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.adapters.salesforce.credentials import AppCredentials, parse_app_credentials
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.ports import Clock

MAX_AGE: Final = timedelta(minutes=5)


class StoredCredentials:
    """Credentials parsed from a secret and remembered for five minutes, from any thread.

    A malformed secret is remembered as well: two hundred orgs of a batch ask at once, and the
    answer is the same for each.
    """

    def __init__(self, read: Callable[[], str], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._known: AppCredentials | InvalidSettings | None = None
        self._read_at: datetime | None = None

    def __call__(self) -> AppCredentials:
        """The credentials.

        Raises:
            InvalidSettings: The secret is absent or malformed.
            StoreUnavailable: The secret cannot be read at present.
        """
        with self._lock:
            known = self._fresh()
        if isinstance(known, InvalidSettings):
            raise InvalidSettings(known.message, remedy=known.remedy)
        return known

    def _fresh(self) -> AppCredentials | InvalidSettings:
        now = self._clock.now()
        if self._known is None or self._read_at is None or now - self._read_at > MAX_AGE:
            try:
                self._known = parse_app_credentials(self._read())
            except InvalidSettings as error:
                self._known = error
            self._read_at = now
        return self._known
