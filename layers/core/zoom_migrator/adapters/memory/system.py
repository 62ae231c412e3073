"""A clock that moves when told to, and ids that can be foreseen."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta


class SettableClock:
    """A :class:`~zoom_migrator.ports.Clock` that stands still between :meth:`advance` calls."""

    def __init__(self, now: datetime) -> None:
        """Start at a time that has a time zone."""
        self._lock = threading.Lock()
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """See the port."""
        with self._lock:
            return self._now

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        with self._lock:
            self._now += by


class SequentialScanIds:
    """Ids such as ``scan-20261124T015027Z-000001``, counted instead of drawn."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new_scan_id(self, now: datetime) -> str:
        """See the port."""
        return f"scan-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{next(self._numbers):06d}"


class SequentialSecretIds:
    """Ids such as ``secret0000000000000001``: as long as real ones, and easy to guess."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new_secret_id(self) -> str:
        """See the port."""
        return f"secret{next(self._numbers):016d}"


class SequentialSecretValues:
    """Secrets such as ``value00000000000000000000000000000000000001``, as long as real ones."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new_secret_value(self) -> str:
        """See the port."""
        return f"value{next(self._numbers):038d}"
