"""What a migration waits for beyond the authorization, in words for operators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from zoom_migrator.domain.cleanup import CleanupRequest, KeyRemoval
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator_cli.layout import moment

THEN: Final[Mapping[MigrationStep, str]] = {
    MigrationStep.AUTHORIZED: "Calls Zoom with the stored grant, and once more after the soak "
    "time.",
    MigrationStep.SOAKING: "Calls Zoom once more, and looks at the package and its old keys; "
    "then does with the keys what the fleet file says.",
    MigrationStep.REMOVING_KEYS: "Backs the keys up, calls Zoom before each row, empties the two "
    "fields, and reads them back.",
}
"""What the product does next by itself, by step."""


def rows_text(count: int) -> str:
    """How many rows, in words."""
    return "one row" if count == 1 else f"{count} rows"


def since_beyond(migration: Migration) -> datetime | None:
    """Since when a migration does what it does beyond the authorization; None where unknown."""
    match migration.step:
        case MigrationStep.SOAKING:
            return migration.verifications[0].at if migration.verifications else None
        case MigrationStep.AWAITING_CLEANUP_APPROVAL:
            return migration.cleanup.requested_at if migration.cleanup else None
        case MigrationStep.REMOVING_KEYS:
            return _removing_since(migration.cleanup, migration.removal)
        case _:
            return None


def _removing_since(request: CleanupRequest | None, removal: KeyRemoval | None) -> datetime | None:
    if removal is not None:
        return removal.began_at
    return request.answer.at if request and request.answer else None


def waits_for_beyond(migration: Migration, org: Org) -> str:
    """Whom or what it waits for beyond the authorization; empty where it waits for nothing."""
    match migration.step:
        case MigrationStep.AUTHORIZED:
            return _proof("the first proof", migration.waiting_since)
        case MigrationStep.SOAKING:
            return _second_proof(migration)
        case MigrationStep.AWAITING_CLEANUP_APPROVAL:
            return _decision(migration.cleanup, org)
        case MigrationStep.REMOVING_KEYS:
            return _removal(migration)
        case _:
            return ""


def comes_next_beyond(migration: Migration) -> str:
    """What the product does next by itself beyond the authorization."""
    if migration.step is MigrationStep.AWAITING_CLEANUP_APPROVAL:
        where = f" in {rows_text(migration.cleanup.rows)}" if migration.cleanup else ""
        return (
            f"Removes the old keys{where} once that is approved; keeps them where it is declined, "
            "or nobody answers."
        )
    return THEN.get(migration.step, "")


def _second_proof(migration: Migration) -> str:
    if migration.waiting_since is None and migration.soak_until is not None:
        return f"the second proof, not before {moment(migration.soak_until)}"
    return _proof("the second proof", migration.waiting_since)


def _proof(which: str, waiting_since: datetime | None) -> str:
    if waiting_since is None:
        return which
    return (
        f"{which}, tried since {moment(waiting_since)}: Zoom or the org cannot be asked, or the "
        "package does not show that it is connected"
    )


def _decision(request: CleanupRequest | None, org: Org) -> str:
    admin = org.registration.salesforce_admin_email
    if request is None:
        return f"the request to {admin} to be made"
    return f"{admin} to decide about the old keys, until {moment(request.expires_at)}"


def _removal(migration: Migration) -> str:
    removal = migration.removal
    if migration.waiting_since is None:
        return ""
    if removal is not None and removal.last_problem:
        return f"another try, after: {removal.last_problem}"
    return "the org or Zoom to answer"
