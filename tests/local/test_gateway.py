"""The one local address of the public pages: what reaches the backend, and what comes back."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.gateway import Answer, Backend, Forwarder, Gateway, Handler, Handlers, Question

type Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Received:
    """What a client got."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.headers if given.lower() == name.lower()]

    def message(self) -> str:
        return str(json.loads(self.body)["message"])


def send(
    gateway: Gateway,
    target: str,
    *,
    method: str = "GET",
    headers: Headers = (),
    body: bytes = b"",
) -> Received:
    """Send exactly this, and follow nothing."""
    address = urlsplit(gateway.base_url)
    assert address.hostname and address.port
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body or None)
    answer = connection.getresponse()
    received = Received(answer.status, answer.getheaders(), answer.read())
    connection.close()
    return received


@dataclass
class Upstream:
    """A server of which nothing is known but what it answers and was asked.

    Attributes:
        answer: Status, headers and body of every answer.
    """

    address: str
    answer: tuple[int, Headers, bytes] = (200, (), b"")
    asked: list[tuple[str, str, list[tuple[str, str]], bytes]] = field(default_factory=list)

    def headers(self) -> dict[str, list[str]]:
        """All values of each header of the last request, by lower-case name."""
        grouped: dict[str, list[str]] = {}
        for name, value in self.asked[-1][2]:
            grouped.setdefault(name.lower(), []).append(value)
        return grouped


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    class Recorder(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            super().handle_one_request()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            known.asked.append((self.command, self.path, self.headers.items(), body))
            status, headers, content = known.answer
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    known = Upstream(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def forwarding(upstream: Upstream) -> Iterator[Gateway]:
    with Gateway(Forwarder(upstream.address + "/_aws/execute-api/abc123/live/")) as gateway:
        yield gateway


@contextmanager
def serving(handler: Handler, route: str = "/pages/{name}") -> Iterator[Gateway]:
    with Gateway(Handlers({route: handler})) as gateway:
        yield gateway


@contextmanager
def recording(
    answer: dict[str, Any], route: str = "/pages/{name}"
) -> Iterator[tuple[Gateway, list[dict[str, Any]]]]:
    """A gateway in front of a handler, and the events that the handler gets."""
    events: list[dict[str, Any]] = []

    def handler(event: dict[str, Any]) -> dict[str, Any]:
        events.append(json.loads(json.dumps(event)))
        return answer

    with serving(handler, route) as gateway:
        yield gateway, events


# Forwarding


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/oauth/callback?code=a%2Bb&state=%7e&empty=&twice=1&twice=2",
        "/a%2Fb/%20/%E2%82%AC",
        "/a//b/./c/../d;p=1",
        "/?x=/../y#not-a-fragment".replace("#", "%23"),
    ],
)
def test_path_and_query_pass_as_they_were_sent_behind_the_stage(
    upstream: Upstream, forwarding: Gateway, target: str
) -> None:
    send(forwarding, target)

    method, path, _, _ = upstream.asked[-1]
    assert (method, path) == ("GET", "/_aws/execute-api/abc123/live" + target)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_every_method_and_body_passes(upstream: Upstream, forwarding: Gateway, method: str) -> None:
    upstream.answer = (201, [("Content-Type", "text/plain")], b"done \xff")

    received = send(forwarding, "/x", method=method, body=b"name=Ada\xff\x00")

    assert upstream.asked[-1][0] == method
    assert upstream.asked[-1][3] == b"name=Ada\xff\x00"
    assert (received.status, received.body) == (201, b"done \xff")


def test_head_brings_the_headers_of_the_page_and_no_page(
    upstream: Upstream, forwarding: Gateway
) -> None:
    upstream.answer = (200, [("Content-Type", "text/html")], b"<p>long page</p>")

    received = send(forwarding, "/x", method="HEAD")

    assert upstream.asked[-1][0] == "HEAD"
    assert (received.status, received.body) == (200, b"")
    assert received.all("content-length") == ["16"]


def test_cookies_pass_in_both_directions_one_by_one(
    upstream: Upstream, forwarding: Gateway
) -> None:
    cookies = ["__Host-a=1; Path=/; Secure; HttpOnly", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]
    upstream.answer = (200, [("Set-Cookie", cookie) for cookie in cookies], b"")

    received = send(forwarding, "/x", headers=[("Cookie", "__Host-a=1; b=2")])
    send(forwarding, "/x")

    assert received.all("set-cookie") == cookies
    assert upstream.asked[0][2].count(("Cookie", "__Host-a=1; b=2")) == 1
    assert "cookie" not in upstream.headers()


@pytest.mark.parametrize("location", ["next", "/a?b=c", "https://zoom.us/oauth/authorize?x=%20"])
def test_redirects_pass_unchanged(upstream: Upstream, forwarding: Gateway, location: str) -> None:
    upstream.answer = (303, [("Location", location)], b"")

    received = send(forwarding, "/x", method="POST", body=b"a=b")

    assert (received.status, received.all("location")) == (303, [location])
    assert len(upstream.asked) == 1


def test_a_compressed_answer_stays_compressed(upstream: Upstream, forwarding: Gateway) -> None:
    upstream.answer = (200, [("Content-Encoding", "gzip")], b"\x1f\x8b no gzip really")

    received = send(forwarding, "/x", headers=[("Accept-Encoding", "gzip")])

    assert received.body == b"\x1f\x8b no gzip really"
    assert received.all("content-encoding") == ["gzip"]


def test_headers_about_one_connection_do_not_pass(upstream: Upstream, forwarding: Gateway) -> None:
    upstream.answer = (
        200,
        [("Keep-Alive", "timeout=5"), ("Connection", "X-Hop"), ("X-Hop", "1"), ("X-End", "2")],
        b"",
    )
    sent = [
        ("Connection", "keep-alive, X-Mine"),
        ("X-Mine", "secret"),
        ("TE", "trailers"),
        ("Upgrade", "h2c"),
        ("Proxy-Authorization", "Basic x"),
        ("X-Kept", "yes"),
    ]

    received = send(forwarding, "/x", headers=sent)

    asked = upstream.headers()
    assert asked["x-kept"] == ["yes"]
    assert not {"x-mine", "te", "upgrade", "proxy-authorization"} & set(asked)
    assert received.all("x-end") == ["2"]
    assert received.all("x-hop") == received.all("keep-alive") == []


def test_nothing_is_said_that_the_browser_did_not_say(
    upstream: Upstream, forwarding: Gateway
) -> None:
    send(forwarding, "/x")

    assert set(upstream.headers()) == {"host", "x-forwarded-for"}
    assert upstream.headers()["host"] == [urlsplit(forwarding.base_url).netloc]


def test_who_asked_is_said_and_cannot_be_made_up(upstream: Upstream, forwarding: Gateway) -> None:
    send(forwarding, "/x", headers=[("X-Forwarded-For", "203.0.113.7")])

    assert upstream.headers()["x-forwarded-for"] == ["127.0.0.1"]


def test_a_page_that_nobody_serves_is_a_bad_gateway() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with Gateway(Forwarder(f"http://127.0.0.1:{nobody.getsockname()[1]}")) as gateway:
            received = send(gateway, "/x")

    assert received.status == 502
    assert "cannot be reached" in received.message()


# Handlers


def test_a_handler_gets_the_event_that_api_gateway_would_send() -> None:
    with recording({"statusCode": 200}) as (gateway, events):
        send(
            gateway,
            "/pages/a%20b?x=1&y=%26&x=2&empty=",
            method="POST",
            headers=[
                ("Content-Type", "text/plain"),
                ("User-Agent", "browser"),
                ("X-Twice", "1"),
                ("X-Twice", "2"),
            ],
            body=b"name=Ada",
        )

    (event,) = events
    host = urlsplit(gateway.base_url).netloc
    context = event.pop("requestContext")
    assert len(context.pop("requestId")) == 36
    assert context == {
        "resourcePath": "/pages/{name}",
        "httpMethod": "POST",
        "path": "/live/pages/a%20b",
        "stage": "live",
        "protocol": "HTTP/1.1",
        "identity": {"sourceIp": "127.0.0.1", "userAgent": "browser"},
    }
    assert event == {
        "resource": "/pages/{name}",
        "path": "/pages/a%20b",
        "httpMethod": "POST",
        "headers": {
            "Host": host,
            "Content-Type": "text/plain",
            "User-Agent": "browser",
            "X-Twice": "2",
            "Content-Length": "8",
        },
        "multiValueHeaders": {
            "Host": [host],
            "Content-Type": ["text/plain"],
            "User-Agent": ["browser"],
            "X-Twice": ["1", "2"],
            "Content-Length": ["8"],
        },
        "queryStringParameters": {"x": "2", "y": "&", "empty": ""},
        "multiValueQueryStringParameters": {"x": ["1", "2"], "y": ["&"], "empty": [""]},
        "pathParameters": {"name": "a b"},
        "stageVariables": None,
        "body": "name=Ada",
        "isBase64Encoded": False,
    }


def test_a_request_without_anything_has_nothing_in_its_event() -> None:
    with recording({"statusCode": 200}, "/plain") as (gateway, events):
        send(gateway, "/plain")

    (event,) = events
    assert event["body"] is None
    assert event["pathParameters"] is None
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_a_body_that_is_no_text_is_encoded() -> None:
    with recording({"statusCode": 200}) as (gateway, events):
        send(gateway, "/pages/x", method="POST", body=b"\xff\x00")

    assert (events[0]["body"], events[0]["isBase64Encoded"]) == ("/wA=", True)


def test_an_answer_reaches_the_browser_with_all_its_values() -> None:
    answer = {
        "statusCode": 201,
        "headers": {"X-Single": "1", "Set-Cookie": "ignored=1", "X-Number": 7},
        "multiValueHeaders": {"set-cookie": ["a=1", "b=2"], "Content-Type": ["text/html"]},
        "body": "<p>ä</p>",
        "isBase64Encoded": False,
    }
    with recording(answer) as (gateway, _):
        received = send(gateway, "/pages/x")

    assert (received.status, received.body) == (201, "<p>ä</p>".encode())
    assert received.all("set-cookie") == ["a=1", "b=2"]
    assert received.all("x-single") == ["1"]
    assert received.all("x-number") == ["7"]
    assert received.all("content-type") == ["text/html"]
    assert received.all("content-length") == ["9"]


def test_an_encoded_answer_is_decoded() -> None:
    answer = {"statusCode": 200, "body": "/wA=", "isBase64Encoded": True}
    with recording(answer) as (gateway, _):
        received = send(gateway, "/pages/x")

    assert received.body == b"\xff\x00"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, id="nothing"),
        pytest.param("page", id="text"),
        pytest.param({"body": "x"}, id="no status"),
        pytest.param({"statusCode": "many"}, id="no number"),
        pytest.param({"statusCode": 200, "body": "%", "isBase64Encoded": True}, id="no encoding"),
    ],
)
def test_a_malformed_answer_is_a_bad_gateway(answer: Any) -> None:
    with recording(answer) as (gateway, _):
        received = send(gateway, "/pages/x")

    assert (received.status, received.message()) == (502, "Internal server error")


def test_a_handler_that_fails_says_nothing_of_why() -> None:
    def handler(event: dict[str, Any]) -> None:
        raise ValueError("with a secret")

    with serving(handler) as gateway:
        received = send(gateway, "/pages/x")

    assert (received.status, received.message()) == (502, "Internal server error")


@pytest.mark.parametrize("target", ["/", "/pages", "/pages/", "/pages/a/b", "/other"])
def test_a_route_that_is_not_there_is_not_found(target: str) -> None:
    with recording({"statusCode": 200}) as (gateway, events):
        received = send(gateway, target)

    assert (received.status, events) == (404, [])


def test_a_greedy_placeholder_takes_the_rest_of_the_path() -> None:
    with recording({"statusCode": 200}, "/{proxy+}") as (gateway, events):
        send(gateway, "/a/b.css")

    assert events[0]["pathParameters"] == {"proxy": "a/b.css"}


def test_handlers_work_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=10)

    def handler(event: dict[str, Any]) -> dict[str, Any]:
        together.wait()
        return {"statusCode": 200}

    with serving(handler) as gateway:
        received: list[Received] = []
        threads = [
            threading.Thread(target=lambda: received.append(send(gateway, "/pages/x")))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [each.status for each in received] == [200, 200, 200]


# The gateway itself


class Echo:
    """Answers with what it was asked."""

    async def answer(self, question: Question) -> Answer:
        return Answer(200, (), f"{question.method} {question.target}".encode())

    async def close(self) -> None:
        pass


def test_it_says_that_it_is_not_ready_until_there_is_a_backend() -> None:
    backend: Backend = Echo()
    with Gateway() as gateway:
        before = send(gateway, "/x")
        gateway.connect(backend)
        after = send(gateway, "/x")

    assert (before.status, after.status, after.body) == (503, 200, b"GET /x")


def test_its_address_is_the_same_as_long_as_its_port_is() -> None:
    with Gateway(Echo()) as gateway:
        address = gateway.base_url
        port = urlsplit(address).port
    assert port is not None

    with Gateway(Echo(), port=port) as again:
        assert again.base_url == address == f"http://localhost:{port}"


def test_a_port_that_is_taken_is_said_at_once() -> None:
    with Gateway(Echo()) as gateway:
        port = urlsplit(gateway.base_url).port
        assert port is not None
        with pytest.raises(OSError, match="in use"), Gateway(Echo(), port=port):
            pass


def test_it_is_reached_from_this_machine_only() -> None:
    with Gateway(Echo()) as gateway:
        port = urlsplit(gateway.base_url).port
        for other in ("127.0.0.2", "::1"):
            with pytest.raises(OSError):
                socket.create_connection((other, port), timeout=2)


def test_it_serves_nobody_elses_addresses() -> None:
    with Gateway(Echo()) as gateway:
        received = send(gateway, "http://elsewhere.example/x")

    assert received.status == 400


def test_it_frees_its_port() -> None:
    with Gateway(Echo()) as gateway:
        port = urlsplit(gateway.base_url).port

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)
