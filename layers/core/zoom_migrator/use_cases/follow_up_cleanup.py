"""See what somebody said about the old keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from zoom_migrator.domain.cleanup import CleanupRequest, CleanupStatus
from zoom_migrator.domain.cleanup_endings import KEPT_BY_ANSWER, KEPT_UNANSWERED, OVERTAKEN
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.loss import CONNECTED
from zoom_migrator.domain.migration import MigrationStep, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.cleanup_step import end, verdict_now
from zoom_migrator.use_cases.decide_cleanup import cleanup_notice
from zoom_migrator.use_cases.migration_step import InHand, in_hand


@dataclass(frozen=True, slots=True)
class FollowUpPorts:
    """What following up an answer needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    clock: Clock


def follow_up_cleanup(
    org_id: str, attempt: int, *, ports: FollowUpPorts, settings: CleanupSettings
) -> Verdict:
    """Go on with the answer; without one, remind whoever owes it and wait again, until it is late.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=ports.orgs, migrations=ports.migrations)
    now, request = ports.clock.now(), hand.migration.cleanup
    waits = hand.migration.step is MigrationStep.AWAITING_CLEANUP_APPROVAL
    if not waits or request is None:
        return verdict_now(hand, ports, settings)
    if hand.org.active_attempt != attempt or hand.org.status not in CONNECTED:
        return end(hand, OVERTAKEN, ports)
    match request.status:
        case CleanupStatus.APPROVED:
            return _remove(hand, ports, settings)
        case CleanupStatus.DECLINED:
            return end(hand, KEPT_BY_ANSWER, ports)
        case _ if now >= request.expires_at:
            return end(hand, KEPT_UNANSWERED, ports)
        case _:
            return _wait_on(hand, request, now, ports, settings)


def _remove(hand: InHand, ports: FollowUpPorts, settings: CleanupSettings) -> Verdict:
    removing = replace(hand.migration, step=MigrationStep.REMOVING_KEYS)
    saved = ports.migrations.save(removing)
    return verdict_now(replace(hand, migration=saved), ports, settings)


def _wait_on(
    hand: InHand,
    request: CleanupRequest,
    now: datetime,
    ports: FollowUpPorts,
    settings: CleanupSettings,
) -> Verdict:
    due = int((now - request.requested_at) / settings.reminder_every)
    migration = hand.migration
    if due > request.reminders:
        request = replace(request, reminders=due)
        notice = cleanup_notice(
            migration,
            hand.org,
            request,
            NoticeKind.CLEANUP_APPROVAL_REMINDER,
            now,
            milestone=str(due),
        )
        migration = ports.migrations.save(replace(migration, cleanup=request), notices=[notice])
    return verdict_now(replace(hand, migration=migration), ports, settings)
