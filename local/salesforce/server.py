"""The HTTP server: reads requests, waits out latencies, sends answers whole or broken."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from local.salesforce import control, exchange
from local.salesforce.exchange import Incoming
from local.salesforce.world import World
from local.simulation.reply import Reply
from local.simulation.server import LoopbackServer, host_of

_HEADERS: Final = {"Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private"}


class Server(LoopbackServer):
    """Serves a world on a loopback port. Lives in the event loop that starts it."""

    def __init__(
        self,
        world: World,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepare a server; nothing is bound yet."""
        super().__init__(self._reply, tls=tls, headers=_HEADERS)
        self._world = world
        self._sleep = sleep

    async def _reply(self, request: web.BaseRequest) -> Reply:
        incoming = Incoming(
            method=request.method,
            target=request.raw_path,
            host=host_of(request),
            base_url=f"{request.scheme}://{request.host}",
            authorization=request.headers.get("Authorization", ""),
            # Not request.read(): that stops at 1 MiB, and documents of large fleets are larger.
            body=await request.content.read(),
        )
        if incoming.path.startswith(control.ROOT):
            with self._world.lock:
                return control.handle(self._world, incoming)
        with self._world.lock:
            admitted = exchange.admit(self._world, incoming)
        delay = admitted.delay_seconds
        if delay > 0:
            await self._sleep(delay)
        with self._world.lock:
            return exchange.answer(self._world, admitted)
