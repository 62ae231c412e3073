"""Take somebody's answer to a request for consent, and let the state machine go on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from zoom_migrator.domain.approval import Answer, Approval, ApprovalStatus
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import LinkRefused, NothingToApprove
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.signed_link import LinkClaims, LinkPurpose, split_link
from zoom_migrator.ports import (
    LinkSigner,
    MigrationRepository,
    OrgRepository,
    TaskCallback,
    TokenVault,
)
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.wake_machine import opened_token, wake

# What this module's links are for; one made for anything else leads nowhere here.
_PURPOSES: Final = frozenset({LinkPurpose.UPGRADE})


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A request for consent with what it is about."""

    org: Org
    migration: Migration
    approval: Approval


def approval_link(request: ApprovalRequest, *, signer: LinkSigner) -> str:
    """The part of a request's link that follows ``/approve/``; always the same for a request.

    Raises:
        StoreUnavailable: The key is out of reach.
    """
    claims = _claims(request)
    return f"{claims}.{signer.sign(claims)}"


def request_behind_link(
    link: str, *, orgs: OrgRepository, migrations: MigrationRepository, signer: LinkSigner
) -> ApprovalRequest:
    """The request that a link leads to, answered, out of date or not.

    Raises:
        LinkRefused: It is forged, damaged, or leads to nothing that is known.
        StoreUnavailable: The store or the key is out of reach.
    """
    text, signature = split_link(link)
    purpose = LinkClaims.parse(text).purpose
    if purpose not in _PURPOSES or not signer.is_genuine(text, signature):
        raise LinkRefused("This link was not made by the product, or for another purpose.")
    return request_of_claims(text, orgs=orgs, migrations=migrations)


def request_of_claims(
    text: str, *, orgs: OrgRepository, migrations: MigrationRepository
) -> ApprovalRequest:
    """The request that the signed part of a link is about, from whoever it surely comes.

    Raises:
        LinkRefused: It is damaged, or leads to nothing that is known.
        StoreUnavailable: The store is out of reach.
    """
    claims = LinkClaims.parse(text)
    org = orgs.get(claims.org_id)
    migration = migrations.get(claims.org_id, claims.attempt)
    if org is None or migration is None or migration.approval is None:
        raise LinkRefused("What this link leads to is no longer known.")
    request = ApprovalRequest(org, migration, migration.approval)
    # A link counts exactly as long as its request, so one that says anything else is of another.
    if text != _claims(request):
        raise LinkRefused("This link leads to a request that has been replaced.")
    return request


def open_request(
    org_id: str, *, orgs: OrgRepository, migrations: MigrationRepository
) -> ApprovalRequest:
    """The request of an org that waits for an answer.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        OrgNotFound: No such org is registered.
        NothingToApprove: No migration of it waits for an answer.
        StoreUnavailable: The store is out of reach.
    """
    org = find_org(org_id, orgs=orgs)
    attempt = org.active_attempt
    migration = migrations.get(org.org_id, attempt) if attempt is not None else None
    approval = migration.approval if migration is not None else None
    if migration is None or approval is None or approval.status is not ApprovalStatus.PENDING:
        raise NothingToApprove(
            f"Org {org.org_id} waits for no approval.",
            remedy=f"See how far it is: `zoom-migrator migrate show {org.org_id}`.",
        )
    return ApprovalRequest(org, migration, approval)


def answer_request(
    request: ApprovalRequest,
    answer: Answer,
    *,
    migrations: MigrationRepository,
    vault: TokenVault,
    callback: TaskCallback,
) -> Migration:
    """Record an answer together with who gave it, and wake the state machine.

    The request is taken as it was read: of two answers at once, one is recorded. Where the
    machine cannot be woken, the answer holds all the same, because the machine looks for it when
    its wait times out. The org stays where it is: the machine's next step moves it.

    Raises:
        NothingToApprove: The request has had its answer, is out of date or closed.
        ConcurrentModification: Somebody else changed the migration since it was read.
        StoreUnavailable: The store or the key is out of reach; nothing was recorded.
    """
    answered = replace(request.migration, approval=request.approval.answered(answer))
    token = opened_token(request.approval.task_token, request.migration, vault)
    saved = migrations.save(answered, audit=[_audit(request, answer)])
    wake(saved, token, callback)
    return saved


def _claims(request: ApprovalRequest) -> str:
    return LinkClaims(
        purpose=LinkPurpose.UPGRADE,
        org_id=request.org.org_id,
        attempt=request.migration.attempt,
        subject=request.approval.approval_id,
        expires_at=request.approval.expires_at,
    ).text


def _audit(request: ApprovalRequest, answer: Answer) -> AuditEntry:
    return AuditEntry(
        org_id=request.org.org_id,
        at=answer.at,
        action=AuditAction.APPROVAL_ANSWERED,
        actor=answer.actor,
        detail=_detail(request, answer),
    )


def _detail(request: ApprovalRequest, answer: Answer) -> str:
    target = request.approval.target
    agreed = [f"terms {answer.terms_version}", f"install for {answer.security}"]
    parts = [
        f"{'accepted' if answer.accepted else 'declined'} by {_person(answer)}",
        f"from {request.approval.version_now} to {target.version.full} ({target.version_id})",
        *(agreed if answer.accepted else []),
        f"by {answer.channel} from {answer.source}",
    ]
    return "; ".join(parts)


def _person(answer: Answer) -> str:
    """Who answered; Slack tells no address."""
    return f"{answer.name} <{answer.email}>" if answer.email else answer.name
