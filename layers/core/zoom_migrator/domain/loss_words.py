"""What people are told when an org has lost its authorization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zoom_migrator.domain.authorization_words import zooms_own_pages
from zoom_migrator.domain.consequences import what_is_down, what_stops
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.telling import Telling
from zoom_migrator.domain.words import Words, Writer, steps_of_remedy


def _fell_back(telling: Telling) -> Words:
    until = telling.day_of("jwt_until")
    return _lost(
        telling,
        f"{telling.name} has lost its connection by OAuth",
        f"The old key and secret are still there, so Zoom goes on by JWT until {until}.",
        what_stops(telling),
    )


def _disconnected(telling: Telling) -> Words:
    return _lost(
        telling, f"Zoom does not work in {telling.name}", what_is_down(telling), ""
    )  # fmt: skip


def _lost(telling: Telling, subject: str, state: str, outlook: str) -> Words:
    detail = telling.fact("detail") or "The org's authorization is gone."
    return Words(
        subject=subject,
        preheader=f"{detail} {state}",
        line=f"{detail} {state}",
        paragraphs=tuple(part for part in (detail, state, outlook) if part),
        steps=(*_steps_after_loss(telling), *_way_back(telling)),
        who="A Zoom admin of the account that this org belongs to; commands are for the operators"
        " of the migrator.",
        obstacles=zooms_own_pages(),
    )


def _steps_after_loss(telling: Telling) -> tuple[str, ...]:
    if not telling.fact("cause") and telling.fact("remedy"):
        # Whoever said no is not asked again by itself.
        return steps_of_remedy(telling)
    org_id = telling.org.org_id if telling.org else ""
    return (
        "A Zoom admin has to authorize the org again; the link comes in a message of its own.",
        "If no link comes, whoever operates the migrator sees why, and sends one:"
        f" `zoom-migrator migrate show {org_id}`.",
    )


def _way_back(telling: Telling) -> tuple[str, ...]:
    restore = telling.day_of("restore_until")
    if not restore or telling.days_left < 0:
        return ()
    return (
        f"If that takes too long: until {restore} an operator can put the old key and secret back"
        " from their backup; they work until JWT ends.",
    )


WRITERS: Final[Mapping[NoticeKind, Writer]] = {
    NoticeKind.FELL_BACK: _fell_back,
    NoticeKind.DISCONNECTED: _disconnected,
}
HEADINGS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.FELL_BACK: "Lost their connection by OAuth, and run on JWT",
    NoticeKind.DISCONNECTED: "Disconnected: Zoom does not work there",
}
