"""What people are told of how the upgrade of an org's package ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zoom_migrator.domain.consequences import what_stops
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.telling import Telling
from zoom_migrator.domain.words import (
    PLATFORM_CACHE,
    Words,
    Writer,
    salesforce_admin,
    steps_of_remedy,
    versions,
    what_was_said,
)


def _done(telling: Telling) -> Words:
    before, now = telling.fact("version_before"), telling.fact("version_now")
    went = f"went from version {before} to {now}" if before and now else "was upgraded"
    return Words(
        subject=f"Zoom is upgraded in {telling.name}",
        preheader="Next, a Zoom admin has to connect it.",
        line=f"The package {went}; it is not connected by OAuth yet.",
        paragraphs=(
            f"The Zoom package in {telling.name} {went}.",
            "Nothing changes for its users yet. Next, a Zoom admin is asked to connect the org;"
            " the link for it comes in a message of its own.",
            what_stops(telling),
        ),
        facts=versions(
            telling, ("Version before", "version_before"), ("Version now", "version_now")
        ),
    )


def _declined(telling: Telling) -> Words:
    return _ended(
        telling,
        subject=f"The Zoom upgrade in {telling.name} was declined",
        otherwise="The Salesforce admin declined the upgrade.",
        to_do=f"Find out why. To ask again: `zoom-migrator migrate resume {_id(telling)}`.",
        who="The operators of the migrator.",
    )


def _expired(telling: Telling) -> Words:
    return _ended(
        telling,
        subject=f"Nobody answered about the Zoom upgrade in {telling.name}",
        otherwise="The package was not upgraded in time.",
        to_do="Tell whoever operates the migrator who can answer; they ask again with"
        f" `zoom-migrator migrate start {_id(telling)}`.",
    )


def _blocked(telling: Telling) -> Words:
    return _ended(
        telling,
        subject=f"The Zoom upgrade in {telling.name} cannot go on",
        otherwise="Something stands in the way of the upgrade.",
        to_do="Tell whoever operates the migrator, who sees what happened with"
        f" `zoom-migrator migrate show {_id(telling)}`.",
    )


def _ended(telling: Telling, *, subject: str, otherwise: str, to_do: str, who: str = "") -> Words:
    detail = telling.fact("detail") or otherwise
    steps = steps_of_remedy(telling) or (to_do,)
    return Words(
        subject=subject,
        preheader=detail,
        line=detail,
        paragraphs=(detail, *what_was_said(telling), what_stops(telling)),
        facts=versions(telling, ("Version now", "version_now")),
        steps=steps,
        who=who
        or f"Whoever looks after Salesforce in this org, such as {salesforce_admin(telling)};"
        " commands are for the operators of the migrator.",
        obstacles=(PLATFORM_CACHE,) if telling.kind is NoticeKind.UPGRADE_BLOCKED else (),
    )


def _id(telling: Telling) -> str:
    return telling.org.org_id if telling.org else ""


WRITERS: Final[Mapping[NoticeKind, Writer]] = {
    NoticeKind.UPGRADE_DONE: _done,
    NoticeKind.UPGRADE_DECLINED: _declined,
    NoticeKind.UPGRADE_EXPIRED: _expired,
    NoticeKind.UPGRADE_BLOCKED: _blocked,
}
HEADINGS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.UPGRADE_DONE: "Upgraded",
    NoticeKind.UPGRADE_DECLINED: "Upgrades that were declined",
    NoticeKind.UPGRADE_EXPIRED: "Upgrades that nobody answered or installed",
    NoticeKind.UPGRADE_BLOCKED: "Upgrades that cannot go on",
}
