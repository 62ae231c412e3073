"""See what became of a request for authorization."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from zoom_migrator.domain.authorization_outcome import Outcome, meaning_of_outcome
from zoom_migrator.domain.authorization_request import AuthorizationRequest, AuthorizationStatus
from zoom_migrator.domain.authorization_settings import LONGEST_WAIT, AuthorizationSettings
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.loss import what_is_left
from zoom_migrator.domain.migration import (
    Ending,
    Migration,
    MigrationOutcome,
    MigrationStep,
    Next,
    Verdict,
)
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.silence import explained
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.oauth_ports import GrantRepository
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.cleanup_verdict import verdict_beyond_authorization
from zoom_migrator.use_cases.end_migration import end_migration
from zoom_migrator.use_cases.migration_step import InHand, in_hand
from zoom_migrator.use_cases.request_authorization import authorization_notice
from zoom_migrator.use_cases.settle_authorization import awaits_authorization, settle_authorization

_EXPIRED: Final = Ending(
    MigrationOutcome.AUTHORIZATION_EXPIRED,
    detail="Nobody authorized the org at Zoom in time.",
    remedy="Find out who is in charge of Zoom, then: `zoom-migrator migrate start`.",
    failure_code="authorization_expired",
)

_DECLINED: Final = Ending(
    MigrationOutcome.AUTHORIZATION_DECLINED,
    detail="The request to authorize was declined at Zoom, and nobody authorized since.",
    remedy="Find out why; when they agree: `zoom-migrator migrate start`.",
    failure_code="authorization_declined",
)
_NOT_INSTALLED: Final = Ending(
    MigrationOutcome.NOT_INSTALLED, detail="The Zoom package is not installed any more."
)
_OVERTAKEN: Final = Ending(
    MigrationOutcome.STOPPED,
    detail="The org went another way while its authorization was awaited.",
    remedy="See where it stands: `zoom-migrator orgs show`.",
    failure_code="overtaken",
)


def follow_up_authorization(
    org_id: str,
    attempt: int,
    *,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    grants: GrantRepository,
    clock: Clock,
    settings: AuthorizationSettings,
) -> Verdict:
    """Go on with the authorization; without one, remind and wait again, until it is late.

    A grant that was stored for this request, whose recording was cut off by a crash, is recorded
    now.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=orgs, migrations=migrations)
    now, request = clock.now(), hand.migration.authorization
    if hand.migration.step is not MigrationStep.AWAITING_AUTHORIZATION:
        return verdict_beyond_authorization(hand.migration, now, settings.reminder_every)
    if not awaits_authorization(hand):
        return _end(hand, _ending_by_status(hand.org.status), now, migrations)
    if request is None or request.status is AuthorizationStatus.LOST:
        return Verdict(Next.AUTHORIZE, seconds_to_wait(None, now, settings))
    settled = _settled_by_stored_grant(hand, request, migrations, grants)
    if settled is not None:
        return verdict_beyond_authorization(settled, now, settings.reminder_every)
    if now >= request.expires_at:
        return _end(hand, _ending(hand, request, now, settings), now, migrations)
    return _wait_on(hand, request, now, migrations, settings)


def seconds_to_wait(
    request: AuthorizationRequest | None, now: datetime, settings: AuthorizationSettings
) -> int:
    """How long to wait for an authorization before looking again."""
    wait = min(settings.reminder_every, settings.request_lifetime, LONGEST_WAIT)
    if request is not None:
        reminder = request.requested_at + (request.reminders + 1) * settings.reminder_every
        wait = min(wait, reminder - now, request.expires_at - now)
    return max(1, ceil(wait / timedelta(seconds=1)))


def _settled_by_stored_grant(
    hand: InHand,
    request: AuthorizationRequest,
    migrations: MigrationRepository,
    grants: GrantRepository,
) -> Migration | None:
    link = grants.link_of(hand.org.org_id)
    if link is None or link.request_id != request.request_id:
        return None
    grant = grants.get(link.grant_id)
    usable = grant is not None and grant.status is GrantStatus.LIVE
    if grant is None or not usable or hand.org.org_id not in grant.orgs:
        return None
    return settle_authorization(hand, grant, link, migrations=migrations)


def _wait_on(
    hand: InHand,
    request: AuthorizationRequest,
    now: datetime,
    migrations: MigrationRepository,
    settings: AuthorizationSettings,
) -> Verdict:
    due = int((now - request.requested_at) / settings.reminder_every)
    if due > request.reminders:
        request = replace(request, reminders=due)
        setback = request.setback
        notice = authorization_notice(
            hand,
            request,
            NoticeKind.AUTHORIZATION_REMINDER,
            now,
            milestone=f"{request.renewals}-{due}",
            setback=meaning_of_outcome(setback.outcome).summary if setback else "",
            remedy=meaning_of_outcome(setback.outcome).remedy if setback else "",
            if_zoom_shows_an_error=explained(),
        )
        migrations.save(replace(hand.migration, authorization=request), notices=[notice])
    return Verdict(Next.AUTHORIZE, seconds_to_wait(request, now, settings))


def _ending_by_status(status: OrgStatus) -> Ending:
    """How it ends that the org is not there any more to be authorized."""
    if status is OrgStatus.NOT_INSTALLED:
        return _NOT_INSTALLED
    return replace(_OVERTAKEN, said=status)


def _ending(
    hand: InHand, request: AuthorizationRequest, now: datetime, settings: AuthorizationSettings
) -> Ending:
    """How it ends that nobody authorized in time: by what went wrong last, if that is to mend."""
    setback = request.setback
    if setback is not None and setback.outcome is Outcome.DECLINED and settings.jwt_deadline:
        left = what_is_left(hand.org, today=now.date(), fleet_deadline=settings.jwt_deadline)
        return replace(_DECLINED, event=left)
    meaning = meaning_of_outcome(setback.outcome) if setback else None
    if setback is None or meaning is None or meaning.blocked_reason is None:
        return _EXPIRED
    return Ending(
        MigrationOutcome.AUTHORIZATION_BLOCKED,
        detail=meaning.summary,
        remedy=f"{meaning.remedy} Then: `zoom-migrator migrate resume`.",
        said=", ".join(setback.names) or setback.zoom_email,
        failure_code=setback.outcome,
        blocked_reason=meaning.blocked_reason,
    )


def _end(hand: InHand, ending: Ending, now: datetime, migrations: MigrationRepository) -> Verdict:
    ended = end_migration(
        hand.migration, hand.org, ending, at=now, actor=hand.actor, migrations=migrations
    )
    return ended.verdict_at_end()
