"""What an operator decides about notices for the whole fleet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from zoom_migrator.domain.milestones import DEFAULT_MILESTONES

_LEASE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """The fleet's settings of notices.

    Attributes:
        jwt_deadline: The day JWT ends for orgs that have no day of their own.
        public_base_url: What links begin with, without a slash at its end.
        time_zone: Zone in which days are counted for orgs that have none of their own.
        milestones: How many days before the deadline people are reminded.
        has_slack: Whether anything is posted to Slack at all.
        slack_channel: Channel of orgs that have none of their own; empty for the one that an
            incoming webhook leads to.
        has_mail: Whether any mail is sent at all.
        operators_email: Address of those who operate the migrator; empty where there is none.
        lease: How long whoever has claimed a delivery may take; longer than a function may run,
            and shorter than the queue hides a message.
        max_tries: How often a delivery is tried that was surely not sent.
        mute_link_lifetime: How long a link counts that ends reminders.
    """

    jwt_deadline: date
    public_base_url: str
    time_zone: str = "UTC"
    milestones: tuple[int, ...] = DEFAULT_MILESTONES
    has_slack: bool = False
    slack_channel: str = ""
    has_mail: bool = False
    operators_email: str = ""
    lease: timedelta = _LEASE
    max_tries: int = 40
    mute_link_lifetime: timedelta = timedelta(days=90)

    @property
    def is_silent(self) -> bool:
        """Whether nobody is told anything, as where operators look for themselves."""
        return not (self.has_slack or self.has_mail)
