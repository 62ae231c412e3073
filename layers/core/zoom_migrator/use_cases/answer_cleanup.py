"""Take somebody's answer about the old keys, and let the state machine go on."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.cleanup import CleanupAnswer, CleanupRequest, CleanupStatus
from zoom_migrator.domain.errors import LinkRefused, NothingToApprove, TransientError
from zoom_migrator.domain.migration import Migration, MigrationStep
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

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CleanupOffer:
    """A request to remove keys with what it is about."""

    org: Org
    migration: Migration
    request: CleanupRequest

    @property
    def is_open(self) -> bool:
        """Whether an answer is still wanted, if it is not out of date."""
        waits = self.migration.step is MigrationStep.AWAITING_CLEANUP_APPROVAL
        return waits and self.request.status is CleanupStatus.PENDING


def cleanup_link(offer: CleanupOffer, *, signer: LinkSigner) -> str:
    """The part of a request's link that follows ``/cleanup/``; always the same for a request.

    Raises:
        StoreUnavailable: The key is out of reach.
    """
    claims = _claims(offer)
    return f"{claims}.{signer.sign(claims)}"


def cleanup_behind_link(
    link: str, *, orgs: OrgRepository, migrations: MigrationRepository, signer: LinkSigner
) -> CleanupOffer:
    """The request that a link leads to, answered, out of date or not. Changes nothing.

    Raises:
        LinkRefused: It is forged, damaged, or leads to nothing that is known.
        StoreUnavailable: The store or the key is out of reach.
    """
    text, signature = split_link(link)
    purpose = LinkClaims.parse(text).purpose
    if purpose is not LinkPurpose.CLEANUP or not signer.is_genuine(text, signature):
        raise LinkRefused("This link was not made by the product, or for another purpose.")
    return offer_of_claims(text, orgs=orgs, migrations=migrations)


def offer_of_claims(
    text: str, *, orgs: OrgRepository, migrations: MigrationRepository
) -> CleanupOffer:
    """The request that the signed part of a link is about, from whoever it surely comes.

    Raises:
        LinkRefused: It is damaged, or leads to nothing that is known.
        StoreUnavailable: The store is out of reach.
    """
    claims = LinkClaims.parse(text)
    migration = migrations.get(claims.org_id, claims.attempt)
    org = orgs.get(claims.org_id)
    if org is None or migration is None or migration.cleanup is None:
        raise LinkRefused("What this link leads to is no longer known.")
    offer = CleanupOffer(org, migration, migration.cleanup)
    # A link counts exactly as long as its request, so one that says anything else is of another.
    if text != _claims(offer):
        raise LinkRefused("This link leads to a request that has been replaced.")
    return offer


def open_cleanup(
    org_id: str, *, orgs: OrgRepository, migrations: MigrationRepository
) -> CleanupOffer:
    """The request of an org that waits for an answer about its old keys.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        NothingToApprove: No migration of it waits for such an answer.
        OrgNotFound: No such org is registered.
        StoreUnavailable: The store is out of reach.
    """
    org = find_org(org_id, orgs=orgs)
    attempt = org.active_attempt
    migration = migrations.get(org.org_id, attempt) if attempt is not None else None
    if migration is not None and migration.cleanup is not None:
        offer = CleanupOffer(org, migration, migration.cleanup)
        if offer.is_open:
            return offer
    raise NothingToApprove(
        f"Org {org.org_id} waits for no answer about its old keys.",
        remedy=f"See how far it is: `zoom-migrator migrate show {org.org_id}`.",
    )


def answer_cleanup(
    offer: CleanupOffer,
    answer: CleanupAnswer,
    *,
    migrations: MigrationRepository,
    vault: TokenVault,
    callback: TaskCallback,
) -> Migration:
    """Record an answer together with who gave it, and wake the state machine.

    The request is taken as it was read: of two answers at once, one is recorded. Where the
    machine cannot be woken, the answer holds all the same, because the machine looks for it when
    its wait times out. Nothing is removed by this: that is the machine's next step.

    Raises:
        ConcurrentModification: Somebody else changed the migration since it was read.
        ConfirmationMissing: Whoever approves has not said that the package shows its connection.
        NothingToApprove: The request has had its answer, is out of date or closed.
        StoreUnavailable: The store or the key is out of reach; nothing was recorded.
    """
    if not offer.is_open:
        raise NothingToApprove("Nobody waits for an answer about these keys any more.")
    answered = replace(offer.migration, cleanup=offer.request.answered(answer))
    # Before anything is stored: as long as the key is out of reach, nothing has been answered.
    token = _token(offer, vault)
    saved = migrations.save(answered, audit=[_audit(offer, answer)])
    if token:
        _wake(saved, token, callback)
    return saved


def _claims(offer: CleanupOffer) -> str:
    return LinkClaims(
        purpose=LinkPurpose.CLEANUP,
        org_id=offer.org.org_id,
        attempt=offer.migration.attempt,
        subject=offer.request.request_id,
        expires_at=offer.request.expires_at,
    ).text


def _token(offer: CleanupOffer, vault: TokenVault) -> str:
    sealed = offer.request.task_token
    if not sealed:
        return ""
    return vault.open(sealed, org_id=offer.org.org_id, attempt=offer.migration.attempt)


def _wake(migration: Migration, token: str, callback: TaskCallback) -> None:
    ids = {"org_id": migration.org_id, "attempt": migration.attempt}
    try:
        was_waiting = callback.complete(token)
    except TransientError as error:
        _log.warning("state_machine_not_woken", extra={**ids, "reason": error.message})
        return
    if not was_waiting:
        _log.info("state_machine_not_waiting", extra=ids)


def _audit(offer: CleanupOffer, answer: CleanupAnswer) -> AuditEntry:
    parts = [
        f"{'approved' if answer.approved else 'declined'} by {_person(answer)}",
        f"old keys in {offer.request.rows} row(s)",
        "has seen the connection in Zoom Config" if answer.connection_seen else "",
        f"by {answer.channel} from {answer.source}",
    ]
    return AuditEntry(
        org_id=offer.org.org_id,
        at=answer.at,
        action=AuditAction.CLEANUP_ANSWERED,
        actor=answer.actor,
        detail="; ".join(part for part in parts if part),
    )


def _person(answer: CleanupAnswer) -> str:
    """Who answered; Slack tells no address."""
    return f"{answer.name} <{answer.email}>" if answer.email else answer.name
