"""Have an org authorized again whose authorization is gone, within the migration in hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.loss import Loss, what_is_left
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.ports import MigrationRepository
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.observe_org import status_changes

_KINDS: Final = {
    OrgStatus.FALLBACK_JWT: NoticeKind.FELL_BACK,
    OrgStatus.DISCONNECTED: NoticeKind.DISCONNECTED,
}


def return_to_authorization(
    hand: InHand,
    loss: Loss,
    *,
    at: datetime,
    jwt_deadline: date,
    migrations: MigrationRepository,
    actor: str = "",
) -> Migration:
    """Record a loss with all that follows from it, and let the migration wait for a consent.

    What was proven and approved counted for the lost grant, and is void.

    Raises:
        ConcurrentModification: Either was changed since it was read; nothing was stored.
        StoreUnavailable: The database cannot be reached.
    """
    request, cleanup = hand.migration.authorization, hand.migration.cleanup
    back = replace(
        hand.migration,
        step=MigrationStep.AWAITING_AUTHORIZATION,
        authorization=request.lost() if request else None,
        verifications=(),
        soak_until=None,
        cleanup=cleanup.closed(CleanupStatus.REVOKED) if cleanup else None,
        removal=None,
        waiting_since=None,
    )
    org = without_authorization(hand.org, at=at, jwt_deadline=jwt_deadline)
    audit, notice = told(hand, org, loss, at, jwt_deadline, actor or hand.actor)
    return migrations.save(back, org=org, audit=audit, notices=[notice])


def without_authorization(org: Org, *, at: datetime, jwt_deadline: date) -> Org:
    """The org without an authorization: on JWT, or disconnected."""
    left = what_is_left(org, today=at.date(), fleet_deadline=jwt_deadline)
    return org.after(left, at=at).unproven()


def told(
    hand: InHand, after: Org, loss: Loss, at: datetime, jwt_deadline: date, actor: str
) -> tuple[list[AuditEntry], Notice]:
    """What a loss is recorded by, and told by."""
    before, migration = hand.org, hand.migration
    detail = f"{loss.cause}; grant {loss.grant_id or 'none'} version {loss.grant_version}"
    audit = [
        AuditEntry(after.org_id, at, AuditAction.AUTHORIZATION_LOST, actor, detail),
        *status_changes(before, after, at, actor),
    ]
    removal = migration.removal
    facts = {
        "org": after.registration.display_name,
        "detail": loss.summary,
        "cause": loss.cause,
        "jwt_until": deadline_of(after, jwt_deadline).isoformat(),
        "remedy": "Authorize Zoom again; the link follows.",
        "restore_until": removal.backup_until.isoformat()
        if removal is not None and removal.backup_until is not None
        else "",
    }
    if after.status is OrgStatus.DISCONNECTED:
        del facts["jwt_until"]
    told_facts = {name: str(fact) for name, fact in facts.items() if fact}
    milestone = at.isoformat(timespec="seconds")
    kind = _KINDS[after.status]
    return audit, Notice(after.org_id, migration.attempt, kind, at, milestone, told_facts)
