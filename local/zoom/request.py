"""A request as it came in, decoded."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

SECRET_PARAMETERS: Final = frozenset(
    (
        "access_token",
        "client_secret",
        "code",
        "code_verifier",
        # The page to go back to after signing in carries a whole query of its own.
        "next",
        "refresh_token",
        "state",
        "ticket",
        "token",
    )
)


@dataclass(frozen=True)
class Incoming:
    """A request. ``origin`` is the address that it was sent to, without a path."""

    method: str
    target: str
    host: str
    origin: str
    body: bytes = b""
    authorization: str = field(default="", repr=False)
    cookies: str = field(default="", repr=False)
    accept: str = ""
    content_type: str = ""

    @property
    def path(self) -> str:
        """The decoded path, without a slash at its end."""
        return unquote(urlsplit(self.target).path).rstrip("/") or "/"

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the address; of a repeated one the last."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """The fields of a form; none if the body is none, or is JSON."""
        if "json" in self.content_type:
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Form fields, and parameters of the address for what the form does not have."""
        return {**self.query, **dict(self.fields)}

    @property
    def bearer(self) -> str:
        """The bearer token, or an empty text."""
        scheme, _, token = self.authorization.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @cached_property
    def basic(self) -> tuple[str, str] | None:
        """User and password of a Basic header."""
        scheme, _, value = self.authorization.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            decoded = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        user, _, password = decoded.partition(":")
        return user, password

    def cookie(self, name: str) -> str:
        """Return a cookie's value, or an empty text."""
        try:
            found = SimpleCookie(self.cookies).get(name)
        except CookieError:
            return ""
        return "" if found is None else found.value

    def json(self) -> object:
        """Return the JSON body; None if there is none.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.body) if self.body else None

    @property
    def order(self) -> object:
        """The JSON body, or what a form of the control page says.

        Raises:
            ValueError: It is neither.
        """
        return dict(self.fields) if "form" in self.content_type else self.json()

    @property
    def wants_html(self) -> bool:
        """Whether a browser asks."""
        return "text/html" in self.accept

    @property
    def safe_target(self) -> str:
        """Path and query with the values of secret parameters blanked."""
        parts = urlsplit(self.target)
        if not parts.query:
            return parts.path
        blanked = [
            (name, "..." if name in SECRET_PARAMETERS else value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        return f"{parts.path}?{urlencode(blanked)}"
