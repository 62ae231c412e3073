"""Requests as API Gateway hands them to a function.

Source: API Gateway developer guide, "Input format of a Lambda function for proxy integration"
(REST APIs, payload format 1.0).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self

from zoom_migrator.adapters.web.refusal import Refusal

_SOURCE_CHARACTERS: Final = 45
_BROWSER_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Request:
    """A request, of which nothing is to be believed.

    Attributes:
        resource: The route it came by, such as ``/approve/{link}``.
        path: Values of the route's placeholders.
        query: All values of each parameter behind the question mark.
        headers: All values of each header, by its name in lower case.
        source_ip: Where API Gateway got it from.
    """

    method: str
    resource: str
    path: Mapping[str, str] = field(repr=False)
    query: Mapping[str, tuple[str, ...]] = field(repr=False)
    headers: Mapping[str, tuple[str, ...]] = field(repr=False)
    source_ip: str
    _body: str = field(repr=False)
    _is_base64: bool

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Self:
        """Read an event; what it lacks is empty."""
        identity = (event.get("requestContext") or {}).get("identity") or {}
        return cls(
            method=str(event.get("httpMethod") or ""),
            resource=str(event.get("resource") or ""),
            path=dict(event.get("pathParameters") or {}),
            query=_query(event),
            headers=_headers(event),
            source_ip=str(identity.get("sourceIp") or ""),
            _body=event.get("body") or "",
            _is_base64=bool(event.get("isBase64Encoded")),
        )

    def header(self, name: str) -> str:
        """A header's value, or nothing; one that was sent several times counts as one list."""
        return ", ".join(self.headers.get(name.lower(), ()))

    @property
    def cookies(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the cookies, in the order the browser sent them.

        Source: RFC 6265, section 4.2. Browsers send those first that they have had for longest.
        """
        parts = (part for value in self.headers.get("cookie", ()) for part in value.split(";"))
        pairs = (part.partition("=") for part in parts)
        return tuple((name.strip(), value.strip()) for name, _, value in pairs)

    def body(self, limit: int) -> bytes:
        """What was sent along.

        Args:
            limit: How many bytes are taken at most.

        Raises:
            Refusal: It is longer, or not encoded as API Gateway encodes it.
        """
        # Four characters of Base64 stand for three bytes.
        most = (limit + 2) // 3 * 4 if self._is_base64 else limit
        if len(self._body) > most:
            raise _too_large()
        content = self._decoded()
        if len(content) > limit:
            raise _too_large()
        return content

    def _decoded(self) -> bytes:
        try:
            if self._is_base64:
                return base64.b64decode(self._body, validate=True)
            return self._body.encode()
        except (binascii.Error, ValueError):
            raise Refusal(HTTPStatus.BAD_REQUEST, "malformed_body") from None

    @property
    def source(self) -> str:
        """Where it came from, for the record: address and browser, cleaned and shortened."""
        address = _cleaned(self.source_ip)[:_SOURCE_CHARACTERS] or "unknown address"
        browser = _cleaned(self.header("user-agent"))[:_BROWSER_CHARACTERS]
        return f"{address} {browser or 'unknown browser'}"


def _headers(event: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    headers: dict[str, tuple[str, ...]] = {}
    single = {name: [value] for name, value in (event.get("headers") or {}).items()}
    # Where both forms are there, the one with all values counts.
    for name, values in (event.get("multiValueHeaders") or single).items():
        headers[name.lower()] = (*headers.get(name.lower(), ()), *map(str, values))
    return headers


def _query(event: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    single = {name: [value] for name, value in (event.get("queryStringParameters") or {}).items()}
    several = event.get("multiValueQueryStringParameters") or single
    return {name: tuple(map(str, values)) for name, values in several.items()}


def _cleaned(text: str) -> str:
    return "".join(letter for letter in text if " " <= letter <= "~").strip()


def _too_large() -> Refusal:
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
