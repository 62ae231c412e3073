"""What people are told about the authorization of an org at Zoom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from zoom_migrator.domain.consequences import what_stops
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import Audience
from zoom_migrator.domain.silence import SILENT_REFUSALS
from zoom_migrator.domain.telling import Telling, masked
from zoom_migrator.domain.words import (
    PLATFORM_CACHE,
    Words,
    Writer,
    steps_of_remedy,
    what_was_said,
)

_OOPS: Final = (
    "If Zoom says “Oops” and that the app was not found: the address you are signed in with is not"
    " the one that is expected. Sign out of Zoom, and start again from the link."
)
"""Source: Zoom KB0058199; the exact text is in no other source."""
_PRODUCTS: Final = {"meetings": "Zoom Meetings", "phone": "Zoom Phone", "webinar": "Zoom Webinar"}


def consent_steps(telling: Telling) -> tuple[str, ...]:
    """What to do with a request for authorization."""
    products = _products(telling) or "those that this org uses"
    return (
        f"Open the link and choose the Zoom products: {products}. Do not choose Zoom Phone or Zoom"
        " Webinar if your account does not have them.",
        f"Sign in to Zoom as {_expected(telling)} and consent.",
        "Read the page that follows: it says whether the org is connected.",
    )


def consenter(telling: Telling) -> str:
    """Who can consent, and that the link can be passed on."""
    who = (
        "This needs a Zoom admin who may add apps to the account, not a login to Salesforce. If"
        " that is somebody else, forward this message: the link works for whoever has it."
    )
    if telling.reader is Audience.SALESFORCE_ADMIN:
        return f"{who} You get it because no Zoom admin of this org is known besides you."
    return who


def zooms_own_pages() -> tuple[str, ...]:
    """What Zoom may say on pages of its own, and what then; the migrator never hears of it."""
    return tuple(f"If Zoom shows “{each.shown}”: {each.remedy}" for each in SILENT_REFUSALS)


def _needed(telling: Telling) -> Words:
    until = telling.day_of("until")
    wanted = f"The consent of a Zoom admin is wanted by {until}."
    return Words(
        subject=f"Connect {telling.name} to Zoom",
        preheader=wanted,
        line=f"A Zoom admin ({_expected(telling)}) has to consent by {until}.",
        paragraphs=(
            f"{telling.name} has a version of the Zoom package that can connect by OAuth. What is"
            " missing is the consent of a Zoom admin.",
            what_stops(telling),
            f"The link counts until {until}.",
        ),
        facts=(("Products", _products(telling)), ("Zoom admin", _expected(telling)),
               ("Link counts until", until)),
        steps=consent_steps(telling),
        who=consenter(telling),
        obstacles=(_OOPS, *zooms_own_pages(), PLATFORM_CACHE),
    )  # fmt: skip


def _again(telling: Telling) -> Words:
    words, setback = _needed(telling), telling.fact("setback")
    before = (
        f"Somebody tried it, and it did not succeed: {setback} {telling.fact('remedy')}".strip()
        if setback
        else "You were asked for this before, and nobody has consented yet."
    )
    return replace(
        words,
        subject=f"Reminder: {telling.name} is not connected to Zoom yet",
        preheader=f"{setback or 'Nobody has consented yet.'} {words.preheader}",
        line=f"{setback} {words.line}".strip(),
        paragraphs=(before, *words.paragraphs),
    )


def _expired(telling: Telling) -> Words:
    return _ended(telling, f"Nobody connected {telling.name} to Zoom")


def _blocked(telling: Telling) -> Words:
    return _ended(telling, f"{telling.name} cannot be connected to Zoom")


def _ended(telling: Telling, subject: str) -> Words:
    detail = telling.fact("detail") or "The org was not authorized at Zoom."
    return Words(
        subject=subject,
        preheader=detail,
        line=detail,
        paragraphs=(detail, *what_was_said(telling), what_stops(telling)),
        steps=steps_of_remedy(telling) or (_ask_operators(telling),),
        who="Whoever is in charge of Zoom; commands are for the operators of the migrator.",
        obstacles=(_OOPS, *zooms_own_pages()),
    )


def _connected(telling: Telling) -> Words:
    products, by = _products(telling), masked(telling.fact("zoom_email"))
    unproven = _named(telling.fact("unproven"))
    doubt = (
        (f"Whether the account has {unproven} could not be found out; try it.",) if unproven else ()
    )
    return Words(
        subject=f"{telling.name} is connected to Zoom",
        preheader="There is nothing to do at present.",
        line=f"Connected by {by}, for {products}.",
        paragraphs=(
            f"A Zoom admin ({by}) has consented: {telling.name} is connected to Zoom by OAuth, for"
            f" {products}.",
            *doubt,
            "Next, the connection is tried twice, with some time between. Only then is anybody"
            " asked about the old key and secret, which stay where they are until then.",
        ),
        facts=(("Connected by", by), ("Products", products)),
    )


def _ask_operators(telling: Telling) -> str:
    org_id = telling.org.org_id if telling.org else ""
    return (
        f"Ask whoever operates the migrator to begin anew: `zoom-migrator migrate start {org_id}`."
    )


def _expected(telling: Telling) -> str:
    return masked(telling.fact("zoom_admin_email")) or "the Zoom admin"


def _products(telling: Telling) -> str:
    return _named(telling.fact("products"))


def _named(names: str) -> str:
    """Products as people write them."""
    return ", ".join(_PRODUCTS.get(name, name) for name in names.split(", ") if name)


WRITERS: Final[Mapping[NoticeKind, Writer]] = {
    NoticeKind.AUTHORIZATION_NEEDED: _needed,
    NoticeKind.AUTHORIZATION_REMINDER: _again,
    NoticeKind.AUTHORIZATION_EXPIRED: _expired,
    NoticeKind.AUTHORIZATION_BLOCKED: _blocked,
    NoticeKind.CONNECTED: _connected,
}
HEADINGS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.AUTHORIZATION_NEEDED: "To be connected by a Zoom admin",
    NoticeKind.AUTHORIZATION_REMINDER: "Still not connected by a Zoom admin",
    NoticeKind.AUTHORIZATION_EXPIRED: "Not connected in time",
    NoticeKind.AUTHORIZATION_BLOCKED: "Cannot be connected",
    NoticeKind.CONNECTED: "Connected to Zoom",
}
