"""An HTTP server on 127.0.0.1 that sends answers whole or broken."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web

from local.simulation.reply import Delivery, Reply

ADDRESS: Final = "127.0.0.1"
_BACKLOG: Final = 1024
# What a broken answer still announces beyond the bytes that are sent.
_MISSING_BYTES: Final = 64
# Turns of the event loop in which aborted connections close their sockets.
_TURNS_TO_CLOSE: Final = 5

type Answer = Callable[[web.BaseRequest], Awaitable[Reply]]


class LoopbackServer:
    """Serves answers on a loopback port. Lives in the event loop that starts it."""

    def __init__(
        self,
        answer: Answer,
        *,
        tls: ssl.SSLContext | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare a server; nothing is bound yet.

        Args:
            answer: Answers a request.
            tls: Serve https with this context.
            headers: What every whole answer carries besides its own headers.
        """
        self._answer = answer
        self._tls = tls
        self._headers = dict(headers or {})
        self._runner: web.ServerRunner | None = None
        self.port = 0

    @property
    def base_url(self) -> str:
        """The address that is served, without a trailing slash."""
        return f"{'https' if self._tls else 'http'}://{ADDRESS}:{self.port}"

    async def start(self, port: int) -> None:
        """Bind the port (0: any free one) on 127.0.0.1.

        Raises:
            OSError: The port is taken.
        """
        server = web.Server(
            self._handle,
            access_log=None,
            keepalive_timeout=300,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, ADDRESS, port, ssl_context=self._tls, backlog=_BACKLOG)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close every connection and free the port."""
        if self._runner is None:
            return
        server = self._runner.server
        connections = server.connections if server is not None else []
        transports = [one.transport for one in connections if one.transport is not None]
        await self._runner.cleanup()
        # A TLS connection would wait for the client's farewell; nobody waits for it here.
        for transport in transports:
            transport.abort()
        for _ in range(_TURNS_TO_CLOSE):
            await asyncio.sleep(0)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        reply = await self._answer(request)
        if reply.delivery is not Delivery.WHOLE:
            await _send_broken(request, reply)
        return self._response(reply)

    def _response(self, reply: Reply) -> web.Response:
        headers = self._headers | reply.headers
        if reply.body or reply.status != HTTPStatus.NO_CONTENT:
            headers["Content-Type"] = reply.content_type
        return web.Response(status=reply.status or 500, body=reply.body, headers=headers)


def host_of(request: web.BaseRequest) -> str:
    """Return the Host header without port, in lower case."""
    host = request.headers.get("Host", "").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


async def _send_broken(request: web.BaseRequest, reply: Reply) -> None:
    """Send a part of an answer, or nothing, and break the connection.

    What the server framework then sends of its own goes nowhere: the transport is closed.
    """
    transport = request.transport
    if transport is None:
        return
    if reply.delivery is not Delivery.RESET_BEFORE:
        declared = len(reply.body) + _MISSING_BYTES
        head = (
            f"HTTP/1.1 {reply.status} OK\r\nContent-Type: {reply.content_type}\r\n"
            f"Content-Length: {declared}\r\n\r\n"
        )
        if not reply.body:
            # An answer without a body counts as complete as soon as its status is known.
            head = head.partition(" ")[0]
        transport.write(head.encode() + reply.body[: len(reply.body) // 2])
        # One turn of the loop lets the bytes leave before the connection breaks.
        await asyncio.sleep(0)
    if reply.delivery is Delivery.CLOSED_EARLY:
        transport.close()
        return
    raw = transport.get_extra_info("socket")
    if isinstance(raw, socket.socket) or hasattr(raw, "setsockopt"):
        # Lingering for zero seconds makes the kernel send RST instead of FIN.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
