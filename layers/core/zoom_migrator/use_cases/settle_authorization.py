"""Record that an org is authorized, once its grant is safely stored."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.authorization import AttemptResult, AuthorizationAttempt
from zoom_migrator.domain.authorization_request import (
    AuthorizationStatus,
    Authorized,
    Setback,
)
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    MigrationNotFound,
    NothingToAuthorize,
    OrgNotFound,
)
from zoom_migrator.domain.grant import Grant, GrantLink
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import TRANSITIONS, OrgEvent
from zoom_migrator.ports import MigrationRepository, OrgRepository
from zoom_migrator.use_cases.migration_step import InHand, in_hand
from zoom_migrator.use_cases.observe_org import status_changes
from zoom_migrator.use_cases.request_authorization import authorization_notice

_TRIES: Final = 5
_log = logging.getLogger(__name__)


def awaits_authorization(hand: InHand) -> bool:
    """Whether a migration waits for an authorization that its org can take at present."""
    return (
        hand.migration.step is MigrationStep.AWAITING_AUTHORIZATION
        and hand.org.active_attempt == hand.migration.attempt
        and OrgEvent.AUTHORIZED in TRANSITIONS[hand.org.status]
    )


def settle_authorization(
    hand: InHand, grant: Grant, link: GrantLink, *, migrations: MigrationRepository
) -> Migration:
    """Answer the request that a stored grant was given for.

    Repeated after a crash it does the same: everything it needs stands in the store. The answer
    counts from when the grant was stored, so that it is not out of date where the crash was long.

    Raises:
        ConcurrentModification: Migration or org was changed since it was read; nothing was stored.
        NothingToAuthorize: The request was answered, withdrawn or replaced meanwhile.
        StoreUnavailable: The database cannot be reached.
    """
    request = hand.migration.authorization
    if request is None or request.request_id != link.request_id or not awaits_authorization(hand):
        raise NothingToAuthorize("Nobody waits for this authorization any more.")
    authorized = _authorized(grant, link)
    answered = request.answered(authorized)
    org = hand.org.after(OrgEvent.AUTHORIZED, at=authorized.at)
    actor = f"person:{grant.email}"
    at, detail = authorized.at, _detail(authorized)
    audit = [
        AuditEntry(org.org_id, at, AuditAction.AUTHORIZED, actor, detail),
        *status_changes(hand.org, org, at, actor),
    ]
    notice = authorization_notice(
        hand,
        answered,
        NoticeKind.CONNECTED,
        at,
        milestone=answered.milestone,
        zoom_email=grant.email,
        products=", ".join(authorized.chosen),
        unproven=", ".join(grant.products.unproven(authorized.chosen)),
    )
    return migrations.save(
        replace(hand.migration, step=MigrationStep.AUTHORIZED, authorization=answered),
        org=org,
        audit=audit,
        notices=[notice],
    )


def is_settled_by(migration: Migration, link: GrantLink) -> bool:
    """Whether a request was answered by this very consent, or by another one of the same grant."""
    request = migration.authorization
    return (
        request is not None
        and request.status is AuthorizationStatus.AUTHORIZED
        and request.request_id == link.request_id
        and request.authorized is not None
        and request.authorized.grant_id == link.grant_id
    )


def record_setback(
    attempt: AuthorizationAttempt,
    result: AttemptResult,
    *,
    orgs: OrgRepository,
    migrations: MigrationRepository,
) -> None:
    """Record that an attempt connected nothing; the request stays open, and so does its link.

    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    for _ in range(_TRIES):
        try:
            hand = in_hand(attempt.org_id, attempt.attempt, orgs=orgs, migrations=migrations)
        except (MigrationNotFound, OrgNotFound):
            return
        request = hand.migration.authorization
        if request is None or request.request_id != attempt.request_id:
            return
        if request.status is not AuthorizationStatus.PENDING:
            return
        setback = Setback(result.at, result.outcome, result.names, result.zoom_email)
        detail = ", ".join((result.outcome, *result.names))
        actor = f"person:{result.zoom_email or 'unknown'}"
        entry = AuditEntry(
            attempt.org_id, result.at, AuditAction.AUTHORIZATION_FAILED, actor, detail
        )
        try:
            migrations.save(
                replace(hand.migration, authorization=request.set_back(setback)), audit=[entry]
            )
        except ConcurrentModification:
            continue
        return
    _log.warning("setback_not_recorded", extra={"org_id": attempt.org_id})


def _authorized(grant: Grant, link: GrantLink) -> Authorized:
    return Authorized(
        at=link.linked_at,
        grant_id=grant.grant_id,
        zoom_email=grant.email,
        zoom_account_id=grant.subject.account_id,
        zoom_user_id=grant.subject.user_id,
        chosen=link.products,
        products=grant.products,
    )


def _detail(authorized: Authorized) -> str:
    return (
        f"as {authorized.zoom_email} of Zoom account {authorized.zoom_account_id}, for "
        f"{', '.join(authorized.chosen)}; grant {authorized.grant_id}"
    )
