"""The inbox for Python programs: two servers in a background thread, and a handle on the mail."""

from __future__ import annotations

import time
from collections.abc import Callable

from local.inbox.faults import Faults
from local.inbox.mail import Mailbox, ReceivedMail
from local.inbox.server import Server
from local.simulation.background import BackgroundServer

_WAIT_SECONDS = 10.0


class Inbox(BackgroundServer):
    """Everybody's mailbox behind two ports of 127.0.0.1: SMTP, and pages.

    Use it as a context manager, or call ``start`` and ``stop``. Every method and property may be
    used from any thread.
    """

    def __init__(
        self, *, port: int = 0, smtp_port: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        """Prepare an inbox; nothing is bound yet.

        Args:
            port: Port of 127.0.0.1 for the pages; 0 takes a free one.
            smtp_port: Port of 127.0.0.1 for mail; 0 takes a free one.
            clock: Seconds since 1970; when mail arrives goes by it.
        """
        self.mailbox = Mailbox(clock)
        self.faults = Faults()
        self._two = Server(self.mailbox, self.faults, smtp_port=smtp_port)
        super().__init__(self._two, port=port, name="inbox")

    @property
    def smtp_port(self) -> int:
        """The port that mail comes in by."""
        return self._two.smtp_port

    @property
    def smtp_address(self) -> str:
        """Host and port, as whoever relays mail wants them."""
        return f"127.0.0.1:{self.smtp_port}"

    def mails(
        self, address: str = "", *, wait_for: int = 0, seconds: float = _WAIT_SECONDS
    ) -> list[ReceivedMail]:
        """Return the mails of an address, or all, oldest first.

        Args:
            wait_for: Wait until so many mails are here in all.
            seconds: How long, at most.
        """
        self.mailbox.wait_for(wait_for, seconds)
        return self.mailbox.of(address)
