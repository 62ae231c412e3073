"""The HTTP server: reads requests, waits out latencies, posts presses, sends answers."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from aiohttp import web

from local.simulation.reply import Reply
from local.simulation.server import LoopbackServer, host_of
from local.slack import control, exchange, presses, website
from local.slack.control import Told
from local.slack.request import Incoming
from local.slack.website import Pressed
from local.slack.world import World


class Server(LoopbackServer):
    """Serves a world on a loopback port. Lives in the event loop that starts it."""

    def __init__(
        self,
        world: World,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepare a server; nothing is bound yet."""
        super().__init__(self._reply, tls=tls)
        self._world = world
        self._sleep = sleep

    async def _reply(self, request: web.BaseRequest) -> Reply:
        incoming = Incoming(
            method=request.method,
            target=request.raw_path,
            host=host_of(request),
            # Not request.read(): that stops at 1 MiB, and documents can be larger.
            body=await request.content.read(),
            authorization=request.headers.get("Authorization", ""),
            content_type=request.headers.get("Content-Type", ""),
        )
        reply = await self._answer_to(incoming)
        # Nothing may hold the lock here: the app that is told may well post at once.
        if isinstance(reply, Pressed | Told):
            return reply.then(await presses.post(reply.press))
        return reply

    async def _answer_to(self, incoming: Incoming) -> Reply | Pressed | Told:
        if incoming.path == control.ROOT or incoming.path.startswith(f"{control.ROOT}/"):
            with self._world.lock:
                return control.handle(self._world, incoming)
        phase = exchange.phase_of(incoming)
        if phase is None:
            with self._world.lock:
                return website.handle(self._world, incoming)
        with self._world.lock:
            admitted = exchange.admit(self._world, incoming, phase)
        if admitted.delay_seconds > 0:
            await self._sleep(admitted.delay_seconds)
        with self._world.lock:
            return exchange.answer(self._world, admitted)
