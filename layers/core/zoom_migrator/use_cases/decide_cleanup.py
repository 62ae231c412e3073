"""Decide what becomes of the old keys of an org whose connection has been proven twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.cleanup import CleanupAnswer, CleanupRequest
from zoom_migrator.domain.cleanup_endings import (
    KEPT_BY_POLICY,
    NO_KEYS,
    NOT_UPDATEABLE,
    NOT_VISIBLE,
    org_refused,
    org_unreachable,
)
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.legacy_keys import KeysFound, KeysNotVisible
from zoom_migrator.domain.migration import Ending, Migration, MigrationStep, Verdict
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import CleanupPolicy, Org
from zoom_migrator.domain.status import OrgEvent
from zoom_migrator.domain.verification import PackageConnection, Verification
from zoom_migrator.use_cases.cleanup_step import (
    VerifyPorts,
    end,
    verdict_now,
    verified_entry,
    wait_or_end,
)
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.observe_org import status_changes

_POLICY: Final = "policy:cleanup_policy=auto"


def decide_cleanup(
    hand: InHand, proof: Verification, ports: VerifyPorts, settings: CleanupSettings
) -> Verdict:
    """End the migration where there is nothing to remove or to ask; ask, or go on, otherwise.

    ``auto`` removes without asking only where the package's own connection was proven: where it
    was not, nobody but a person can say that the org does not need its keys.

    Raises:
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    policy = hand.org.registration.cleanup_policy
    found = ports.keys.look(hand.org.registration)
    if isinstance(found, CheckFailure):
        ending = org_refused(found)
        if ending is not None:
            return end(hand, ending, ports)
        overdue = org_unreachable(found)
        return wait_or_end(hand, settings.verifying, overdue, ports, problem=found.code)
    hand = _with_proof(hand, proof, found)
    ending = _ending(found, policy)
    if ending is not None or isinstance(found, KeysNotVisible):
        return end(hand, ending or NOT_VISIBLE, ports)
    now = ports.clock.now()
    request = _request(hand, found, proof, ports, settings, now)
    if policy is CleanupPolicy.AUTO and not request.needs_confirmation:
        request = request.answered(_by_policy(now))
    return _store(hand, request, proof, now, ports, settings)


def _with_proof(hand: InHand, proof: Verification, found: KeysFound | KeysNotVisible) -> InHand:
    org = hand.org.proven(proof)
    if isinstance(found, KeysFound):
        org = org.with_keys(found.as_checked)
    migration = replace(
        hand.migration, verifications=(*hand.migration.verifications, proof), waiting_since=None
    )
    return InHand(migration, org)


def _ending(found: KeysFound | KeysNotVisible, policy: CleanupPolicy) -> Ending | None:
    if isinstance(found, KeysFound) and not found.rows:
        return NO_KEYS
    if policy is CleanupPolicy.NEVER:
        return KEPT_BY_POLICY
    if isinstance(found, KeysFound) and not found.is_updateable:
        return NOT_UPDATEABLE
    return None


def _request(
    hand: InHand,
    found: KeysFound,
    proof: Verification,
    ports: VerifyPorts,
    settings: CleanupSettings,
    now: datetime,
) -> CleanupRequest:
    return CleanupRequest(
        request_id=ports.ids.new_secret_id(),
        requested_at=now,
        expires_at=now + settings.approval_lifetime,
        rows=len(found.rows),
        needs_confirmation=proof.package is not PackageConnection.PROVEN,
    )


def _by_policy(now: datetime) -> CleanupAnswer:
    return CleanupAnswer(
        approved=True,
        at=now,
        name="fleet file",
        email="",
        channel=AnswerChannel.POLICY,
        source="cleanup_policy = auto",
        recorded_by=_POLICY,
    )


def _store(
    hand: InHand,
    request: CleanupRequest,
    proof: Verification,
    now: datetime,
    ports: VerifyPorts,
    settings: CleanupSettings,
) -> Verdict:
    step = MigrationStep.AWAITING_CLEANUP_APPROVAL
    if request.is_approved:
        step = MigrationStep.REMOVING_KEYS
    migration = replace(hand.migration, step=step, cleanup=request)
    org = hand.org.after(OrgEvent.CLEANUP_REQUESTED, at=now)
    notices = []
    if not request.is_approved:
        notices.append(
            cleanup_notice(migration, org, request, NoticeKind.CLEANUP_APPROVAL_NEEDED, now)
        )
    saved = ports.migrations.save(
        migration, org=org, audit=_audit(hand, org, request, proof, now), notices=notices
    )
    return verdict_now(InHand(saved, org), ports, settings)


def _audit(
    hand: InHand, after: Org, request: CleanupRequest, proof: Verification, now: datetime
) -> list[AuditEntry]:
    org_id, rows = after.org_id, request.rows
    asked = f"removal of the old keys in {rows} row(s), until {request.expires_at:%Y-%m-%d}"
    entries = [
        verified_entry(hand, proof),
        AuditEntry(org_id, now, AuditAction.CLEANUP_REQUESTED, hand.actor, asked),
    ]
    if request.is_approved:
        detail = "approved beforehand by cleanup_policy = auto; the package's connection is proven"
        entries.append(AuditEntry(org_id, now, AuditAction.CLEANUP_ANSWERED, _POLICY, detail))
    return [*entries, *status_changes(hand.org, after, now, hand.actor)]


def cleanup_notice(
    migration: Migration,
    org: Org,
    request: CleanupRequest,
    kind: NoticeKind,
    now: datetime,
    *,
    milestone: str = "",
) -> Notice:
    """A notice about a request to remove keys; each request of a migration has its own."""
    facts = {
        "org": org.registration.display_name,
        "rows": str(request.rows),
        "until": request.expires_at.isoformat(),
        "needs_confirmation": "yes" if request.needs_confirmation else "no",
    }
    asked = request.requested_at.isoformat(timespec="seconds")
    milestone = f"{asked}-{milestone}" if milestone else asked
    return Notice(org.org_id, migration.attempt, kind, now, milestone, facts)
