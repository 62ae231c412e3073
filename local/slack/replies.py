"""Addresses at which a message takes what it is to say after one of its buttons was pressed.

Source: Slack, "Handling user interaction": up to five times within 30 minutes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from local.slack.errors import SlackRefused

ROOT: Final = "/actions"
MAX_USES: Final = 5
MAX_AGE_SECONDS: Final = 1_800


@dataclass
class ReplyAddress:
    """One address.

    Attributes:
        channel_id: The message's channel.
        ts: The message.
    """

    channel_id: str
    ts: str
    made_at: float
    uses: int = 0


class ReplyBook:
    """All addresses. Has to be used under the world's lock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._addresses: dict[str, ReplyAddress] = {}

    def make(self, team_id: str, channel_id: str, ts: str) -> str:
        """Return the path of a new address."""
        path = f"{ROOT}/{team_id}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        self._addresses[path] = ReplyAddress(channel_id, ts, self._clock())
        return path

    def use(self, path: str) -> ReplyAddress:
        """Count a use.

        Raises:
            SlackRefused: There is no such address, or it is too old or used up.
        """
        address = self._addresses.get(path)
        if address is None:
            raise SlackRefused("invalid_url")
        if self._clock() - address.made_at > MAX_AGE_SECONDS:
            raise SlackRefused("expired_url")
        if address.uses >= MAX_USES:
            raise SlackRefused("used_url")
        address.uses += 1
        return address

    @property
    def paths(self) -> list[str]:
        """Every path so far; whoever has one can write to the channel."""
        return list(self._addresses)
