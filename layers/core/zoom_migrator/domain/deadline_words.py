"""What people are told on the days before an org's deadline, and in the weeks after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain.authorization_words import consent_steps, consenter, zooms_own_pages
from zoom_migrator.domain.cleanup_notice_words import cleanup_steps, decider
from zoom_migrator.domain.cleanup_words import what_keeping_means
from zoom_migrator.domain.consequences import deadline_in_short, what_stops
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import ActionKind
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.telling import Telling, days
from zoom_migrator.domain.upgrade_words import approval_steps, approver
from zoom_migrator.domain.words import (
    PLATFORM_CACHE,
    Words,
    Writer,
    steps_of_remedy,
)

_OPERATORS: Final = "The operators of the migrator."


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where an org stands, and what it waits for.

    Attributes:
        waits_for: What it waits for, in a few words.
        at_stake: What the deadline means for it.
    """

    waits_for: str
    steps: Callable[[Telling], tuple[str, ...]]
    who: Callable[[Telling], str]
    obstacles: tuple[str, ...] = ()
    at_stake: Callable[[Telling], str] = what_stops


def _start(telling: Telling) -> tuple[str, ...]:
    org_id = telling.org.org_id if telling.org else ""
    return (f"Whoever operates the migrator begins: `zoom-migrator migrate start {org_id}`.",)


def _mend(telling: Telling) -> tuple[str, ...]:
    return steps_of_remedy(telling) or _look(telling)


def _look(telling: Telling) -> tuple[str, ...]:
    org_id = telling.org.org_id if telling.org else ""
    return (f"See how far it is: `zoom-migrator migrate show {org_id}`.",)


def _keys_at_stake(telling: Telling) -> str:
    keeping = what_keeping_means(telling.deadline, telling.today)
    return f"Calls to Zoom by OAuth have worked. {keeping}"


_BY_ACTION: Final = {
    ActionKind.APPROVE: _Standing(
        "its Salesforce admin to approve the upgrade", approval_steps, approver, (PLATFORM_CACHE,)
    ),
    ActionKind.AUTHORIZE: _Standing(
        "a Zoom admin to connect it", consent_steps, consenter, zooms_own_pages()
    ),
    ActionKind.CLEANUP: _Standing(
        "its Salesforce admin to say what becomes of the old keys",
        cleanup_steps,
        decider,
        at_stake=_keys_at_stake,
    ),
}
_UNDER_WAY: Final = _Standing("what is under way to end", _look, lambda _: _OPERATORS)
_BY_STATUS: Final = {
    OrgStatus.REGISTERED: _Standing("its first check", _start, lambda _: _OPERATORS),
    OrgStatus.UPGRADE_APPROVAL_PENDING: _UNDER_WAY,
    OrgStatus.UPGRADING: _UNDER_WAY,
    OrgStatus.CLEANUP_APPROVAL_PENDING: _UNDER_WAY,
    OrgStatus.BLOCKED: _Standing(
        "somebody to mend what blocks it",
        _mend,
        lambda _: "Whoever can mend it; commands are for the operators of the migrator.",
    ),
}
_TO_BE_STARTED: Final = _Standing("its migration to begin", _start, lambda _: _OPERATORS)


def _near(telling: Telling) -> Words:
    left = telling.days_left
    if left > 0:
        return _words(telling, f"{days(left)} left: Zoom in {telling.name} needs OAuth")
    if left < 0:
        # It had to wait until the day was over.
        return _overdue(telling)
    return _words(telling, f"Last day: Zoom in {telling.name} needs OAuth")


def _overdue(telling: Telling) -> Words:
    return _words(telling, f"Overdue: {telling.name} is still not on OAuth")


def _words(telling: Telling, subject: str) -> Words:
    standing = _standing(telling)
    detail = telling.fact("detail")
    short = deadline_in_short(telling.deadline, telling.today)
    return Words(
        subject=subject,
        preheader=f"{short}. It waits for {standing.waits_for}.",
        line=f"{short}; waits for {standing.waits_for}.",
        paragraphs=tuple(
            part
            for part in (
                standing.at_stake(telling),
                f"{telling.name} waits for {standing.waits_for}.",
                detail,
            )
            if part
        ),
        facts=(("Status", telling.fact("status").replace("_", " ")),),
        steps=standing.steps(telling),
        who=standing.who(telling),
        obstacles=standing.obstacles,
    )


def _standing(telling: Telling) -> _Standing:
    waits_for, status = telling.fact("waits_for"), telling.fact("status")
    if waits_for in set(ActionKind) and ActionKind(waits_for) in _BY_ACTION:
        return _BY_ACTION[ActionKind(waits_for)]
    known = status in set(OrgStatus)
    return _BY_STATUS.get(OrgStatus(status), _TO_BE_STARTED) if known else _TO_BE_STARTED


WRITERS: Final[Mapping[NoticeKind, Writer]] = {
    NoticeKind.DEADLINE_NEAR: _near,
    NoticeKind.DEADLINE_OVERDUE: _overdue,
}
HEADINGS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.DEADLINE_NEAR: "JWT ends soon",
    NoticeKind.DEADLINE_OVERDUE: "Overdue: JWT has ended",
}
