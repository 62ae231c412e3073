"""The days on which people are reminded of an org's deadline, in the org's own time zone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_MILESTONES: Final = (60, 30, 14, 7, 3, 1, 0)
"""Days before the deadline, the day itself included."""
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day that counts, on the way to a deadline or beyond it.

    Attributes:
        name: ``d30``, ``d0`` for the day itself, or ``overdue-w3``.
        due_on: The day it is due.
        late_by_days: How long ago that was; 0 where it is today.
    """

    name: str
    deadline: date
    due_on: date
    late_by_days: int = 0

    @property
    def key(self) -> str:
        """What tells it from those of other deadlines, which an org that is given more time has."""
        return f"{self.deadline.isoformat()}-{self.name}"

    @property
    def is_overdue(self) -> bool:
        """Whether it lies beyond the deadline."""
        return self.due_on > self.deadline

    @property
    def is_final(self) -> bool:
        """Whether it is the day itself, of which everybody is told who has to know."""
        return self.due_on == self.deadline


def due_milestone(
    deadline: date,
    today: date,
    milestones: Collection[int],
    told: Collection[str],
    *,
    since: date | None = None,
) -> Milestone | None:
    """The milestone that somebody has to be told of today, or None.

    That is the newest one that has come; where it was told before, nothing is due, and those that
    were missed before it stay untold. After the deadline a week is a milestone.

    Args:
        milestones: Days before the deadline; those that are negative count for nothing.
        told: Keys of those that were told before.
        since: The first day on which the org was known: what came before was not missed.
    """
    due_on = _newest(deadline, today, milestones)
    if due_on is None or (since is not None and due_on < since):
        return None
    late_by = (today - due_on).days
    milestone = Milestone(_name(deadline, due_on), deadline, due_on, late_by)
    return None if milestone.key in told else milestone


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day that it is in a zone."""
    return moment.astimezone(zone).date()


def zone_named(*names: str) -> tzinfo:
    """The first of these time zones that is known, UTC if none is.

    A zone that was good when it was entered may be gone by now, and nobody stays untold for that.
    """
    for name in names:
        try:
            return ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            continue
    return UTC


def _newest(deadline: date, today: date, milestones: Collection[int]) -> date | None:
    weeks = (today - deadline).days // _WEEK
    if weeks > 0:
        return deadline + timedelta(days=weeks * _WEEK)
    left = (deadline - today).days
    passed = [days for days in milestones if days >= max(left, 0)]
    return deadline - timedelta(days=min(passed)) if passed else None


def _name(deadline: date, due_on: date) -> str:
    days = (deadline - due_on).days
    return f"d{days}" if days >= 0 else f"overdue-w{-days // _WEEK}"
