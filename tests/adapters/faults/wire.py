"""HTTP messages as bytes on a connection: read whole, and passed on as they came."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

_CHUNK: Final = 65_536
_END_OF_HEAD: Final = b"\r\n\r\n"

type Upstream = tuple[str, int]


class ConnectionEnded(Exception):
    """The other side has hung up."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer.

    Attributes:
        head: Everything before the body, the empty line included.
    """

    head: bytes = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def raw(self) -> bytes:
        """All of it."""
        return self.head + self.body

    @property
    def first_line(self) -> str:
        """``GET /path HTTP/1.1``, or ``HTTP/1.1 200 OK``."""
        return self.head.partition(b"\r\n")[0].decode("latin-1")

    @property
    def method(self) -> str:
        """Of a request."""
        return self.first_line.split(" ")[0]

    @property
    def target(self) -> str:
        """Path and query of a request."""
        return self.first_line.split(" ")[1]

    @property
    def status(self) -> int:
        """Of an answer."""
        return int(self.first_line.split(" ")[1])

    @property
    def host(self) -> str:
        """The Host header of a request."""
        return header_in(self.head, "host")


class Reader:
    """Reads one message after the other from a connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._pending = b""

    def request(self) -> Message:
        """The next request.

        Raises:
            ConnectionEnded: There is none any more.
            OSError: The connection broke.
        """
        head = self._head()
        return Message(head, self._exactly(int(header_in(head, "content-length") or 0)))

    def answer(self) -> Message:
        """The next answer, which has to tell its length; raises what :meth:`request` raises."""
        head = self._head()
        length = header_in(head, "content-length")
        if not length and Message(head, b"").status not in (204, 304):
            raise ValueError("an answer without a length")
        return Message(head, self._exactly(int(length or 0)))

    def until_ended(self) -> None:
        """Wait until the other side hangs up."""
        while self._sock.recv(_CHUNK):
            pass

    def _head(self) -> bytes:
        while _END_OF_HEAD not in self._pending:
            self._more()
        head, _, self._pending = self._pending.partition(_END_OF_HEAD)
        return head + _END_OF_HEAD

    def _exactly(self, length: int) -> bytes:
        while len(self._pending) < length:
            self._more()
        body, self._pending = self._pending[:length], self._pending[length:]
        return body

    def _more(self) -> None:
        chunk = self._sock.recv(_CHUNK)
        if not chunk:
            raise ConnectionEnded
        self._pending += chunk


class Line:
    """The proxy's own connection to a server, opened when it is needed first."""

    def __init__(self, upstream_of: Callable[[str], Upstream]) -> None:
        self._upstream_of = upstream_of
        self._sock: socket.socket | None = None
        self._reader: Reader | None = None

    def pass_on(self, request: Message) -> Message:
        """Send a request, and wait for the answer."""
        if self._sock is None or self._reader is None:
            self._sock = socket.create_connection(self._upstream_of(request.host))
            self._reader = Reader(self._sock)
        self._sock.sendall(request.raw)
        return self._reader.answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._sock is not None:
            self._sock.close()


def header_in(head: bytes, name: str) -> str:
    """The value of a header, or nothing."""
    for line in head.decode("latin-1").split("\r\n")[1:]:
        found, _, value = line.partition(":")
        if found.lower() == name:
            return value.strip()
    return ""
