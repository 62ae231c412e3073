"""A request as it came in, decoded."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Incoming:
    """A request."""

    method: str
    target: str = field(repr=False)
    host: str
    body: bytes = field(default=b"", repr=False)
    authorization: str = field(default="", repr=False)
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
    def form(self) -> dict[str, str]:
        """The fields of a form; of a repeated one the last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def is_json(self) -> bool:
        """Whether the body says that it is JSON."""
        return "json" in self.content_type

    def json(self) -> Any:
        """Return the JSON body; None if there is none.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.body) if self.body else None

    @property
    def bearer(self) -> str:
        """The bearer token, or an empty text."""
        scheme, _, token = self.authorization.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
