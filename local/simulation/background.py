"""A server in a background thread, for Python programs that start and stop it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Final, Self

from local.simulation.server import LoopbackServer

_STOP_SECONDS: Final = 10.0


class BackgroundServer:
    """Runs a server in a thread of its own.

    Use it as a context manager, or call ``start`` and ``stop``.
    """

    def __init__(self, server: LoopbackServer, *, port: int, name: str) -> None:
        """Prepare; nothing is bound yet.

        Args:
            server: What is served.
            port: Port of 127.0.0.1; 0 takes a free one.
            name: Name of the thread.
        """
        self._server = server
        self._wanted_port = port
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start serving."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self.stop()

    @property
    def port(self) -> int:
        """The port that is served."""
        return self._server.port

    @property
    def base_url(self) -> str:
        """The address that is served, for example ``http://127.0.0.1:40123``."""
        return self._server.base_url

    def start(self) -> None:
        """Bind the port and serve in a background thread.

        Raises:
            OSError: The port is taken.
        """
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name=self._name, daemon=True)
        thread.start()
        self._loop, self._thread = loop, thread
        try:
            self.run(self._server.start(self._wanted_port))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Close every connection, free the port and end the thread."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = self._thread = None
        asyncio.run_coroutine_threadsafe(self._server.stop(), loop).result(_STOP_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_STOP_SECONDS)
        loop.close()

    def run[T](self, work: Coroutine[object, object, T]) -> T:
        """Run a coroutine in the server's loop and return its result.

        Raises:
            RuntimeError: The server does not run.
        """
        if self._loop is None:
            work.close()
            raise RuntimeError(f"{self._name} is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
