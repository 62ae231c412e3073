"""Makes one message of several notices for one reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import RULES
from zoom_migrator.domain.notice_message import (
    Action,
    DigestItem,
    DigestMessage,
    DigestSection,
    Tone,
)
from zoom_migrator.domain.notice_words import HEADINGS, MAX_SUBJECT, cut, words_of
from zoom_migrator.domain.telling import Telling, counted, days

MAX_ITEMS: Final = 24
"""How many notices a digest lists; Slack shows each with its link, in 50 blocks at most."""
_MAX_LINE: Final = 300
_WORST_FIRST: Final = (Tone.BAD, Tone.URGENT, Tone.TO_DO, Tone.NEWS, Tone.GOOD)
_KINDS: Final = list(NoticeKind)

type ActionOf = Callable[[Telling], Action | None]


def digest_of(tellings: Sequence[Telling], action_of: ActionOf) -> DigestMessage:
    """The message that tells of several notices.

    Args:
        tellings: At least one, all for the same reader.
        action_of: Makes the link of one that is listed; the others get none.
    """
    ordered = sorted(tellings, key=_order)
    sections = tuple(_sections(ordered, action_of))
    return DigestMessage(
        tone=_tone(ordered[0]),
        subject=cut(_subject(ordered), MAX_SUBJECT),
        preheader=_preheader(ordered),
        paragraphs=(_introduction(ordered),),
        sections=sections,
        obstacles=_obstacles(ordered),
        footnotes=tuple(_footnotes(ordered)),
        is_mutable=all(each.can_be_muted for each in ordered),
    )


def _sections(ordered: Sequence[Telling], action_of: ActionOf) -> Iterator[DigestSection]:
    left = MAX_ITEMS
    for kind, group in groupby(ordered, key=lambda telling: telling.kind):
        members = list(group)
        listed = members[:left]
        left -= len(listed)
        yield DigestSection(
            heading=HEADINGS[kind],
            tone=RULES[kind].tone,
            items=tuple(_item(replace(each, action=action_of(each))) for each in listed),
            more=len(members) - len(listed),
        )


def _item(telling: Telling) -> DigestItem:
    line = cut(words_of(telling).line, _MAX_LINE)
    late = telling.late_by_days
    if late > 0:
        line = f"{line} ({days(late)} late)"
    return DigestItem(telling.name or "The fleet", line, telling.action)


def _order(telling: Telling) -> tuple[object, ...]:
    return (
        _WORST_FIRST.index(_tone(telling)),
        _KINDS.index(telling.kind),
        telling.deadline,
        telling.name,
        telling.ref,
    )


def _tone(telling: Telling) -> Tone:
    return RULES[telling.kind].tone


def _subject(ordered: Sequence[Telling]) -> str:
    kinds = list(dict.fromkeys(telling.kind for telling in ordered))
    first = sum(telling.kind is kinds[0] for telling in ordered)
    subject = f"Zoom: {HEADINGS[kinds[0]]} ({counted(first, 'org', 'orgs')})"
    rest = len(ordered) - first
    return f"{subject}, and {rest:,} more" if rest else subject


def _preheader(ordered: Sequence[Telling]) -> str:
    names = list(dict.fromkeys(telling.name for telling in ordered if telling.name))
    shown = ", ".join(names[:3])
    rest = len(names) - 3
    return f"{shown} and {counted(rest, 'other org', 'other orgs')}." if rest > 0 else f"{shown}."


def _introduction(ordered: Sequence[Telling]) -> str:
    orgs = len({telling.ref.org_id for telling in ordered})
    return (
        f"This is about {counted(orgs, 'org', 'orgs')}, in one message instead of"
        f" {len(ordered):,}. What is most pressing stands first."
    )


def _obstacles(ordered: Sequence[Telling]) -> tuple[str, ...]:
    """What is known to go wrong with anything in it, each said once."""
    seen: set[NoticeKind] = set()
    found: dict[str, None] = {}
    for telling in ordered:
        if telling.kind in seen and telling.kind not in _BY_STANDING:
            continue
        seen.add(telling.kind)
        found |= dict.fromkeys(words_of(telling).obstacles)
    return tuple(found)


_BY_STANDING: Final = (NoticeKind.DEADLINE_NEAR, NoticeKind.DEADLINE_OVERDUE)


def _footnotes(ordered: Sequence[Telling]) -> Iterator[str]:
    yield from dict.fromkeys(telling.because for telling in ordered if telling.because)
    late = [telling.kind for telling in ordered if telling.late_by_days > 0]
    if late:
        or_moved = ", or its deadline was moved" if set(late) & set(_BY_STANDING) else ""
        yield f"What is marked as late could not be sent before{or_moved}."
    if len(ordered) > MAX_ITEMS:
        yield "Those that are only counted here are listed by `zoom-migrator orgs list`."
    if any(telling.can_be_muted for telling in ordered):
        yield (
            "Whoever operates the migrator can stop reminders for an org until a day:"
            " `zoom-migrator notices mute ORG --until DATE`."
        )
