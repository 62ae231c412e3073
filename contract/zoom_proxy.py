"""A proxy that leads zoom.us and api.zoom.us to the simulator, and nothing else anywhere.

Clients with built-in addresses run unchanged: they are told of the proxy and of the throw-away
certificate authority by their environment.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from types import TracebackType
from typing import Final, Self

HOSTS: Final = ("zoom.us", "api.zoom.us")
_CHUNK: Final = 65_536
_SECONDS: Final = 60


class ConnectProxy:
    """Answers CONNECT on a port of 127.0.0.1, in threads of its own."""

    def __init__(self, port: int) -> None:
        """Prepare a proxy to a port of 127.0.0.1; nothing is bound yet."""
        self._server = _Server(("127.0.0.1", 0), _Tunnel)
        self._server.destination = ("127.0.0.1", port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The proxy's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    destination = ("127.0.0.1", 0)


class _Tunnel(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Read a CONNECT, and pass bytes on in both directions until either side ends."""
        target = self.rfile.readline().decode("latin-1").split(" ")
        while self.rfile.readline().strip():
            pass
        allowed = {f"{host}:443" for host in HOSTS}
        if target[0] != "CONNECT" or target[1] not in allowed:
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(self.server.destination, _SECONDS) as beyond:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pass_on, args=(beyond, self.connection))
            back.start()
            _pass_on(self.connection, beyond)
            back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    try:
        while chunk := source.recv(_CHUNK):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # One side broke the connection off; the other one is told by the end of the tunnel.
        for end in (source, sink):
            end.close()
