"""What the Slack adapter can be told, checked before anything is sent anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zoom_migrator.adapters.http_client.connection import Limits
from zoom_migrator.adapters.http_client.loopback import Loopback, loopback_of
from zoom_migrator.domain.errors import InvalidSettings

# Source: Slack, "Slack for Government": its own host for the Web API.
_API_URLS: Final = ("https://slack.com", "https://slack-gov.com")


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """How Slack is posted to.

    Attributes:
        api_url: Where the Web API is.
        connect_to: Loopback address that all connections are opened to, or empty. Host names in
            requests and certificates stay Slack's own. Only the local stack sets it.
        seconds: Longest time for a call.
        max_body_bytes: Longest answer that is read.
    """

    api_url: str = _API_URLS[0]
    connect_to: str = ""
    seconds: float = 10.0
    connect_timeout_seconds: float = 3.0
    max_body_bytes: int = 200_000

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            InvalidSettings: One is malformed; the message names it.
        """
        if self.api_url not in _API_URLS:
            raise _bad("api_url", self.api_url)
        for name in ("seconds", "connect_timeout_seconds", "max_body_bytes"):
            if not getattr(self, name) > 0:
                raise InvalidSettings(f"Slack setting {name} must be greater than 0.")
        self.loopback()

    def loopback(self) -> Loopback | None:
        """Where connections go instead of to Slack, or None where they go to Slack.

        Raises:
            InvalidSettings: The address is not one of this machine's loopback addresses.
        """
        return loopback_of(self.connect_to, setting="Slack setting connect_to")

    @property
    def limits(self) -> Limits:
        """What an answer may take."""
        return Limits(self.connect_timeout_seconds, self.seconds, self.max_body_bytes)


def _bad(name: str, value: str) -> InvalidSettings:
    return InvalidSettings(f"Slack setting {name} cannot be {value[:80]!r}.")
