"""What whoever is asked about the old keys has to know, in sentences.

The page, the notices and the command line say the same, so that nobody approves less, or more, than
they were told. What could not be proven is said as plainly as what was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from zoom_migrator.domain.cleanup import CleanupRequest
from zoom_migrator.domain.dates import day, minute
from zoom_migrator.domain.verification import PackageConnection, Verification

CONFIRMATION: Final = (
    "I have opened Zoom Config in this org, and it shows that the package is connected by OAuth."
)
"""What an admin confirms where nothing has proven that the package itself is connected."""

_PACKAGE: Final = {
    PackageConnection.PROVEN: "The package in this org shows that it is connected by itself.",
    PackageConnection.NOT_SHOWN: "The package in this org does not show that it is connected.",
    PackageConnection.UNREADABLE: "Whether the package itself is connected could not be read.",
    PackageConnection.NOT_PROBED: "Whether the package itself is connected was not looked at: "
    "where it keeps that is not public, and nothing is configured.",
}


def what_will_change(request: CleanupRequest, backup_until: datetime) -> tuple[str, ...]:
    """What an approval leads to."""
    rows = "one row" if request.rows == 1 else f"{request.rows} rows"
    return (
        f"API Key and API Secret are emptied in {rows} of the package's settings; nothing else is "
        "changed and no row is deleted.",
        "JWT authorization of the package ends by it; OAuth is all that is left.",
        f"An encrypted copy is kept until {day(backup_until)}; until then an operator can put "
        "the keys back.",
    )


def what_stays() -> tuple[str, ...]:
    """What is left of the keys all the same, and what to do about it."""
    return (
        "The field history of the package's object keeps the old values readable.",
        "Deactivate the JWT app in the Zoom Marketplace as well: that, and nothing here, makes the "
        "old key and secret worthless.",
    )


def what_is_proven(proofs: Sequence[Verification]) -> tuple[str, ...]:
    """What the product knows of the connection by its own calls, oldest first."""
    said = tuple(
        f"{minute(proof.at)}: Zoom answered a call with this org's grant, as "
        f"{proof.zoom_email} of account {proof.zoom_account_id}."
        for proof in proofs
    )
    if proofs and proofs[-1].package is PackageConnection.PROVEN:
        return (*said, _PACKAGE[PackageConnection.PROVEN])
    return said


def what_is_not_proven(proofs: Sequence[Verification]) -> tuple[str, ...]:
    """What nobody but a person can know."""
    package = proofs[-1].package if proofs else PackageConnection.NOT_PROBED
    if package is PackageConnection.PROVEN:
        return ()
    return (
        _PACKAGE[package],
        "The grant that was proven is the product's own; the package's Zoom Config page has one of "
        "its own, which only that page shows.",
    )


def what_keeping_means(deadline: date, today: date) -> str:
    """What becomes of an org that keeps its keys."""
    if today > deadline:
        return (
            f"The keys stay where they are. JWT ended on {day(deadline)}, so they are of no "
            "use, and whoever finds them is told a secret."
        )
    return (
        f"The keys stay where they are, and the package falls back on them if OAuth is cancelled, "
        f"until JWT ends on {day(deadline)}."
    )
