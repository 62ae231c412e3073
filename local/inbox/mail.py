"""A mail as it arrived."""

from __future__ import annotations

import email
import email.policy
import itertools
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final

_MAX_MAILS: Final = 10_000
_ONE_CLICK: Final = "List-Unsubscribe=One-Click"
_IN_BRACKETS: Final = re.compile(r"<(https?://[^>]+)>")


@dataclass(frozen=True)
class ReceivedMail:
    """A mail.

    Attributes:
        mail_id: Its number, from 1.
        at: Seconds since 1970.
        recipients: Whom it was for, as SMTP said so.
        raw: What came, byte by byte.
    """

    mail_id: int
    at: float
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        """The same, taken apart."""
        message = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
        return message

    @property
    def subject(self) -> str:
        """The subject."""
        return self.header("Subject")

    @property
    def sender(self) -> str:
        """Whom it is from, as its reader sees it."""
        return self.header("From")

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""
        return str(self.message.get(name, ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header, in order."""
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        """The text part."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty where there is none."""
        return self._part("html")

    @property
    def unsubscribe_url(self) -> str:
        """Where one click ends mails of this sort, by RFC 8058; empty where none does."""
        if self.header("List-Unsubscribe-Post").strip() != _ONE_CLICK:
            return ""
        found = _IN_BRACKETS.search(self.header("List-Unsubscribe"))
        return found[1] if found else ""

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


class Mailbox:
    """All mails of everybody. May be used from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._mails: list[ReceivedMail] = []
        self._numbers = itertools.count(1)
        self._arrived = threading.Condition(self._lock)

    def take(self, recipients: Sequence[str], raw: bytes) -> ReceivedMail:
        """Keep a mail; the oldest of very many are forgotten."""
        with self._arrived:
            mail = ReceivedMail(next(self._numbers), self._clock(), tuple(recipients), raw)
            self._mails = [*self._mails, mail][-_MAX_MAILS:]
            self._arrived.notify_all()
            return mail

    def of(self, address: str = "") -> list[ReceivedMail]:
        """Return the mails of an address, or all, oldest first."""
        wanted = address.lower()
        with self._lock:
            return [
                mail
                for mail in self._mails
                if not wanted or wanted in (each.lower() for each in mail.recipients)
            ]

    def find(self, mail_id: int) -> ReceivedMail | None:
        """Return a mail, or None."""
        with self._lock:
            return next((mail for mail in self._mails if mail.mail_id == mail_id), None)

    def wait_for(self, count: int, seconds: float) -> bool:
        """Wait until so many mails are here; say whether they are."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self._mails) >= count, seconds)

    def clear(self) -> None:
        """Forget every mail."""
        with self._lock:
            self._mails = []
