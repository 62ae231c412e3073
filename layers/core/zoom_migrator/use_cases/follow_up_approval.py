"""See what became of a request for consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zoom_migrator.domain.approval import Approval, ApprovalStatus
from zoom_migrator.domain.migration import (
    Ending,
    MigrationOutcome,
    MigrationStep,
    Next,
    Verdict,
)
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import BlockedReason
from zoom_migrator.domain.upgrade_settings import UpgradeSettings
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.end_migration import end_migration
from zoom_migrator.use_cases.migration_step import InHand, in_hand, verdict_of
from zoom_migrator.use_cases.request_approval import approval_notice

_DECLINED = Ending(
    MigrationOutcome.DECLINED,
    detail="The Salesforce admin declined the upgrade.",
    remedy="Talk to them; when they agree: `zoom-migrator migrate resume`.",
    failure_code="upgrade_declined",
    blocked_reason=BlockedReason.UPGRADE_DECLINED,
)
_EXPIRED = Ending(
    MigrationOutcome.EXPIRED,
    detail="Nobody answered the request to upgrade in time.",
    remedy="Find out who is in charge of the org, then: `zoom-migrator migrate start`.",
    failure_code="approval_expired",
)


def follow_up_approval(
    org_id: str,
    attempt: int,
    *,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    clock: Clock,
    settings: UpgradeSettings,
) -> Verdict:
    """Go on with the answer; without one, remind whoever owes it and wait again, until it is late.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=orgs, migrations=migrations)
    now, approval = clock.now(), hand.migration.approval
    if hand.migration.step is not MigrationStep.AWAITING_APPROVAL or approval is None:
        return verdict_of(hand.migration, now, settings)
    match approval.status:
        case ApprovalStatus.ACCEPTED:
            migrations.save(replace(hand.migration, step=MigrationStep.INSTALLING))
            return Verdict(Next.INSTALL)
        case ApprovalStatus.DECLINED:
            return _end(hand, _DECLINED, now, migrations)
        case _ if now >= approval.expires_at:
            return _end(hand, _EXPIRED, now, migrations)
        case _:
            return _wait_on(hand, approval, now, migrations, settings)


def _wait_on(
    hand: InHand,
    approval: Approval,
    now: datetime,
    migrations: MigrationRepository,
    settings: UpgradeSettings,
) -> Verdict:
    due = int((now - approval.requested_at) / settings.reminder_every)
    migration = hand.migration
    if due > approval.reminders:
        migration = migrations.save(
            replace(migration, approval=replace(approval, reminders=due)),
            notices=[
                approval_notice(
                    hand,
                    approval,
                    NoticeKind.UPGRADE_APPROVAL_REMINDER,
                    now,
                    milestone=str(due),
                )
            ],
        )
    return verdict_of(migration, now, settings)


def _end(hand: InHand, ending: Ending, now: datetime, migrations: MigrationRepository) -> Verdict:
    ended = end_migration(
        hand.migration, hand.org, ending, at=now, actor=hand.actor, migrations=migrations
    )
    return ended.verdict_at_end()
