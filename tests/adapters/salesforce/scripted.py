"""A server that sends exactly the bytes it is told to, for answers no good server would give."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

ADDRESS: Final = "127.0.0.1"
_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent after one request, and what becomes of the connection then.

    Attributes:
        resets: Break the connection off afterwards.
        closes: End it properly afterwards.
        stalls: Send nothing more afterwards, but keep it open.
    """

    data: bytes = b""
    resets: bool = False
    closes: bool = False
    stalls: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived."""

    line: str
    headers: Mapping[str, str]
    body: bytes


type Respond = Callable[[Received], Reply]


def http(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
    """A well-formed answer."""
    lines = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return Reply(f"HTTP/1.1 {status} Said So\r\n{head}\r\n".encode() + body)


def answer(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A well-formed answer that carries JSON."""
    return http(status, json.dumps(document).encode(), headers)


@dataclass
class ScriptedServer:
    """Answers each request with the next reply; hangs up when there is none left."""

    received: list[Received] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._replies: deque[Reply | Respond] = deque()
        self._ended = threading.Event()
        self._listener = socket.create_server((ADDRESS, 0))
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def base_url(self) -> str:
        """The address that is served."""
        return f"http://{ADDRESS}:{self._listener.getsockname()[1]}"

    def will_reply(self, *replies: Reply | Respond) -> None:
        """Forget what was lined up and received, and line up these.

        Args:
            replies: What is sent, or what makes it from the request.
        """
        self._replies.clear()
        self.received.clear()
        self._replies.extend(replies)

    def stop_listening(self) -> None:
        """Refuse all further connections; only for a reply that is about to be sent."""
        self._listener.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        # Shutting a socket down wakes the thread that waits for it; closing alone does not.
        for sock in (self._listener, self._client):
            with contextlib.suppress(OSError):
                if sock is not None:
                    sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._ended.is_set() and self._listener.fileno() >= 0:
            with contextlib.suppress(OSError):
                client, _ = self._listener.accept()
                with client:
                    self.connections += 1
                    self._client = client
                    self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        pending = b""
        while True:
            request, pending = _read(client, pending)
            if request is None or not self._replies:
                return
            self.received.append(request)
            following = self._replies.popleft()
            reply = following if isinstance(following, Reply) else following(request)
            if _send(client, reply):
                return


def _send(client: socket.socket, reply: Reply) -> bool:
    """Send a reply; returns whether the connection is over."""
    client.sendall(reply.data)
    while reply.stalls and client.recv(_CHUNK):
        pass
    if reply.resets:
        # Lingering for no time at all makes closing a reset.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return reply.closes or reply.resets or reply.stalls


def _read(client: socket.socket, pending: bytes) -> tuple[Received | None, bytes]:
    """The next request, and what arrived after it; no request where the client is gone."""
    while b"\r\n\r\n" not in pending:
        chunk = client.recv(_CHUNK)
        if not chunk:
            return None, b""
        pending += chunk
    head, _, rest = pending.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    pairs = (one.partition(":") for one in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    length = int(headers.get("content-length", "0"))
    while len(rest) < length:
        chunk = client.recv(_CHUNK)
        if not chunk:
            return None, b""
        rest += chunk
    return Received(line, headers, rest[:length]), rest[length:]
