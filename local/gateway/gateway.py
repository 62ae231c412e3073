"""The gateway's server, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

from aiohttp import web
from multidict import CIMultiDict

from local.gateway.exchange import Answer, Backend, Question, end_to_end, error

ADDRESS: Final = "127.0.0.1"
_STOP_SECONDS: Final = 10.0


class Gateway:
    """Serves ``http://localhost:PORT`` and has a backend answer; a context manager.

    It can be started before there is a backend, because a deployment has to know its address.
    Bound to the loopback address, it is reached by no other machine.
    """

    def __init__(self, backend: Backend | None = None, *, port: int = 0) -> None:
        """Prepare a gateway; nothing is bound yet.

        Args:
            port: Port of 127.0.0.1; 0 takes a free one.
        """
        self._backend = backend
        self._wanted_port = port
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gateway", daemon=True)
        self._runner: web.ServerRunner | None = None

    def __enter__(self) -> Self:
        """Bind the port and serve.

        Raises:
            OSError: The port is taken.
        """
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection and free the port."""
        self._end()

    @property
    def base_url(self) -> str:
        """The address that is served, without a trailing slash."""
        return f"http://localhost:{self._port}"

    def connect(self, backend: Backend) -> None:
        """Have this backend answer from now on; before, the gateway says that it is not ready."""
        self._backend = backend

    async def _start(self) -> None:
        server = web.Server(self._handle, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, ADDRESS, self._wanted_port).start()
        self._port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._backend is not None:
            await self._backend.close()

    def _end(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(_STOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_SECONDS)
        self._loop.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        return _response(await self._answer(request), request.method)

    async def _answer(self, request: web.BaseRequest) -> Answer:
        backend = self._backend
        if backend is None:
            return error(HTTPStatus.SERVICE_UNAVAILABLE, "Nothing is deployed here yet.")
        if not request.raw_path.startswith("/"):
            # A proxy's form of a request; this serves nobody else's addresses.
            return error(HTTPStatus.BAD_REQUEST, "The address has to begin with a slash.")
        question = Question(
            method=request.method,
            target=request.raw_path,
            headers=tuple(request.headers.items()),
            body=await request.content.read(),
            client=request.remote or ADDRESS,
        )
        return await backend.answer(question)


def _response(answer: Answer, method: str) -> web.Response:
    headers = CIMultiDict(end_to_end(answer.headers))
    if method != "HEAD":
        # Counted anew, from what is really sent.
        headers.pop("Content-Length", None)
    return web.Response(status=answer.status, body=answer.body, headers=headers)
