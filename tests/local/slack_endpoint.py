"""An app's endpoint for presses: remembers what came, and answers as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from slack_sdk.signature import Clock


class _At(Clock):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        return self._seconds


@dataclass
class Endpoint:
    """What came, and with which status it is answered."""

    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    url: str = ""

    def payload(self) -> dict[str, Any]:
        """What the last press said."""
        _, body = self.received[-1]
        payload: dict[str, Any] = json.loads(parse_qs(body.decode())["payload"][0])
        return payload

    def reply_url(self) -> str:
        """Where the last press is replied to."""
        return str(self.payload()["response_url"])

    def at(self, headers: dict[str, str]) -> Clock:
        """A clock that shows when a request was signed."""
        return _At(float(headers["x-slack-request-timestamp"]))


@contextmanager
def served() -> Iterator[Endpoint]:
    """An endpoint on a loopback port."""
    made = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.received.append((headers, body))
            self.send_response(made.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}/slack"
        yield made
        server.shutdown()
        thread.join()
