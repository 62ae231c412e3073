"""Two servers in one event loop: mail comes in by SMTP, people look at it by HTTP."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from local.inbox import control, website
from local.inbox.faults import Faults
from local.inbox.mail import Mailbox
from local.inbox.smtp import protocol
from local.inbox.website import LOOPBACK_HOSTS, Unsubscribing
from local.simulation.reply import Reply
from local.simulation.server import ADDRESS, LoopbackServer, host_of

_ELSEWHERE: Final = Reply(403, b'{"error": "the inbox answers on 127.0.0.1 only"}')


class Server(LoopbackServer):
    """Serves a mailbox on two loopback ports. Lives in the event loop that starts it."""

    def __init__(self, mailbox: Mailbox, faults: Faults, *, smtp_port: int = 0) -> None:
        """Prepare both; nothing is bound yet."""
        super().__init__(self._reply)
        self._mailbox = mailbox
        self._faults = faults
        self._smtp: asyncio.Server | None = None
        self.smtp_port = smtp_port

    async def start(self, port: int) -> None:
        """Bind both ports on 127.0.0.1 (0: any free one).

        Raises:
            OSError: One is taken.
        """
        await super().start(port)
        loop = asyncio.get_running_loop()
        self._smtp = await loop.create_server(
            lambda: protocol(self._mailbox, self._faults), ADDRESS, self.smtp_port
        )
        self.smtp_port = self._smtp.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection and free both ports."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp.abort_clients()
            await self._smtp.wait_closed()
        await super().stop()

    async def _reply(self, request: web.BaseRequest) -> Reply:
        if host_of(request) not in LOOPBACK_HOSTS:
            return _ELSEWHERE
        body = await request.content.read()
        target = request.raw_path
        if target.startswith(f"{control.ROOT}/"):
            return control.handle(self._mailbox, self._faults, request.method, target, body)
        reply = website.handle(self._mailbox, request.method, target)
        if isinstance(reply, Unsubscribing):
            return reply.then(await website.unsubscribe(reply.mail))
        return reply
