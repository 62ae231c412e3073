"""Waits for what other processes do, and holds back what should not happen yet."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Final

POLL_SECONDS: Final = 0.1
# Longer than any latency of the demo's orgs.
HELD_MILLISECONDS: Final = 60_000


def eventually(holds: Callable[[], bool], *, within_seconds: float = 90) -> None:
    """Return as soon as something holds.

    Raises:
        AssertionError: It does not, for that long.
    """
    pause, deadline = threading.Event(), time.monotonic() + within_seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        pause.wait(POLL_SECONDS)


class Gate:
    """Holds back the answers of orgs with a latency of :data:`HELD_MILLISECONDS`."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._open = threading.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait out a latency, in the simulator."""
        if seconds * 1000 < HELD_MILLISECONDS:
            await asyncio.sleep(seconds)
            return
        self._reached.set()
        while not self._open.is_set():
            await asyncio.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Hold back from now on."""
        self._reached.clear()
        self._open.clear()

    def open(self) -> None:
        """Let everything through."""
        self._open.set()

    def wait_until_reached(self) -> None:
        """Return as soon as somebody is held back."""
        assert self._reached.wait(90), "nobody came to the gate"
