"""An event loop in a thread of its own, for servers that Python programs start and stop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Final, Protocol

_STOP_SECONDS: Final = 10.0


class Startable(Protocol):
    """A server of an event loop."""

    async def start(self, port: int) -> None:
        """Bind a port and serve."""

    async def stop(self) -> None:
        """Stop serving."""


class Background:
    """Runs one server in a background thread."""

    def __init__(self, server: Startable, *, port: int, name: str) -> None:
        """Prepare; no thread runs yet."""
        self._server = server
        self._port = port
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread and the server.

        Raises:
            OSError: The port is taken.
        """
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name=self._name, daemon=True)
        thread.start()
        self._loop, self._thread = loop, thread
        try:
            self.run(self._server.start(self._port))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and end the thread; without effect if it does not run."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = self._thread = None
        asyncio.run_coroutine_threadsafe(self._server.stop(), loop).result(_STOP_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_STOP_SECONDS)
        loop.close()

    def run[T](self, work: Coroutine[object, object, T]) -> T:
        """Run a coroutine in the server's loop and return its result; for other threads only.

        Raises:
            RuntimeError: The server does not run.
        """
        if self._loop is None:
            work.close()
            raise RuntimeError(f"{self._name} is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
