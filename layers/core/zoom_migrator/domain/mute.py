"""Who does not want to be reminded, and where nothing can be sent at present."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

TRY_CHANNEL_AGAIN_AFTER: Final = timedelta(days=1)
"""How long a Slack channel that refused for good is left alone, before it is tried once more."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Reminders that somebody does not want.

    Attributes:
        org_id: The org they are about; empty for all orgs.
        address: The e-mail address that is spared; empty for everybody who would be told.
        until: The day on which reminders come again, or None for never.
        by: Who wanted it: an IAM principal, or ``person:`` and an address.
    """

    org_id: str
    address: str
    until: date | None
    by: str
    at: datetime
    reason: str = ""

    def covers(self, *, org_id: str, address: str, today: date) -> bool:
        """Whether reminders about this org to this address are unwanted today."""
        if self.org_id not in ("", org_id) or self.address not in ("", address):
            return False
        return self.until is None or today < self.until


@dataclass(frozen=True, slots=True)
class Suppression:
    """An e-mail address to which nothing at all is sent any more.

    Attributes:
        cause: ``bounce`` or ``complaint``.
        detail: What the mail service said, in short.
    """

    address: str
    cause: str
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """A Slack channel that takes nothing, so that e-mail goes to the operators instead.

    Attributes:
        channel: Its name or id, or empty for the one that an incoming webhook leads to.
        error: Slack's own word for it.
        since: When it was first refused.
        at: When it was last refused.
    """

    channel: str
    error: str
    since: datetime
    at: datetime

    def is_left_alone(self, now: datetime) -> bool:
        """Whether it is too early to try the channel once more."""
        return now - self.at < TRY_CHANNEL_AGAIN_AFTER
