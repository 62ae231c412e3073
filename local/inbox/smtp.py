"""Takes mail by SMTP."""

from __future__ import annotations

import asyncio
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from local.inbox.faults import FaultKind, Faults
from local.inbox.mail import Mailbox

_MAX_BYTES: Final = 10_000_000
_TAKEN: Final = "250 OK"
_AT_RECIPIENT: Final = {
    FaultKind.UNKNOWN_USER: "550 5.1.1 user unknown",
    FaultKind.TRY_LATER: "451 4.3.0 try again later",
}
_AT_MAIL: Final = {
    FaultKind.REFUSED: "554 5.7.1 message content rejected",
    FaultKind.DROPPED: "",
}


class Taker:
    """What the SMTP server asks about every recipient and every mail."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Take a recipient, unless a fault is in the way."""
        fault = self._faults.take(_AT_RECIPIENT, address)
        if fault is not None:
            return _AT_RECIPIENT[fault]
        envelope.rcpt_tos.append(address)
        return _TAKEN

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a mail, unless a fault is in the way."""
        addresses = [address for address in envelope.rcpt_tos if address]
        for address in addresses:
            fault = self._faults.take(_AT_MAIL, address)
            if fault is FaultKind.DROPPED and isinstance(server.transport, asyncio.Transport):
                server.transport.abort()
            if fault is not None:
                return _AT_MAIL[fault] or "421 4.3.2 closing"
        content = envelope.original_content or b""
        self._mailbox.take(addresses, content)
        return _TAKEN


def protocol(mailbox: Mailbox, faults: Faults) -> SMTP:
    """One connection's side of the conversation."""
    return SMTP(
        Taker(mailbox, faults),
        hostname="inbox.localhost",
        ident="Simulated inbox",
        data_size_limit=_MAX_BYTES,
        enable_SMTPUTF8=True,
    )
