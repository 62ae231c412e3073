"""Connections that keep to a deadline, whatever the other side does."""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Deadline:
    """When all calls together have to be over, whatever the other side does."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def wait_at_most(self, seconds: float) -> float:
        """The shorter of ``seconds`` and the time left.

        Raises:
            TimeoutError: No time is left.
        """
        left = self._end - self._monotonic()
        if left <= 0:
            raise TimeoutError("the time for these calls is up")
        return min(seconds, left)


class PlainConnection(HTTPConnection):
    """A connection whose answers cannot outlast the deadline, not even by trickling in.

    A socket's time-out alone bounds the wait for the next bytes, not for the whole answer. Without
    TLS, which only a loopback address gets.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        deadline: Deadline,
        read_timeout: float,
        before_sending: Callable[[], None],
        **options: Any,
    ) -> None:
        super().__init__(host, port, **options)
        self._deadline = deadline
        self._read_timeout = read_timeout
        self._before_sending = before_sending

    def send(self, data: Any) -> None:
        """Send a part of a request, and tell so first."""
        self._before_sending()
        super().send(data)

    def response_class(  # type: ignore[override]  # the client calls it to make a response
        self, sock: socket.socket, *args: Any, **options: Any
    ) -> http.client.HTTPResponse:
        """Read an answer by the deadline."""
        timed = _TimedSocket(sock, self._deadline, self._read_timeout)
        return http.client.HTTPResponse(timed, *args, **options)  # type: ignore[arg-type]


class TlsConnection(PlainConnection, HTTPSConnection):
    """The same over TLS."""


class _TimedSocket:
    """What a response needs of a socket: a file to read, here one that watches the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline, read_timeout: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self._read_timeout = read_timeout

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The bytes that arrive."""
        raw = self._sock.makefile("rb", buffering=0)
        return io.BufferedReader(_TimedReader(raw, self._sock, self._deadline, self._read_timeout))


class _TimedReader(io.RawIOBase):
    def __init__(
        self, raw: socket.SocketIO, sock: socket.socket, deadline: Deadline, read_timeout: float
    ) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self._read_timeout = read_timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._sock.settimeout(self._deadline.wait_at_most(self._read_timeout))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
