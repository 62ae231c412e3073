"""What people are told about the upgrade of an org's package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zoom_migrator.domain.consequences import what_stops
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.telling import Telling
from zoom_migrator.domain.upgrade_by_hand import ADMINS_ONLY_WARNING
from zoom_migrator.domain.words import (
    PLATFORM_CACHE,
    Words,
    Writer,
    salesforce_admin,
    versions,
)

_VERSIONS: Final = (("Version now", "version_before"), ("Version to come", "version_to_come"))
_DONE_BY_ITSELF: Final = (
    "Wait for Salesforce's e-mail that says the upgrade is done. Nothing has to be reported: the"
    " migrator looks at the version by itself."
)


def approval_steps(telling: Telling) -> tuple[str, ...]:
    """What to do with a request for consent."""
    return (
        "Open the link and read what is to be installed.",
        "Accept the package's terms and press “Approve the upgrade”, or press “Decline”. Leave it"
        f" at “Install for all users”: {_lower(ADMINS_ONLY_WARNING)}",
        "Nothing else: the upgrade runs in the background, and you are told when it is done.",
    )


def approver(telling: Telling) -> str:
    """Who can answer a request for consent."""
    return (
        f"This is for {salesforce_admin(telling)}: the page asks for that address, so the link is"
        " of no use to anybody else."
    )


def by_hand_steps(telling: Telling) -> tuple[str, ...]:
    """What to do by hand; the article's twelve steps in three."""
    if telling.fact("install_link"):
        return (
            "Open the link and log in to this org as an admin.",
            "Accept the terms and conditions, choose “Install for All Users” and press “Upgrade”."
            f" {ADMINS_ONLY_WARNING}",
            _DONE_BY_ITSELF,
        )
    environment = telling.org.environment if telling.org else "production"
    return (
        "Log in to this org as an admin, open Setup > Installed Packages, choose the package named"
        " Zoom, and follow its AppExchange link.",
        f"Press “Get It Now”, sign in, choose to install in {environment}, accept the terms, choose"
        f" “Install for All Users” and press “Upgrade”. {ADMINS_ONLY_WARNING}",
        _DONE_BY_ITSELF,
    )


def _approval(telling: Telling) -> Words:
    until = telling.day_of("until")
    now, to_come = telling.fact("version_before"), telling.fact("version_to_come")
    return Words(
        subject=f"Approve the Zoom upgrade in {telling.name}",
        preheader=f"From version {now} to {to_come}; please answer by {until}.",
        line=f"From version {now} to {to_come}; an answer is wanted by {until}.",
        paragraphs=(
            f"The Zoom package in {telling.name} is to be upgraded from version {now} to {to_come},"
            " because older versions cannot connect to Zoom by OAuth.",
            what_stops(telling),
            f"Nothing is installed unless you agree. If nobody answers by {until}, the question is"
            " withdrawn and the org stays as it is.",
        ),
        facts=(*versions(telling, *_VERSIONS), ("Answer by", until)),
        steps=approval_steps(telling),
        who=approver(telling),
        obstacles=(PLATFORM_CACHE,),
    )


def _approval_again(telling: Telling) -> Words:
    return _as_reminder(_approval(telling), f"Reminder: the Zoom upgrade in {telling.name} waits")


def _by_hand(telling: Telling) -> Words:
    until, minimum = telling.day_of("until"), telling.fact("minimum")
    now = telling.fact("version_before")
    has = f"has version {now}" if now else "is too old"
    return Words(
        subject=f"Please upgrade Zoom in {telling.name}",
        preheader=f"Version {minimum} or higher is needed by {until}.",
        line=f"Needs version {minimum} or higher by {until}; somebody has to install it by hand.",
        paragraphs=(
            f"The Zoom package in {telling.name} {has}. Connecting to Zoom by OAuth needs version"
            f" {minimum} or higher, and it was agreed that you install it yourselves.",
            what_stops(telling),
            f"The migrator looks until {until} whether it is done.",
        ),
        facts=(
            *versions(telling, ("Version now", "version_before"), ("Version needed", "minimum")),
            ("Upgrade by", until),
        ),
        steps=by_hand_steps(telling),
        who="Somebody who may install packages in this org; the link can be forwarded to them.",
        obstacles=(PLATFORM_CACHE,),
    )


def _by_hand_again(telling: Telling) -> Words:
    subject = f"Reminder: Zoom in {telling.name} still has to be upgraded"
    return _as_reminder(_by_hand(telling), subject)


def _as_reminder(words: Words, subject: str) -> Words:
    return Words(
        subject=subject,
        preheader=f"Nobody has acted yet. {words.preheader}",
        line=words.line,
        paragraphs=("You were asked for this before, and nobody has acted yet.", *words.paragraphs),
        facts=words.facts,
        steps=words.steps,
        who=words.who,
        obstacles=words.obstacles,
    )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


WRITERS: Final[Mapping[NoticeKind, Writer]] = {
    NoticeKind.UPGRADE_APPROVAL_NEEDED: _approval,
    NoticeKind.UPGRADE_APPROVAL_REMINDER: _approval_again,
    NoticeKind.UPGRADE_BY_HAND_NEEDED: _by_hand,
    NoticeKind.UPGRADE_BY_HAND_REMINDER: _by_hand_again,
}
HEADINGS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.UPGRADE_APPROVAL_NEEDED: "Upgrades to approve",
    NoticeKind.UPGRADE_APPROVAL_REMINDER: "Upgrades that still wait for an answer",
    NoticeKind.UPGRADE_BY_HAND_NEEDED: "Upgrades to install by hand",
    NoticeKind.UPGRADE_BY_HAND_REMINDER: "Upgrades by hand that are still missing",
}
