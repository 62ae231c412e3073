"""What is left of events in memory: which were taken, and what they had looked at."""

from __future__ import annotations

import threading
from datetime import datetime

from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.zoom_event import ProbeOrder


class InMemoryReplayGuard:
    """A :class:`~zoom_migrator.cleanup_ports.ReplayGuard` that lasts as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, datetime] = {}

    def has_seen(self, event_id: str, *, now: datetime) -> bool:
        """See the port."""
        with self._lock:
            until = self._seen.get(event_id)
        return until is not None and now < until

    def remember(self, event_id: str, *, until: datetime) -> None:
        """See the port."""
        with self._lock:
            self._seen[event_id] = until


class InMemoryProbeQueue:
    """A :class:`~zoom_migrator.cleanup_ports.ProbeQueue` that tests take orders from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[ProbeOrder] = []
        self.is_down = False

    @property
    def orders(self) -> list[ProbeOrder]:
        """Every order that was taken, in that order."""
        with self._lock:
            return list(self._orders)

    def put(self, order: ProbeOrder) -> None:
        """See the port."""
        if self.is_down:
            raise StoreUnavailable("The queue cannot be reached.")
        with self._lock:
            self._orders.append(order)
