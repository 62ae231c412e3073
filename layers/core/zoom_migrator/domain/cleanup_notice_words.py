"""What people are told about the old keys of an org that is connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from zoom_migrator.domain.cleanup_words import what_keeping_means
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.telling import Telling, counted
from zoom_migrator.domain.words import (
    Words,
    Writer,
    salesforce_admin,
    steps_of_remedy,
    what_was_said,
)

_UNPROVEN: Final = (
    "The migrator's own calls to Zoom work. Whether the package in the org is connected by itself"
    " is shown by its Zoom Config page alone, so please look there first."
)
_MARKETPLACE: Final = (
    "Deactivate the JWT app in the Zoom Marketplace as well: that alone makes the old key and"
    " secret worthless, which the field history of Salesforce keeps readable."
)


def cleanup_steps(telling: Telling) -> tuple[str, ...]:
    """What to do with a request to remove keys."""
    answer = "Open the link, read what changes, and press “Remove the old keys” or “Keep the old"
    if telling.fact("needs_confirmation") != "yes":
        return (f"{answer} keys”.", _MARKETPLACE)
    return (
        "In Salesforce, open Zoom Config and see that it shows the connection by OAuth.",
        f"{answer} keys”.",
        _MARKETPLACE,
    )


def decider(telling: Telling) -> str:
    """Who can say what becomes of the keys."""
    return (
        f"This is for {salesforce_admin(telling)}: the page asks for that address, so the link is"
        " of no use to anybody else."
    )


def _needed(telling: Telling) -> Words:
    until = telling.day_of("until")
    rows = counted(_number(telling.fact("rows")), "row", "rows")
    doubt = (_UNPROVEN,) if telling.fact("needs_confirmation") == "yes" else ()
    return Words(
        subject=f"Remove the old Zoom keys from {telling.name}?",
        preheader=f"OAuth works; please say by {until} what becomes of the old key and secret.",
        line=f"Old keys in {rows}; an answer is wanted by {until}.",
        paragraphs=(
            f"{telling.name} is connected to Zoom by OAuth, and calls to Zoom have worked twice."
            f" The API Key and API Secret of the old way (JWT) are still stored, in {rows}.",
            *doubt,
            "If they are removed, those two fields are emptied and nothing else is changed. An"
            " encrypted copy is kept for a while, from which an operator can put them back.",
            f"If they are kept, or nobody answers by {until}:"
            f" {_lower(what_keeping_means(telling.deadline, telling.today))}",
        ),
        facts=(("Rows with old keys", telling.fact("rows")), ("Answer by", until)),
        steps=cleanup_steps(telling),
        who=decider(telling),
    )


def _again(telling: Telling) -> Words:
    words = _needed(telling)
    return replace(
        words,
        subject=f"Reminder: remove the old Zoom keys from {telling.name}?",
        preheader=f"Nobody has answered yet. {words.preheader}",
        paragraphs=("You were asked for this before, and nobody has answered.", *words.paragraphs),
    )


def _blocked(telling: Telling) -> Words:
    detail = telling.fact("detail") or "The old keys could not be removed."
    return Words(
        subject=f"The old Zoom keys could not be removed from {telling.name}",
        preheader="OAuth works; only the old key and secret are still there.",
        line=detail,
        paragraphs=(
            detail,
            *what_was_said(telling),
            "Zoom itself works in this org, by OAuth. Only the old key and secret are still there.",
            what_keeping_means(telling.deadline, telling.today),
        ),
        steps=steps_of_remedy(telling),
        who=f"Whoever administers this org, such as {salesforce_admin(telling)}; commands are for"
        " the operators of the migrator.",
    )


def _migrated(telling: Telling) -> Words:
    detail = telling.fact("detail") or "The org uses OAuth, and has no old keys any more."
    return Words(
        subject=f"{telling.name} has moved to OAuth",
        preheader="All done in Salesforce; one thing is left to do at Zoom.",
        line=detail,
        paragraphs=(
            f"{telling.name} is connected to Zoom by OAuth. {detail}",
            "The end of JWT does not concern this org any more.",
        ),
        steps=(_MARKETPLACE,),
        who="Somebody with admin rights in the Zoom Marketplace; not before the last org that used"
        " the same JWT app has moved.",
    )


def _kept(telling: Telling) -> Words:
    detail = telling.fact("detail") or "The old keys are kept."
    return Words(
        subject=f"{telling.name} has moved to OAuth, and keeps its old keys",
        preheader=detail,
        line=detail,
        paragraphs=(
            f"{telling.name} is connected to Zoom by OAuth. {detail}",
            what_keeping_means(telling.deadline, telling.today),
        ),
        steps=steps_of_remedy(telling),
        who="The operators of the migrator." if telling.fact("remedy") else "",
    )


def _restored(telling: Telling) -> Words:
    detail = telling.fact("detail") or "The old keys were put back."
    return Words(
        subject=f"The old Zoom keys are back in {telling.name}",
        preheader=detail,
        line=detail,
        paragraphs=(detail, what_keeping_means(telling.deadline, telling.today)),
    )


def _reappeared(telling: Telling) -> Words:
    org_id = telling.org.org_id if telling.org else ""
    detail = telling.fact("detail") or "The org holds an API key or secret again."
    return Words(
        subject=f"Old Zoom keys have turned up again in {telling.name}",
        preheader=detail,
        line=detail,
        paragraphs=(detail, what_keeping_means(telling.deadline, telling.today)),
        steps=(
            "Find out who entered them, and whether anything in the org still needs them.",
            "To have them removed again, whoever operates the migrator begins anew:"
            f" `zoom-migrator migrate start {org_id}`.",
        ),
        who=f"Whoever administers this org, such as {salesforce_admin(telling)}.",
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


WRITERS: Final[Mapping[NoticeKind, Writer]] = {
    NoticeKind.CLEANUP_APPROVAL_NEEDED: _needed,
    NoticeKind.CLEANUP_APPROVAL_REMINDER: _again,
    NoticeKind.CLEANUP_BLOCKED: _blocked,
    NoticeKind.MIGRATED: _migrated,
    NoticeKind.KEYS_KEPT: _kept,
    NoticeKind.KEYS_RESTORED: _restored,
    NoticeKind.KEYS_REAPPEARED: _reappeared,
}
HEADINGS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.CLEANUP_APPROVAL_NEEDED: "Old keys to decide about",
    NoticeKind.CLEANUP_APPROVAL_REMINDER: "Old keys that nobody has decided about",
    NoticeKind.CLEANUP_BLOCKED: "Old keys that could not be removed",
    NoticeKind.MIGRATED: "Moved to OAuth",
    NoticeKind.KEYS_KEPT: "Moved to OAuth, with their old keys",
    NoticeKind.KEYS_RESTORED: "Old keys that were put back",
    NoticeKind.KEYS_REAPPEARED: "Old keys that have turned up again",
}
