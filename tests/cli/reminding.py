"""People who are reminded by a command, in memory and over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.notices import NoticeWorld
from zoom_migrator.domain.errors import MigratorError
from zoom_migrator_cli.reminding import Reminded

REPORT = {"looked_at": 9, "due": 3, "late": 1, "orders": 2, "is_complete": True}


@dataclass
class InMemoryReminding:
    """The twin of the deployed function: it reminds, and everybody is told at once.

    Attributes:
        fails_at: The day ahead on which it fails, and why.
        asked: Every day ahead that it was asked for.
    """

    world: NoticeWorld
    fails_at: dict[int, MigratorError] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def remind(self, *, days_ahead: int) -> Reminded:
        """See the port."""
        self.asked.append(days_ahead)
        if days_ahead in self.fails_at:
            raise self.fails_at[days_ahead]
        report = self.world.remind(days_ahead=days_ahead)
        self.world.work_off()
        return Reminded(report.due, report.late, report.orders)


@dataclass
class FunctionEndpoint:
    """Lambda with one function: what it was invoked with, and what it answers.

    Attributes:
        error: What Lambda says of how the function failed, such as ``Unhandled``.
    """

    url: str
    answer: Any = field(default_factory=lambda: dict(REPORT))
    error: str = ""
    status: int = 200
    invoked: list[tuple[str, Any]] = field(default_factory=list)


@contextmanager
def functions() -> Iterator[FunctionEndpoint]:
    """Lambda on a loopback port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            order = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.invoked.append((self.path, json.loads(order)))
            said = endpoint.answer
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(endpoint.status)
            if endpoint.error:
                self.send_header("X-Amz-Function-Error", endpoint.error)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint = FunctionEndpoint(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
