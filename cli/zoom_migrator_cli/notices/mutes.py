"""Who is not reminded of what, in words and for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Final

import typer

from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import RULES, Importance
from zoom_migrator.domain.org import Org
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.stuck import name_of

REMINDERS: Final = tuple(
    kind for kind in NoticeKind if RULES[kind].importance is Importance.REMINDER
)
"""The kinds that can be muted."""
STILL_SENT: Final = (
    "Sent all the same: requests, results, failures, and the reminder of the day on which JWT ends."
)
OneOrg = Annotated[str | None, typer.Argument(metavar="ORG", help="15- or 18-character org id.")]
AllOrgs = Annotated[bool, typer.Option("--all", help="All orgs of the fleet.")]


def insist_on_one(org: str | None, *, is_all: bool) -> None:
    """Go on only if either an org or all of them are meant.

    Raises:
        typer.BadParameter: Neither, or both.
    """
    if (org is None) is not is_all:
        raise typer.BadParameter("name one ORG, or say --all")


def active(mutes: Iterable[Mute], today: date) -> list[Mute]:
    """The mutes that are not over."""
    return [mute for mute in mutes if mute.until is None or today < mute.until]


def mute_document(mute: Mute, orgs: Mapping[str, Org]) -> Document:
    """A mute; ``org_id`` is null where it is about all orgs, ``address`` where about everybody."""
    return {
        "org_id": mute.org_id or None,
        "name": name_of(mute.org_id, orgs) or None,
        "address": mute.address or None,
        "until": mute.until,
        "by": mute.by,
        "at": mute.at,
        "reason": mute.reason or None,
    }


def mute_text(mute: Mute) -> str:
    """Who is not reminded, and until when."""
    who = mute.address or "everybody"
    until = f"until {mute.until}" if mute.until else "for good"
    return f"{who}, {until}" if mute.org_id else f"{who}, about all orgs, {until}"
