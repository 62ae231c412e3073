"""A request to remove the old keys on a terminal, in the sentences of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rich.markup import escape

from zoom_migrator.domain.cleanup_words import (
    CONFIRMATION,
    what_is_not_proven,
    what_is_proven,
    what_keeping_means,
    what_stays,
    what_will_change,
)
from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.key_backup import backup_expiry
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer
from zoom_migrator_cli.answers.request import print_cautions
from zoom_migrator_cli.command import console, say
from zoom_migrator_cli.layout import facts_table, moment


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with sentences below it."""

    heading: str
    sentences: Sequence[str]


def print_cleanup_request(
    offer: CleanupOffer, *, name: str, email: str, now: datetime, jwt_deadline: date
) -> None:
    """Show what the page shows: what changes, what stays, what is proven and what is not."""
    request, row = offer.request, offer.org.registration
    facts = {
        "org": f"{row.display_name} ({offer.org.org_id}, {row.environment})",
        "asked by": offer.migration.requested_by,
        "asked at": moment(request.requested_at),
        "answer before": moment(request.expires_at),
        "answered by": f"{name} <{email}>",
    }
    console.print(facts_table(facts))
    for part in parts_of(offer, now=now, jwt_deadline=jwt_deadline):
        say(f"\n[bold]{part.heading}[/]")
        for sentence in part.sentences:
            say(f"  - {escape(sentence)}")
    say("")
    print_cautions(offer.org, email=email, security=None)


def parts_of(offer: CleanupOffer, *, now: datetime, jwt_deadline: date) -> Iterator[Part]:
    """All that whoever answers has to know, part by part."""
    deadline = deadline_of(offer.org, jwt_deadline)
    yield Part(
        "If they are removed",
        what_will_change(offer.request, backup_expiry(deadline, now)),
    )
    yield Part("What removing them here does not do", what_stays())
    yield Part("If they are kept", (what_keeping_means(deadline, now.date()),))
    proofs = offer.migration.verifications
    yield Part("What is proven", what_is_proven(proofs))
    if unproven := what_is_not_proven(proofs):
        yield Part("What is not proven", unproven)


def confirmation_question(name: str) -> str:
    """The question whether somebody has seen that the package is connected."""
    return f"Does {name} confirm this? “{CONFIRMATION}”"
