"""What the Zoom adapter can be told, checked before anything is sent anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from zoom_migrator.adapters.http_client.connection import Limits
from zoom_migrator.adapters.http_client.loopback import Loopback, loopback_of
from zoom_migrator.domain.errors import InvalidSettings

_ORIGIN: Final = re.compile(r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)")
_HOST_PATTERN: Final = re.compile(r"[a-z0-9*-]+(?:\.[a-z0-9-]+){2,}")


@dataclass(frozen=True, slots=True)
class ZoomSettings:
    """How Zoom is asked.

    Both token calls and API calls of one callback have to fit into the 29 seconds after which API
    Gateway gives the browser up.

    Attributes:
        oauth_url: Where the token endpoint is.
        api_url: Where the API is for accounts whose token answer does not say.
        api_hosts: Hosts that an access token may be sent to; ``*`` stands for letters, digits and
            hyphens within the first label.
        connect_to: Loopback address that all connections are opened to, or empty. Host names in
            requests and certificates stay Zoom's own. Only the local stack sets it.
        token_seconds: Longest time for a call of the token endpoint.
        api_seconds: Longest time for a call of the API.
        max_body_bytes: Longest answer that is read.
    """

    oauth_url: str = "https://zoom.us"
    api_url: str = "https://api.zoom.us"
    api_hosts: tuple[str, ...] = ("api*.zoom.us",)
    connect_to: str = ""
    token_seconds: float = 10.0
    api_seconds: float = 4.0
    connect_timeout_seconds: float = 3.0
    max_body_bytes: int = 200_000

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            InvalidSettings: One is malformed; the message names it.
        """
        for name in ("oauth_url", "api_url"):
            if _ORIGIN.fullmatch(getattr(self, name)) is None:
                raise _bad(name, getattr(self, name))
        for pattern in self.api_hosts:
            if _HOST_PATTERN.fullmatch(pattern) is None:
                raise _bad("api_hosts", pattern)
        if not self.allows(self.api_url):
            raise _bad("api_url", self.api_url)
        for name in ("token_seconds", "api_seconds", "connect_timeout_seconds", "max_body_bytes"):
            if not getattr(self, name) > 0:
                raise InvalidSettings(f"Zoom setting {name} must be greater than 0.")
        self.loopback()

    def loopback(self) -> Loopback | None:
        """Where connections go instead of to Zoom, or None where they go to Zoom.

        Raises:
            InvalidSettings: The address is not one of this machine's loopback addresses.
        """
        return loopback_of(self.connect_to, setting="Zoom setting connect_to")

    def allows(self, api_url: str) -> bool:
        """Whether access tokens may be sent to this address."""
        match = _ORIGIN.fullmatch(api_url)
        return match is not None and any(
            re.fullmatch(re.escape(pattern).replace(r"\*", "[a-z0-9-]*"), match["host"])
            for pattern in self.api_hosts
        )

    def limits(self, seconds: float) -> Limits:
        """What an answer may take that has to come within so many seconds."""
        return Limits(self.connect_timeout_seconds, seconds, self.max_body_bytes)


def host_in(origin: str) -> str:
    """The host of an address that :class:`ZoomSettings` has let pass."""
    return urlsplit(origin).hostname or ""


def _bad(name: str, value: str) -> InvalidSettings:
    return InvalidSettings(f"Zoom setting {name} cannot be {value[:80]!r}.")
