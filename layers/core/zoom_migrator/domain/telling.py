"""One notice with all that its words are made of, for one reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from zoom_migrator.domain.dates import day
from zoom_migrator.domain.milestones import local_day
from zoom_migrator.domain.notice import NoticeKind, NoticeRef
from zoom_migrator.domain.notice_kinds import Audience, can_be_muted
from zoom_migrator.domain.notice_message import Action
from zoom_migrator.domain.org import Environment, OrgRegistration

_ENVIRONMENTS: Final = {Environment.PRODUCTION: "production", Environment.SANDBOX: "sandbox"}
# Also what turns a line of text around, or hides in it.
_BLANKS: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
MAX_QUOTE: Final = 300


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told to one reader.

    Attributes:
        facts: Those of the notice, as they were when it was made.
        at: When it was made.
        org: The org as it is registered today; None where it is about the fleet.
        deadline: The day JWT ends for the org, or for the fleet.
        today: The day it is for the reader.
        zone: In which days and hours are shown.
        reader: As whom the reader is told.
        late_by_days: How many days after its day it is told.
        because: Why it comes by this way, where that is not the usual one.
    """

    ref: NoticeRef
    facts: Mapping[str, str]
    at: datetime
    org: OrgRegistration | None
    deadline: date
    today: date
    zone: tzinfo
    reader: Audience
    action: Action | None = None
    late_by_days: int = 0
    because: str = ""

    @property
    def kind(self) -> NoticeKind:
        """What it is about."""
        return self.ref.kind

    @property
    def name(self) -> str:
        """What people call the org."""
        return one_line(self.org.display_name) if self.org else ""

    @property
    def can_be_muted(self) -> bool:
        """Whether its reader may not want to be told."""
        return can_be_muted(self.kind, self.facts)

    @property
    def days_left(self) -> int:
        """Days until the deadline; negative where it has passed."""
        return (self.deadline - self.today).days

    def fact(self, name: str) -> str:
        """A fact as one line; empty where the notice does not have it."""
        return one_line(self.facts.get(name, ""))

    def day_of(self, name: str) -> str:
        """The day of a moment or date among the facts, in words; empty where there is none."""
        text = self.facts.get(name, "")
        if not text:
            return ""
        if len(text) == len("2026-07-01"):
            return day(date.fromisoformat(text))
        return day(local_day(datetime.fromisoformat(text), self.zone))

    @property
    def org_facts(self) -> tuple[tuple[str, str], ...]:
        """Which org it is about, as every message says it."""
        if self.org is None:
            return ()
        kind = _ENVIRONMENTS[self.org.environment]
        return (("Org", f"{self.name} ({kind})"), ("Org id", self.org.org_id))


def days(count: int) -> str:
    """A number of days in words."""
    return "1 day" if count == 1 else f"{count:,} days"


def counted(count: int, one: str, many: str) -> str:
    """A number with what is counted."""
    return f"{count:,} {one if count == 1 else many}"


def one_line(text: str) -> str:
    """A text without line ends and other blanks that somebody could lay a message out with."""
    return _BLANKS.sub(" ", text).strip()


def quoted(text: str) -> str:
    """What another party said, on one line and not too long."""
    line = one_line(text)
    return line if len(line) <= MAX_QUOTE else line[:MAX_QUOTE] + "…"


def masked(email: str) -> str:
    """An address that its owner recognises, and others cannot complete."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}" if at else ""
