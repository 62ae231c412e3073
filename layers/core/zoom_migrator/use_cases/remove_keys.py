"""Remove an org's old keys: only ever with a proof, an approval and a backup at hand.

One worker at a time, and within one step: prove the grant, back the keys up, and before each row
read everything again that has to hold (the approval, the backup, the org, the grant) and call Zoom
once more. Afterwards the rows are read back, because only that says what happened. Whatever breaks
off is repeated from the start, which does no harm: what is blank stays blank, and what the backup
holds stays in it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import CheckFailure, KeyPresence, LegacyKeys
from zoom_migrator.domain.cleanup import KeyRemoval
from zoom_migrator.domain.cleanup_endings import (
    NOT_UPDATEABLE,
    NOT_VISIBLE,
    OVERTAKEN,
    not_removed,
    org_refused,
    org_unreachable,
)
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.grant import Lease
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.legacy_keys import KeysFound, KeysNotVisible
from zoom_migrator.domain.loss import CONNECTED
from zoom_migrator.domain.migration import MigrationStep, Next, Verdict
from zoom_migrator.domain.verification import Verification
from zoom_migrator.use_cases.back_up_keys import back_up_keys
from zoom_migrator.use_cases.blank_rows import Blanked, blank_rows
from zoom_migrator.use_cases.cleanup_step import (
    RemovePorts,
    end,
    prove,
    verdict_now,
    verified_entry,
    wait_or_end,
)
from zoom_migrator.use_cases.conclude_removal import conclude_removal
from zoom_migrator.use_cases.migration_step import InHand, in_hand
from zoom_migrator.use_cases.not_proven import not_proven


def remove_keys(
    org_id: str, attempt: int, *, ports: RemovePorts, settings: CleanupSettings
) -> Verdict:
    """Blank the two fields of every row that holds something, read back, and prove once more.

    Raises:
        InvariantViolation: Nobody has approved it.
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=ports.orgs, migrations=ports.migrations)
    if hand.migration.step is not MigrationStep.REMOVING_KEYS:
        return verdict_now(hand, ports, settings)
    busy = _busy(hand, ports.clock.now())
    if busy is not None:
        return busy
    if hand.org.active_attempt != attempt or hand.org.status not in CONNECTED:
        return end(hand, OVERTAKEN, ports)
    _insist_on_approval(hand)
    return _Removal(ports, settings).run(hand)


def _busy(hand: InHand, now: datetime) -> Verdict | None:
    """How long to wait for whoever is at it already, or None where nobody is."""
    removal = hand.migration.removal
    if removal is None or removal.lease is None or not removal.is_leased(now):
        return None
    wait = removal.lease.until - now
    return Verdict(Next.REMOVE_KEYS, max(1, ceil(wait / timedelta(seconds=1))))


def _insist_on_approval(hand: InHand) -> None:
    cleanup = hand.migration.cleanup
    if cleanup is None or not cleanup.is_approved:
        raise InvariantViolation(f"Org {hand.org.org_id}: nobody approved removing its keys.")


class _Removal:
    """One try of one worker."""

    def __init__(self, ports: RemovePorts, settings: CleanupSettings) -> None:
        self._ports = ports
        self._settings = settings

    def run(self, hand: InHand) -> Verdict:
        removal = hand.migration.removal
        if removal is not None and removal.removed_at is not None:
            return conclude_removal(hand, None, self._ports, self._settings)
        found = self._ports.keys.look(hand.org.registration)
        if isinstance(found, (CheckFailure, KeysNotVisible)):
            return self._cannot_look(hand, found)
        if found.rows and not found.is_updateable:
            return end(hand, NOT_UPDATEABLE, self._ports)
        if found.rows and self._has_broken_off_for_too_long(removal):
            return end(hand, not_removed("every try has broken off"), self._ports)
        # What is left of the org without its grant depends on what is left of its keys.
        hand = replace(hand, org=hand.org.with_keys(found.as_checked))
        proof = prove(hand.org.org_id, self._ports, self._settings)
        if not isinstance(proof, Verification):
            return not_proven(hand, proof, self._ports, self._settings)
        return self._remove(self._taken(hand, proof), found)

    def _has_broken_off_for_too_long(self, removal: KeyRemoval | None) -> bool:
        """Whether no try has come to its end, not even to a reason to wait for."""
        if removal is None or removal.last_problem:
            return False
        return self._settings.removing.is_over(removal.began_at, self._ports.clock.now())

    def _cannot_look(self, hand: InHand, why: CheckFailure | KeysNotVisible) -> Verdict:
        if isinstance(why, KeysNotVisible):
            return end(hand, replace(NOT_VISIBLE, said=why.said), self._ports)
        ending = org_refused(why)
        if ending is not None:
            return end(hand, ending, self._ports)
        patience, overdue = self._settings.removing, org_unreachable(why)
        return wait_or_end(hand, patience, overdue, self._ports, problem=why.code)

    def _taken(self, hand: InHand, proof: Verification) -> InHand:
        """Take the keys in hand and store the proof: of two workers, one gets past this.

        Raises:
            ConcurrentModification: The other one did, or the org was changed since it was read.
        """
        now = self._ports.clock.now()
        before = hand.migration.removal or KeyRemoval(began_at=now)
        lease = Lease(self._ports.ids.new_secret_id(), now + self._settings.lease)
        migration = replace(
            hand.migration,
            removal=replace(before, lease=lease, tries=before.tries + 1, last_problem=""),
            verifications=(*hand.migration.verifications, proof),
        )
        saved = self._ports.migrations.save(
            migration, org=hand.org.proven(proof), audit=[verified_entry(hand, proof)]
        )
        return InHand(saved, self._ports.orgs.get(hand.org.org_id) or hand.org)

    def _remove(self, hand: InHand, found: KeysFound) -> Verdict:
        row_ids = tuple(row.row_id for row in found.rows)
        if not row_ids:
            return conclude_removal(hand, None, self._ports, self._settings)
        backup = back_up_keys(hand, row_ids, self._ports, self._settings)
        if isinstance(backup, (CheckFailure, KeysNotVisible)):
            return self._cannot_look(hand, backup)
        if backup is None:
            # Somebody emptied the rows between the look and the reading.
            return conclude_removal(hand, None, self._ports, self._settings)
        hand = self._noted(hand, backup)
        blanked = blank_rows(hand, row_ids, self._ports, self._settings)
        if not isinstance(blanked, Blanked):
            return not_proven(self._seen_again(hand), blanked, self._ports, self._settings)
        return conclude_removal(hand, blanked, self._ports, self._settings)

    def _seen_again(self, hand: InHand) -> InHand:
        """With what is left of the keys after some rows may have been blanked."""
        found = self._ports.keys.look(hand.org.registration)
        unknown = LegacyKeys(KeyPresence.UNKNOWN)
        keys = found.as_checked if isinstance(found, KeysFound) else unknown
        return replace(hand, org=hand.org.with_keys(keys))

    def _noted(self, hand: InHand, backup: KeyBackup) -> InHand:
        removal = hand.migration.removal
        if removal is None or removal.backup_until == backup.expires_at:
            return hand
        rows, until = len(backup.row_ids), backup.expires_at
        detail = f"{rows} row(s), encrypted, until {until:%Y-%m-%d %H:%M}"
        entry = AuditEntry(
            hand.org.org_id,
            self._ports.clock.now(),
            AuditAction.KEYS_BACKED_UP,
            hand.actor,
            detail,
        )
        noted = replace(hand.migration, removal=replace(removal, backup_until=until))
        return replace(hand, migration=self._ports.migrations.save(noted, audit=[entry]))
