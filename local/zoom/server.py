"""The HTTP server: reads requests, waits out latencies, posts events, sends answers."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from aiohttp import web

from local.simulation.reply import Reply
from local.simulation.server import LoopbackServer, host_of
from local.zoom import control, exchange, webhooks
from local.zoom.request import Incoming
from local.zoom.webhooks import Posting
from local.zoom.world import World


class Server(LoopbackServer):
    """Serves a world on a loopback port. Lives in the event loop that starts it."""

    def __init__(
        self,
        world: World,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepare a server; nothing is bound yet."""
        super().__init__(self._reply, tls=tls, headers={"Cache-Control": "no-store"})
        self._world = world
        self._sleep = sleep

    async def _reply(self, request: web.BaseRequest) -> Reply:
        incoming = Incoming(
            method=request.method,
            target=request.raw_path,
            host=host_of(request),
            origin=f"{request.scheme}://{request.host}",
            # Not request.read(): that stops at 1 MiB, and documents can be larger.
            body=await request.content.read(),
            authorization=request.headers.get("Authorization", ""),
            cookies=request.headers.get("Cookie", ""),
            accept=request.headers.get("Accept", ""),
            content_type=request.headers.get("Content-Type", ""),
        )
        reply = await self._answer_to(incoming)
        # Nothing may hold the lock here: the app that is told may well ask back.
        if isinstance(reply, Posting):
            return reply.then(await webhooks.post(reply.event))
        return reply

    async def _answer_to(self, incoming: Incoming) -> Reply | Posting:
        if incoming.path == control.ROOT or incoming.path.startswith(f"{control.ROOT}/"):
            with self._world.lock:
                return control.handle(self._world, incoming)
        with self._world.lock:
            admitted = exchange.admit(self._world, incoming)
        if admitted.delay_seconds > 0:
            await self._sleep(admitted.delay_seconds)
        with self._world.lock:
            return exchange.answer(self._world, admitted)
