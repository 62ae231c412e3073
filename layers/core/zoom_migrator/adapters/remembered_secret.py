"""A secret that is read and parsed once in a while, rather than for every call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.ports import Clock

MAX_AGE: Final = timedelta(minutes=5)
# Whoever is in doubt has it read again, but not as often as a forger may cause doubt.
MAX_AGE_IN_DOUBT: Final = timedelta(seconds=20)


class RememberedSecret[Parsed]:
    """What was parsed from a secret, remembered for five minutes, from any thread.

    A malformed secret is remembered as well: the answer is the same for all who ask.
    """

    def __init__(
        self, read: Callable[[], str], clock: Clock, parse: Callable[[str], Parsed]
    ) -> None:
        self._read = read
        self._clock = clock
        self._parse = parse
        self._lock = threading.Lock()
        self._known: Parsed | InvalidSettings | None = None
        self._read_at: datetime | None = None

    def __call__(self) -> Parsed:
        """What counts at present.

        Raises:
            InvalidSettings: The secret is absent or malformed.
            StoreUnavailable: The secret cannot be read at present.
        """
        with self._lock:
            known = self._fresh(MAX_AGE)
        return _or_raise(known)

    def _fresh(self, max_age: timedelta) -> Parsed | InvalidSettings:
        now = self._clock.now()
        if self._known is None or self._read_at is None or now - self._read_at > max_age:
            try:
                self._known = self._parse(self._read())
            except InvalidSettings as error:
                self._known = error
            self._read_at = now
        return self._known


class DoubtfulSecret[Parsed](RememberedSecret[Parsed]):
    """A secret that others may replace at any time, and then try at once.

    A malformed one is always in doubt.
    """

    def __call__(self, *, in_doubt: bool = False) -> Parsed:
        """What counts at present.

        Args:
            in_doubt: What is remembered does not fit, so that there may be something else by now.

        Raises:
            InvalidSettings: The secret is absent or malformed; of the kind that the parser raised.
            StoreUnavailable: The secret cannot be read at present.
        """
        with self._lock:
            in_doubt = in_doubt or isinstance(self._known, InvalidSettings)
            known = self._fresh(MAX_AGE_IN_DOUBT if in_doubt else MAX_AGE)
        return _or_raise(known)


def _or_raise[Parsed](known: Parsed | InvalidSettings) -> Parsed:
    if isinstance(known, InvalidSettings):
        # One of its own for each caller: a traceback grows with every raise.
        raise type(known)(known.message, remedy=known.remedy)
    return known
