"""Ask an org's Salesforce admin for consent, and keep what wakes the state machine again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zoom_migrator.domain.approval import Approval
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.status import OrgEvent
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    OrgRepository,
    SecretIds,
    TaskCallback,
    TokenVault,
)
from zoom_migrator.use_cases.migration_step import InHand, in_hand
from zoom_migrator.use_cases.observe_org import status_changes


def request_approval(
    org_id: str,
    attempt: int,
    task_token: str,
    *,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    vault: TokenVault,
    callback: TaskCallback,
    ids: SecretIds,
    clock: Clock,
    settings: UpgradeSettings,
) -> None:
    """Ask, or where it was asked before, take the new token in place of the old one.

    Where there is nothing to wait for any more, the machine is woken at once: somebody may have
    answered, or ended the migration, between two waits.

    Raises:
        InvariantViolation: What is asked for is not known.
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=orgs, migrations=migrations)
    migration, now = hand.migration, clock.now()
    approval = migration.approval
    answered = approval is not None and approval.answer is not None
    if migration.step is not MigrationStep.AWAITING_APPROVAL or answered:
        callback.complete(task_token)
        return
    sealed = vault.seal(task_token, org_id=org_id, attempt=attempt)
    if approval is None:
        _ask(hand, _new_approval(migration, ids, now, settings, sealed), now, migrations)
    else:
        migrations.save(replace(migration, approval=replace(approval, task_token=sealed)))


def _new_approval(
    migration: Migration,
    ids: SecretIds,
    now: datetime,
    settings: UpgradeSettings,
    sealed: str,
) -> Approval:
    if migration.target is None:
        raise InvariantViolation(f"Org {migration.org_id}: no version to ask for is known.")
    return Approval(
        approval_id=ids.new_secret_id(),
        requested_at=now,
        expires_at=now + settings.approval_lifetime,
        version_now=migration.version_before,
        target=migration.target,
        terms=settings.terms,
        task_token=sealed,
    )


def _ask(hand: InHand, approval: Approval, now: datetime, migrations: MigrationRepository) -> None:
    org = hand.org.after(OrgEvent.APPROVAL_REQUESTED, at=now)
    target = approval.target.version
    detail = (
        f"upgrade from {approval.version_now} to {target}, until {approval.expires_at:%Y-%m-%d}"
    )
    audit = [
        AuditEntry(org.org_id, now, AuditAction.APPROVAL_REQUESTED, hand.actor, detail),
        *status_changes(hand.org, org, now, hand.actor),
    ]
    notice = approval_notice(hand, approval, NoticeKind.UPGRADE_APPROVAL_NEEDED, now)
    migrations.save(
        replace(hand.migration, approval=approval), org=org, audit=audit, notices=[notice]
    )


def approval_notice(
    hand: InHand, approval: Approval, kind: NoticeKind, now: datetime, *, milestone: str = ""
) -> Notice:
    """A notice about a request for consent."""
    facts = {
        "org": hand.org.registration.display_name,
        "version_before": approval.version_now,
        "version_to_come": str(approval.target.version),
        "until": approval.expires_at.isoformat(),
    }
    return Notice(
        hand.org.org_id, hand.migration.attempt, kind, now, milestone=milestone, facts=facts
    )
