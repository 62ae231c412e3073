"""Orgs that nothing would ever move again, unless somebody looked for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.migration import Migration, MigrationOutcome
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus


class StuckKind(StrEnum):
    """Why nothing moves an org.

    ``RUN_DEAD``: its state machine is over, or was never started. ``CLAIM_STALE``: it is in the
    hands of a migration that has ended or does not exist. ``GRANT_NOT_RECORDED``: a consent was
    stored and never recorded. ``NOBODY_IN_CHARGE``: its status is one that only a migration
    leaves, and it has none. ``NO_REASON``: it is blocked, and nobody knows by what. ``DAMAGED``:
    something that is stored of it cannot be read.
    """

    RUN_DEAD = "run_dead"
    CLAIM_STALE = "claim_stale"
    GRANT_NOT_RECORDED = "grant_not_recorded"
    NOBODY_IN_CHARGE = "nobody_in_charge"
    NO_REASON = "no_reason"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Stuck:
    """An org without a next step.

    Attributes:
        status: None where the org itself cannot be read.
        attempt: The migration that should move it; None where there is none.
        detail: What is wrong, in words for people.
    """

    org_id: str
    kind: StuckKind
    status: OrgStatus | None
    attempt: int | None = None
    detail: str = ""


_LEFT_BY_MIGRATIONS_ONLY: Final = frozenset(
    {
        OrgStatus.UPGRADE_APPROVAL_PENDING,
        OrgStatus.UPGRADING,
        OrgStatus.AUTHORIZED,
        OrgStatus.CLEANUP_APPROVAL_PENDING,
        OrgStatus.FALLBACK_JWT,
        OrgStatus.DISCONNECTED,
    }
)
# How a migration ends after which a person decides what comes next, as its notice said.
_FOR_A_PERSON: Final = frozenset(
    {
        MigrationOutcome.STOPPED,
        MigrationOutcome.AUTHORIZATION_EXPIRED,
        MigrationOutcome.AUTHORIZATION_BLOCKED,
        MigrationOutcome.AUTHORIZATION_DECLINED,
        MigrationOutcome.UNVERIFIED,
        MigrationOutcome.BLOCKED,
        MigrationOutcome.DECLINED,
        MigrationOutcome.EXPIRED,
    }
)


def stuck_without_migration(org: Org, last: Migration | None) -> Stuck | None:
    """Whether an org that no migration has in hand has no next step either.

    Args:
        last: Its newest attempt.
    """
    if org.active_attempt is not None:
        return None
    if org.status is OrgStatus.BLOCKED and org.blocked_reason is None:
        return Stuck(org.org_id, StuckKind.NO_REASON, org.status, detail="blocked by nothing known")
    if org.status not in _LEFT_BY_MIGRATIONS_ONLY:
        return None
    if last is not None and last.outcome in _FOR_A_PERSON:
        return None
    detail = f"{org.status}, and no migration has it in hand"
    return Stuck(org.org_id, StuckKind.NOBODY_IN_CHARGE, org.status, detail=detail)


def stuck_claim(org: Org, migration: Migration | None) -> Stuck | None:
    """Whether an org is in the hands of a migration that does nothing any more.

    Args:
        migration: The attempt that has it in hand, as it is stored.
    """
    if org.active_attempt is None or (migration is not None and not migration.is_over):
        return None
    what = "has ended" if migration is not None else "does not exist"
    return Stuck(
        org.org_id,
        StuckKind.CLAIM_STALE,
        org.status,
        org.active_attempt,
        f"migration {org.active_attempt} {what}",
    )
