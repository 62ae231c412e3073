"""Blank rows, each only after everything that has to hold was read again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.cleanup_endings import org_refused, row_refused
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.legacy_keys import (
    RowAnswer,
    RowChanged,
    RowGone,
    RowRefusal,
    RowRefused,
    RowUncertain,
)
from zoom_migrator.domain.loss import Loss
from zoom_migrator.domain.migration import Ending, MigrationStep
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.verification import Verification
from zoom_migrator.use_cases.cleanup_step import RemovePorts, prove
from zoom_migrator.use_cases.migration_step import InHand, in_hand
from zoom_migrator.use_cases.prove_grant import Unproven


@dataclass(frozen=True, slots=True)
class Blanked:
    """What became of the tries to blank rows; only reading back says what is in them now.

    Attributes:
        proof: The last proof before a row was blanked.
        problem: What stood in the way and may pass, without secrets; empty if nothing did.
        refusal: How the migration ends if rows are still there; None where trying again may help.
    """

    proof: Verification | None = None
    problem: str = ""
    refusal: Ending | None = None


def blank_rows(
    hand: InHand, row_ids: Iterable[str], ports: RemovePorts, settings: CleanupSettings
) -> Blanked | Loss | Unproven:
    """Blank one row after the other, as long as the grant works.

    Raises:
        ConcurrentModification: Something that has to hold does not hold any more.
        StoreUnavailable: A store or a key is out of reach.
    """
    blanked = Blanked()
    for row_id in row_ids:
        _insist_that_all_holds(hand, row_id, ports)
        proof = prove(hand.org.org_id, ports, settings)
        if not isinstance(proof, Verification):
            return proof
        _insist_on_time(hand, ports)
        answer = ports.keys.blank(hand.org.registration, row_id)
        blanked = _after(blanked, proof, answer)
    return blanked


def _insist_on_time(hand: InHand, ports: RemovePorts) -> None:
    """Give up where the call to Zoom took so long that somebody else may have taken over."""
    removal = hand.migration.removal
    if removal is None or not removal.is_leased(ports.clock.now()):
        raise ConcurrentModification(f"Org {hand.org.org_id}: removing its keys took too long.")


def _insist_that_all_holds(hand: InHand, row_id: str, ports: RemovePorts) -> None:
    """Read again what allows a row to be blanked."""
    org_id, attempt = hand.org.org_id, hand.migration.attempt
    backup = ports.backups.get(org_id, now=ports.clock.now())
    present = in_hand(org_id, attempt, orgs=ports.orgs, migrations=ports.migrations)
    if backup is None or row_id not in backup.row_ids or not _holds(hand, present, ports):
        raise ConcurrentModification(
            f"Org {org_id}: what allowed its keys to be removed does not hold any more."
        )


def _holds(hand: InHand, present: InHand, ports: RemovePorts) -> bool:
    org, migration = present.org, present.migration
    mine, removal, cleanup = hand.migration.removal, migration.removal, migration.cleanup
    is_mine = (
        mine is not None
        and mine.lease is not None
        and removal is not None
        and removal.is_in_hands_of(mine.lease.owner)
        and removal.is_leased(ports.clock.now())
    )
    return (
        is_mine
        and migration.step is MigrationStep.REMOVING_KEYS
        and cleanup is not None
        and cleanup.is_approved
        and org.active_attempt == migration.attempt
        and org.status is OrgStatus.CLEANUP_APPROVAL_PENDING
        and org.is_proven
    )


def _after(before: Blanked, proof: Verification, answer: RowAnswer | CheckFailure) -> Blanked:
    problem, refusal = before.problem, before.refusal
    match answer:
        case RowChanged() | RowGone():
            pass
        case RowRefused(reason=RowRefusal.LOCKED, said=said):
            problem = said or "the row is locked"
        case RowRefused(said=said):
            problem, refusal = said, row_refused(answer)
        case RowUncertain(said=said):
            problem = said or "the answer was lost"
        case CheckFailure(code=code):
            problem, refusal = code, refusal or org_refused(answer)
    return Blanked(proof, problem, refusal)
