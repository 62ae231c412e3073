"""Makes the link of a notice when it is sent, and finds out whether anybody still wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.deadline import needs_no_reminder
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.notice import NoticeKind, NoticeRef
from zoom_migrator.domain.notice_choices import LABELS, cleanup_choices, upgrade_choices
from zoom_migrator.domain.notice_kinds import RULES, Importance
from zoom_migrator.domain.notice_message import Action, ActionKind
from zoom_migrator.domain.org import Org
from zoom_migrator.ports import LinkSigner
from zoom_migrator.use_cases.answer_approval import ApprovalRequest, approval_link
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer, cleanup_link
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer, authorization_link

DEADLINES: Final = (NoticeKind.DEADLINE_NEAR, NoticeKind.DEADLINE_OVERDUE)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about, as it is stored today.

    Attributes:
        migration: The migration that the notice is about, or the one that has the org in hand.
    """

    ref: NoticeRef
    org: Org
    migration: Migration | None


def waited_for(migration: Migration | None, org: Org, now: datetime) -> ActionKind | None:
    """What an org waits for somebody to do, or None."""
    if migration is None:
        return None
    for kind, is_open in (
        (ActionKind.APPROVE, _approval_of(migration, org, now)),
        (ActionKind.AUTHORIZE, _authorization_of(migration, org, now)),
        (ActionKind.CLEANUP, _cleanup_of(migration, org, now)),
    ):
        if is_open is not None:
            return kind
    return None


def is_over(subject: Subject, now: datetime) -> bool:
    """Whether what somebody is asked for was done, answered or withdrawn meanwhile."""
    kind, migration, org = subject.ref.kind, subject.migration, subject.org
    if kind in DEADLINES:
        return needs_no_reminder(org.status)
    if RULES[kind].importance not in (Importance.REQUEST, Importance.REMINDER):
        return False
    if migration is None:
        return True
    match RULES[kind].action:
        case ActionKind.APPROVE:
            return _approval_of(migration, org, now) is None
        case ActionKind.AUTHORIZE:
            offer = _authorization_of(migration, org, now)
            return offer is None or not _is_of_request(subject.ref, offer)
        case ActionKind.CLEANUP:
            cleanup = _cleanup_of(migration, org, now)
            return cleanup is None or not _is_of_cleanup(subject.ref, cleanup)
        case _:
            return migration.step is not MigrationStep.AWAITING_UPGRADE_BY_HAND


def is_of_another_deadline(ref: NoticeRef, deadline: date) -> bool:
    """Whether a notice tells of a deadline that was moved meanwhile.

    Args:
        deadline: The org's deadline as it is now.
    """
    return ref.kind in DEADLINES and not ref.milestone.startswith(f"{deadline.isoformat()}-")


def install_action(address: str) -> Action | None:
    """The action of an upgrade by hand; None where no address to install from is known."""
    if not address:
        return None
    label = LABELS[ActionKind.INSTALL]
    return Action(ActionKind.INSTALL, label, address, can_be_forwarded=True)


def signed_action(
    kind: ActionKind,
    subject: Subject,
    *,
    base_url: str,
    now: datetime,
    signer: LinkSigner,
    with_choices: bool,
) -> Action | None:
    """The action with its link, or None where nobody waits for it any more.

    Args:
        with_choices: Whether the channel takes answers by a press on a button.

    Raises:
        StoreUnavailable: The key is out of reach.
    """
    migration, org = subject.migration, subject.org
    if migration is None:
        return None
    match kind:
        case ActionKind.APPROVE:
            request = _approval_of(migration, org, now)
            return _approve(request, base_url, signer, with_choices) if request else None
        case ActionKind.AUTHORIZE:
            offer = _authorization_of(migration, org, now)
            return _authorize(offer, base_url, signer) if offer else None
        case ActionKind.CLEANUP:
            cleanup = _cleanup_of(migration, org, now)
            return _clean_up(cleanup, base_url, signer, with_choices) if cleanup else None
        case _:
            return None


def _approve(
    request: ApprovalRequest, base_url: str, signer: LinkSigner, with_choices: bool
) -> Action:
    link = approval_link(request, signer=signer)
    return Action(
        ActionKind.APPROVE,
        LABELS[ActionKind.APPROVE],
        f"{base_url}/approve/{link}",
        request.approval.expires_at,
        claims=link.rpartition(".")[0],
        choices=upgrade_choices(request.approval) if with_choices else (),
    )


def _authorize(offer: AuthorizationOffer, base_url: str, signer: LinkSigner) -> Action:
    return Action(
        ActionKind.AUTHORIZE,
        LABELS[ActionKind.AUTHORIZE],
        f"{base_url}/authorize/{authorization_link(offer, signer=signer)}",
        offer.request.expires_at,
        can_be_forwarded=True,
    )


def _clean_up(offer: CleanupOffer, base_url: str, signer: LinkSigner, with_choices: bool) -> Action:
    link = cleanup_link(offer, signer=signer)
    return Action(
        ActionKind.CLEANUP,
        LABELS[ActionKind.CLEANUP],
        f"{base_url}/cleanup/{link}",
        offer.request.expires_at,
        claims=link.rpartition(".")[0],
        choices=cleanup_choices(offer.request) if with_choices else (),
    )


def _approval_of(migration: Migration, org: Org, now: datetime) -> ApprovalRequest | None:
    approval = migration.approval
    if approval is None or migration.step is not MigrationStep.AWAITING_APPROVAL:
        return None
    is_open = approval.status is ApprovalStatus.PENDING and now < approval.expires_at
    return ApprovalRequest(org, migration, approval) if is_open else None


def _authorization_of(migration: Migration, org: Org, now: datetime) -> AuthorizationOffer | None:
    if migration.authorization is None:
        return None
    offer = AuthorizationOffer(org, migration, migration.authorization)
    return offer if offer.is_open(now) else None


def _cleanup_of(migration: Migration, org: Org, now: datetime) -> CleanupOffer | None:
    if migration.cleanup is None:
        return None
    offer = CleanupOffer(org, migration, migration.cleanup)
    return offer if offer.is_open and now < offer.request.expires_at else None


def _is_of_request(ref: NoticeRef, offer: AuthorizationOffer) -> bool:
    """Whether a notice belongs to this request, and not to one that it has replaced."""
    renewals = ref.milestone.partition("-")[0] or "0"
    return renewals == str(offer.request.renewals)


def _is_of_cleanup(ref: NoticeRef, offer: CleanupOffer) -> bool:
    asked = offer.request.requested_at.isoformat(timespec="seconds")
    return ref.milestone.startswith(asked)
