"""A browser that comes back from Zoom, as it travels to the process of a callback.

Needs the standard library only.
"""

from __future__ import annotations

import copy
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, Self

_EVENT: Final = Path(__file__).parent.parent / "events" / "oauth_callback" / "consented.json"


@dataclass(frozen=True, slots=True)
class Comeback:
    """What a browser brings back.

    Attributes:
        cookie: Its cookies, as it sends them.
        verifier: The PKCE verifier, for callbacks that do not derive it.
        stored: Items of the table that were stored before it left.
    """

    code: str
    state: str
    cookie: str
    verifier: str
    stored: tuple[dict[str, Any], ...]

    def event(self) -> dict[str, Any]:
        """The request as API Gateway hands it to a function."""
        event = copy.deepcopy(_example())
        query = {"code": self.code, "state": self.state}
        event["queryStringParameters"] = query
        event["multiValueQueryStringParameters"] = {name: [query[name]] for name in query}
        event["headers"]["Cookie"] = self.cookie
        event["multiValueHeaders"]["Cookie"] = [self.cookie]
        return event

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Read what :meth:`to_json` wrote."""
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Taken:
    """What it cost to take a browser back.

    Attributes:
        seconds: From the event to the answer.
        own_seconds: CPU time of the thread that took it, user and system. All its calls block, so
            this is all that it does itself; the rest is waiting, for answers or for a processor.
        is_right: Whether the answer was the one of a consent that counts.
    """

    seconds: float
    own_seconds: float
    is_right: bool

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Read what :meth:`to_json` wrote."""
        return cls(**json.loads(line))


class Callback(Protocol):
    """Something that takes browsers back."""

    def prepare(self, comeback: Comeback, /) -> Any:
        """Make a request of it; not measured."""

    def take(self, request: Any, /) -> Any:
        """Answer it; this is measured."""

    def is_right(self, comeback: Comeback, answer: Any, /) -> bool:
        """Whether it is the answer to a consent that counts; not measured."""


@cache
def _example() -> dict[str, Any]:
    event: dict[str, Any] = json.loads(_EVENT.read_text("utf-8"))
    return event
