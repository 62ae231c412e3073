"""Makes messages of notices, in words that no channel has shaped yet."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from zoom_migrator.domain import (
    authorization_words,
    cleanup_notice_words,
    deadline_words,
    health_words,
    loss_words,
    upgrade_end_words,
    upgrade_words,
)
from zoom_migrator.domain.dates import day
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import RULES, Audience
from zoom_migrator.domain.notice_message import Message
from zoom_migrator.domain.telling import Telling, days
from zoom_migrator.domain.words import MAX_STEPS, Words, Writer

MAX_SUBJECT: Final = 120
MAX_PREHEADER: Final = 200
_AREAS: Final = (
    upgrade_words,
    upgrade_end_words,
    authorization_words,
    loss_words,
    cleanup_notice_words,
    health_words,
    deadline_words,
)
WRITERS: Final[Mapping[NoticeKind, Writer]] = MappingProxyType(
    {kind: writer for area in _AREAS for kind, writer in area.WRITERS.items()}
)
HEADINGS: Final[Mapping[NoticeKind, str]] = MappingProxyType(
    {kind: heading for area in _AREAS for kind, heading in area.HEADINGS.items()}
)


def words_of(telling: Telling) -> Words:
    """The words of a notice."""
    return WRITERS[telling.kind](telling)


def message_of(telling: Telling) -> Message:
    """The message that tells of one notice."""
    words = words_of(telling)
    return Message(
        kind=telling.kind,
        tone=RULES[telling.kind].tone,
        org=telling.name,
        subject=cut(words.subject, MAX_SUBJECT),
        preheader=cut(words.preheader, MAX_PREHEADER),
        paragraphs=words.paragraphs,
        facts=(*telling.org_facts, *((name, fact) for name, fact in words.facts if fact)),
        steps=words.steps[:MAX_STEPS],
        who=words.who,
        obstacles=words.obstacles,
        action=telling.action,
        footnotes=_footnotes(telling),
        is_mutable=telling.can_be_muted,
    )


def late_words(days_late: int, due: str, kind: NoticeKind) -> str:
    """That something comes late, and that this is the migrator's fault, as far as is known."""
    # A deadline that is moved nearer leaves days behind it that nobody could have been told on.
    or_moved = ", or its deadline was moved" if kind in deadline_words.WRITERS else ""
    return (
        f"This was to reach you on {due} and comes {days(days_late)} late, because the migrator"
        f" could not send it before{or_moved}."
    )


def mute_words(org_id: str, reader: Audience) -> str:
    """How to hear less."""
    if reader is Audience.OPERATORS:
        return f"To be reminded later: `zoom-migrator notices mute {org_id} --until DATE`."
    return "Whoever operates the migrator can stop reminders for this org until a day you name."


def cut(text: str, most: int) -> str:
    """A text, shortened to what fits."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _footnotes(telling: Telling) -> tuple[str, ...]:
    notes = [telling.because] if telling.because else []
    if telling.late_by_days > 0:
        due = telling.today.fromordinal(telling.today.toordinal() - telling.late_by_days)
        notes.append(late_words(telling.late_by_days, day(due), telling.kind))
    if telling.can_be_muted and telling.org is not None:
        notes.append(mute_words(telling.org.org_id, telling.reader))
    return tuple(notes)
