"""Settings of the functions that publish events, remind people and tell them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from zoom_migrator.domain.milestones import DEFAULT_MILESTONES
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.plain_settings import (
    PlainSettings,
    anything,
    arn,
    day,
    matching,
    setting,
    table_name,
)

WEBHOOK: Final = "webhook"
"""What stands for the channel of the incoming webhook, which has no name here."""

_MAX_DAYS: Final = 3_650
_BASE_URL: Final = re.compile(
    r"(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1):[0-9]{1,5})"
    r"(/[A-Za-z0-9._~-]+)*/?"
)
queue_url: Final = matching(r"https?://.+", "the address of a queue")
_bus_name = matching(r"[A-Za-z0-9_./-]{1,256}", "the name of an event bus")
_channel = matching(r"([#A-Za-z0-9][^\s,]{0,79})?", "nothing, webhook, or a Slack channel")
_email = matching(r"([^@\s]+@[^@\s]+)?", "nothing, or an e-mail address")


def _base_url(text: str) -> str:
    if _BASE_URL.fullmatch(text) is None:
        raise ValueError("an address that begins with https:// expected")
    return text.rstrip("/")


def _milestones(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        raise ValueError("whole numbers of days, separated by commas, expected")
    days = {int(part) for part in parts}
    if max(days) > _MAX_DAYS:
        raise ValueError(f"at most {_MAX_DAYS} days expected")
    return tuple(sorted(days, reverse=True))


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (LookupError, ValueError, OSError):
        raise ValueError("a name of the IANA time zone database expected") from None
    return text


@dataclass(frozen=True, kw_only=True)
class NoticePlanSettings(PlainSettings):
    """What the operator decided about notices.

    Attributes:
        jwt_deadline: The day JWT ends for orgs that have no day of their own.
        public_base_url: What links begin with.
        reminder_timezone: Zone in which days are counted for orgs that have none of their own.
        deadline_milestones: How many days before the deadline people are reminded.
        slack_default_channel: Channel of orgs that have none of their own, or :data:`WEBHOOK`;
            empty where nothing is posted to Slack.
        mail_from: Sender of mail; empty where none is sent.
        operators_email: Address of those who operate the migrator; empty where there is none.
    """

    jwt_deadline: date = setting(day)
    public_base_url: str = setting(_base_url)
    reminder_timezone: str = setting(_zone, "UTC")
    deadline_milestones: tuple[int, ...] = setting(_milestones, DEFAULT_MILESTONES)
    slack_default_channel: str = setting(_channel, "")
    mail_from: str = setting(_email, "")
    operators_email: str = setting(_email, "")

    def notice_settings(self) -> NoticeSettings:
        """The same as the domain says it."""
        channel = self.slack_default_channel
        return NoticeSettings(
            jwt_deadline=self.jwt_deadline,
            public_base_url=self.public_base_url,
            time_zone=self.reminder_timezone,
            milestones=self.deadline_milestones,
            has_slack=bool(channel),
            slack_channel="" if channel == WEBHOOK else channel,
            has_mail=bool(self.mail_from),
            operators_email=self.operators_email,
        )


@dataclass(frozen=True, kw_only=True)
class PublishEventsSettings(PlainSettings):
    """For ``publish_events``."""

    table_name: str = setting(table_name)
    event_bus_name: str = setting(_bus_name)


@dataclass(frozen=True, kw_only=True)
class SendRemindersSettings(NoticePlanSettings):
    """For ``send_reminders``."""

    table_name: str = setting(table_name)
    notice_queue_url: str = setting(queue_url)


@dataclass(frozen=True, kw_only=True)
class NotifySettings(SendRemindersSettings):
    """For ``notify``.

    Attributes:
        slack_connect_to: Loopback address of a simulated Slack; only the local stack sets it.
        mail_configuration_set: What makes SES report bounces and complaints.
    """

    link_key_arn: str = setting(arn)
    task_token_key_arn: str = setting(arn)
    slack_secret_arn: str = setting(matching(r".+", "an ARN or a name"))
    slack_connect_to: str = setting(anything, "")
    mail_reply_to: str = setting(_email, "")
    mail_configuration_set: str = setting(anything, "")
