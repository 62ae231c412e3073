"""What the proxy does to requests, as the product's own connections see it."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import pytest

from tests.adapters.faults.fault import Fault
from tests.adapters.faults.proxy import FaultProxy
from tests.adapters.faults.stopwatch import Stopwatch
from zoom_migrator.adapters.http_client.connection import Answer, Connection, Limits, NoAnswer
from zoom_migrator.adapters.http_client.deadline import Deadline
from zoom_migrator.adapters.http_client.loopback import Loopback
from zoom_migrator.adapters.http_client.trouble import Trouble

_BODY: Final = b'{"said": "by the server"}'


@dataclass
class World:
    """Two servers, the proxy before both, and whoever asks them.

    Attributes:
        arrived: What each server was asked for, in order.
    """

    proxy: FaultProxy
    stopwatch: Stopwatch
    arrived: dict[str, list[str]] = field(
        default_factory=lambda: {"a.example": [], "b.example": []}
    )

    def ask(self, target: str, *, host: str = "a.example", body: bytes | None = None) -> Answer:
        """Send one request over a connection of its own."""
        with contextlib.closing(self.connection(host)) as connection:
            return connection.send("POST" if body else "GET", target, headers={}, body=body)

    def connection(self, host: str = "a.example") -> Connection:
        return Connection(
            host,
            limits=Limits(5.0, 30.0, 100_000),
            loopback=Loopback.parse(self.proxy.base_url),
            tls=ssl.create_default_context(),
            deadline=Deadline(60.0, self.stopwatch),
        )


def _handler(arrived: Callable[[str], list[str]], name: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            arrived(name).append(f"{self.path} {body.decode()}".strip())
            is_empty = self.path == "/empty"
            self.send_response(204 if is_empty else 200)
            if not is_empty:
                self.send_header("Content-Length", str(len(_BODY)))
            self.end_headers()
            self.wfile.write(b"" if is_empty else _BODY)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def world() -> Iterator[World]:
    worlds: list[World] = []
    with contextlib.ExitStack() as stack:
        servers = {}
        for name in ("a.example", "b.example"):
            handler = _handler(lambda name: worlds[0].arrived[name], name)
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            stack.callback(server.shutdown)
            servers[name] = server
        stopwatch = Stopwatch()
        proxy = stack.enter_context(
            FaultProxy(
                lambda host: ("127.0.0.1", servers[host].server_address[1]),
                time_is_up=stopwatch.run_out,
            )
        )
        worlds.append(World(proxy, stopwatch))
        yield worlds[0]


def test_requests_and_answers_pass_as_they_are(world: World) -> None:
    answer = world.ask("/path?query=1", body=b"form")

    assert (answer.status, answer.body) == (200, _BODY)
    assert world.arrived == {"a.example": ["/path?query=1 form"], "b.example": []}


def test_each_goes_to_the_server_of_its_host(world: World) -> None:
    world.ask("/1", host="b.example")
    world.ask("/2", host="a.example")

    assert world.arrived == {"a.example": ["/2"], "b.example": ["/1"]}


def test_several_pass_over_one_connection(world: World) -> None:
    with contextlib.closing(world.connection()) as connection:
        answers = [connection.send("GET", f"/{number}", headers={}) for number in range(3)]

    assert [answer.body for answer in answers] == [_BODY] * 3
    assert [each.request.target for each in world.proxy.passed] == ["/0", "/1", "/2"]


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (Fault.LATE_ANSWER, Trouble.TIMED_OUT),
        (Fault.LATE_REQUEST, Trouble.TIMED_OUT),
        (Fault.RESET_BEFORE, Trouble.CONNECTION_FAILED),
        (Fault.RESET_AFTER, Trouble.CONNECTION_FAILED),
        (Fault.TRUNCATED, Trouble.CONNECTION_FAILED),
    ],
)
def test_no_answer_comes_and_nobody_knows_whether_the_request_arrived(
    world: World, fault: Fault, trouble: Trouble
) -> None:
    world.proxy.begin({1: fault})

    with pytest.raises(NoAnswer) as told:
        world.ask("/path")

    assert (told.value.trouble, told.value.was_sent) == (trouble, True)
    assert world.arrived["a.example"] == (["/path"] if fault.is_carried_out_at_once else [])


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.THROTTLED, 429), (Fault.UNAVAILABLE, 503), (Fault.BAD_GATEWAY, 502)],
)
def test_somebody_else_answers(world: World, fault: Fault, status: int) -> None:
    world.proxy.begin({1: fault})

    answer = world.ask("/path")

    assert answer.status == status
    assert b"between you and the server" in answer.body
    assert world.arrived["a.example"] == (["/path"] if fault is Fault.BAD_GATEWAY else [])


def test_an_answer_without_a_body_breaks_off_before_its_status_is_known(world: World) -> None:
    world.proxy.begin({1: Fault.TRUNCATED})

    with pytest.raises(NoAnswer):
        world.ask("/empty")


def test_a_late_request_arrives_just_before_the_next(world: World) -> None:
    world.proxy.begin({1: Fault.LATE_REQUEST})
    with pytest.raises(NoAnswer):
        world.ask("/late")

    world.ask("/next")

    assert world.arrived["a.example"] == ["/late", "/next"]


def test_a_late_request_arrives_in_the_end_where_none_follows(world: World) -> None:
    world.proxy.begin({1: Fault.LATE_REQUEST})
    with pytest.raises(NoAnswer):
        world.ask("/late")

    world.proxy.deliver_what_is_late()
    world.proxy.deliver_what_is_late()

    assert world.arrived["a.example"] == ["/late"]


def test_only_what_is_planned_goes_wrong_and_is_counted_anew_each_time(world: World) -> None:
    world.proxy.begin({2: Fault.UNAVAILABLE})
    first = [world.ask(f"/{number}").status for number in range(3)]
    world.proxy.begin({1: Fault.THROTTLED})
    second = [world.ask(f"/{number}").status for number in range(2)]

    assert (first, second) == ([200, 503, 200], [429, 200])
    assert [each.fault for each in world.proxy.passed] == [Fault.THROTTLED, None]


def test_time_runs_out_for_whoever_waits_and_for_nobody_else(world: World) -> None:
    world.proxy.begin({1: Fault.LATE_ANSWER})
    with contextlib.closing(world.connection()) as before:
        with pytest.raises(NoAnswer):
            world.ask("/late")
        with pytest.raises(NoAnswer) as told:
            before.send("GET", "/too-late", headers={})

    assert told.value.was_sent is False
    assert world.ask("/afterwards").status == 200


def test_a_client_that_hangs_up_disturbs_nobody(world: World) -> None:
    world.connection().close()
    with contextlib.closing(world.connection()) as connection:
        connection.send("GET", "/1", headers={})

    assert world.ask("/2").status == 200


def test_it_ends_while_somebody_is_still_connected(world: World) -> None:
    connection = world.connection()
    connection.send("GET", "/1", headers={})

    world.proxy.__exit__(None, None, None)

    with pytest.raises(NoAnswer):
        connection.send("GET", "/2", headers={})
    connection.close()
