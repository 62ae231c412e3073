"""What passes the gateway: a request, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol

type Header = tuple[str, str]

# Source: RFC 9110, section 7.6.1; they are about one connection and end with it.
_OF_ONE_CONNECTION: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """A request as a browser sent it.

    Attributes:
        target: Path and query, as they were sent.
        headers: In the order they came, as often as they came.
        client: Address of whoever sent it.
    """

    method: str
    target: str
    headers: tuple[Header, ...]
    body: bytes
    client: str

    def header(self, name: str) -> str:
        """The last value of a header, or nothing."""
        values = [value for given, value in self.headers if given.lower() == name]
        return values[-1] if values else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser gets.

    Attributes:
        headers: As many of a name as there are values, such as of ``Set-Cookie``.
    """

    status: int
    headers: tuple[Header, ...] = ()
    body: bytes = b""


class Backend(Protocol):
    """Whatever answers behind the gateway. Lives in the gateway's event loop."""

    async def answer(self, question: Question) -> Answer:
        """Answer a request."""

    async def close(self) -> None:
        """Let go of connections and threads."""


def end_to_end(headers: Iterable[Header]) -> tuple[Header, ...]:
    """The headers that are not about one connection only."""
    headers = tuple(headers)
    named = {
        name.strip().lower()
        for header, value in headers
        if header.lower() == "connection"
        for name in value.split(",")
    }
    dropped = _OF_ONE_CONNECTION | named
    return tuple(each for each in headers if each[0].lower() not in dropped)


def error(status: HTTPStatus, message: str) -> Answer:
    """What the gateway itself has to say, in the form API Gateway says it."""
    body = json.dumps({"message": message}).encode()
    return Answer(status, (("Content-Type", "application/json"),), body)
