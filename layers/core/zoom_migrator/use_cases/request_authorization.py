"""Ask for an org's authorization at Zoom, and keep what wakes the state machine again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.authorization_request import AuthorizationRequest, AuthorizationStatus
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.expectation import expectation_of
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.status import TRANSITIONS, OrgEvent
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

_ASKED_AGAIN: Final = (AuthorizationStatus.PENDING, AuthorizationStatus.LOST)


def request_authorization(
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
    settings: AuthorizationSettings,
) -> None:
    """Ask, or where it was asked before, take the new token in place of the old one.

    Where there is nothing to wait for any more, the machine is woken at once: somebody may have
    authorized, or ended the migration, between two waits, or a scan may have found the package
    gone.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=orgs, migrations=migrations)
    request = hand.migration.authorization
    if not _can_be_asked(hand):
        callback.complete(task_token)
        return
    sealed = vault.seal(task_token, org_id=org_id, attempt=attempt)
    if request is None or request.status is AuthorizationStatus.LOST:
        now = clock.now()
        request = AuthorizationRequest(
            request_id=ids.new_secret_id(),
            requested_at=now,
            expires_at=now + settings.request_lifetime,
            products=hand.org.registration.products,
            task_token=sealed,
            renewals=request.renewals + 1 if request is not None else 0,
        )
        _ask(hand, request, now, migrations)
    else:
        renewed = replace(request, task_token=sealed)
        migrations.save(replace(hand.migration, authorization=renewed))


def _can_be_asked(hand: InHand) -> bool:
    request = hand.migration.authorization
    return (
        hand.migration.step is MigrationStep.AWAITING_AUTHORIZATION
        and (request is None or request.status in _ASKED_AGAIN)
        and OrgEvent.AUTHORIZATION_REQUESTED in TRANSITIONS[hand.org.status]
    )


def _ask(
    hand: InHand, request: AuthorizationRequest, now: datetime, migrations: MigrationRepository
) -> None:
    org = hand.org.after(OrgEvent.AUTHORIZATION_REQUESTED, at=now)
    email = expectation_of(org.registration).email
    detail = f"of {email}, until {request.expires_at:%Y-%m-%d}"
    audit = [
        AuditEntry(org.org_id, now, AuditAction.AUTHORIZATION_REQUESTED, hand.actor, detail),
        *status_changes(hand.org, org, now, hand.actor),
    ]
    notice = authorization_notice(
        hand, request, NoticeKind.AUTHORIZATION_NEEDED, now, milestone=request.milestone
    )
    migrations.save(
        replace(hand.migration, authorization=request), org=org, audit=audit, notices=[notice]
    )


def authorization_notice(
    hand: InHand,
    request: AuthorizationRequest,
    kind: NoticeKind,
    now: datetime,
    *,
    milestone: str = "",
    **more: str,
) -> Notice:
    """A notice about a request for authorization.

    Args:
        more: Facts besides those that all of these notices tell; empty ones are left out.
    """
    facts = {
        "org": hand.org.registration.display_name,
        "zoom_admin_email": expectation_of(hand.org.registration).email,
        "products": ", ".join(request.products),
        "until": request.expires_at.isoformat(),
        **more,
    }
    told = {name: fact for name, fact in facts.items() if fact}
    return Notice(
        hand.org.org_id, hand.migration.attempt, kind, now, milestone=milestone, facts=told
    )
