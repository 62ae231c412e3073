"""Read back what a removal left, and prove that the org is still connected."""

from __future__ import annotations

from dataclasses import replace

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.cleanup_endings import KEYS_REMOVED, not_removed
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.legacy_keys import KeysFound
from zoom_migrator.domain.migration import Verdict
from zoom_migrator.domain.verification import Verification
from zoom_migrator.use_cases.blank_rows import Blanked
from zoom_migrator.use_cases.cleanup_step import (
    RemovePorts,
    end,
    prove,
    wait_or_end,
)
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.not_proven import not_proven


def conclude_removal(
    hand: InHand, blanked: Blanked | None, ports: RemovePorts, settings: CleanupSettings
) -> Verdict:
    """End the migration once nothing is left and the grant still works; otherwise try again.

    Args:
        blanked: What the tries came to; None where nothing was tried this time.

    Raises:
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    removal = hand.migration.removal
    if removal is None:
        raise InvariantViolation(f"Org {hand.org.org_id}: no removal is under way.")
    if removal.removed_at is None:
        found = ports.keys.look(hand.org.registration)
        if not isinstance(found, KeysFound):
            problem = "what is left could not be read back"
            overdue = not_removed(problem)
            return wait_or_end(hand, settings.removing, overdue, ports, problem=problem)
        if found.rows:
            return _left(hand, found, blanked or Blanked(), ports, settings)
        hand = _removed(hand, found, blanked, ports)
    return _prove_afterwards(hand, ports, settings)


def _left(
    hand: InHand, found: KeysFound, blanked: Blanked, ports: RemovePorts, settings: CleanupSettings
) -> Verdict:
    problem = blanked.problem or "keys were there again"
    if blanked.refusal is not None:
        hand = replace(hand, org=hand.org.with_keys(found.as_checked))
        return end(hand, blanked.refusal, ports)
    return wait_or_end(hand, settings.removing, not_removed(problem), ports, problem=problem)


def _removed(hand: InHand, found: KeysFound, blanked: Blanked | None, ports: RemovePorts) -> InHand:
    """Store that nothing is left, before anything else can go wrong."""
    removal, now = hand.migration.removal, ports.clock.now()
    if removal is None:
        raise InvariantViolation(f"Org {hand.org.org_id}: no removal is under way.")
    proof = blanked.proof if blanked is not None else None
    detail = f"no key or secret is left in {found.row_count} row(s)"
    migration = replace(
        hand.migration,
        removal=replace(removal, removed_at=now, last_problem=""),
        verifications=(*hand.migration.verifications, *([proof] if proof else [])),
        waiting_since=None,
    )
    org = hand.org.with_keys(found.as_checked)
    audit = [AuditEntry(org.org_id, now, AuditAction.KEYS_REMOVED, hand.actor, detail)]
    saved = ports.migrations.save(migration, org=org, audit=audit)
    return InHand(saved, ports.orgs.get(org.org_id) or org)


def _prove_afterwards(hand: InHand, ports: RemovePorts, settings: CleanupSettings) -> Verdict:
    proof = prove(hand.org.org_id, ports, settings)
    if not isinstance(proof, Verification):
        return not_proven(hand, proof, ports, settings)
    migration = replace(hand.migration, verifications=(*hand.migration.verifications, proof))
    return end(InHand(migration, hand.org.proven(proof)), KEYS_REMOVED, ports)
