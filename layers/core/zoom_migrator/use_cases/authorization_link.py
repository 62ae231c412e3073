"""The links that lead to an org's authorization."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.authorization_request import AuthorizationRequest
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.errors import LinkRefused, LinkReplaced, NothingToAuthorize
from zoom_migrator.domain.expectation import Expectation, expectation_of
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.signed_link import LinkClaims, LinkPurpose, split_link
from zoom_migrator.ports import Clock, LinkSigner, MigrationRepository, OrgRepository, SecretIds
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.request_authorization import authorization_notice
from zoom_migrator.use_cases.settle_authorization import awaits_authorization


@dataclass(frozen=True, slots=True)
class AuthorizationOffer:
    """A request for authorization with what it is about."""

    org: Org
    migration: Migration
    request: AuthorizationRequest

    @property
    def expectation(self) -> Expectation:
        """Who is expected to authorize."""
        return expectation_of(self.org.registration)

    def is_open(self, now: datetime) -> bool:
        """Whether an authorization would count."""
        return self.request.is_open(now) and awaits_authorization(InHand(self.migration, self.org))


def authorization_link(offer: AuthorizationOffer, *, signer: LinkSigner) -> str:
    """The part of an offer's link that follows ``/authorize/``; always the same for a request.

    Raises:
        StoreUnavailable: The key is out of reach.
    """
    claims = _claims(offer)
    return f"{claims}.{signer.sign(claims)}"


def offer_behind_link(
    link: str, *, orgs: OrgRepository, migrations: MigrationRepository, signer: LinkSigner
) -> AuthorizationOffer:
    """The offer that a link leads to, answered, out of date or not. Changes nothing.

    Raises:
        LinkRefused: It is forged, damaged, or leads to nothing that is known.
        LinkReplaced: It is genuine, and there is a newer one.
        StoreUnavailable: The store or the key is out of reach.
    """
    text, signature = split_link(link)
    claims = LinkClaims.parse(text)
    if claims.purpose is not LinkPurpose.AUTHORIZE or not signer.is_genuine(text, signature):
        raise LinkRefused("This link was not made by the product, or for another purpose.")
    offer = find_offer(claims.org_id, claims.attempt, orgs=orgs, migrations=migrations)
    if offer is None:
        raise LinkRefused("What this link leads to is no longer known.")
    # A link counts exactly as long as its request, so one that says anything else is of another.
    if text != _claims(offer):
        raise LinkReplaced("This link leads to a request that has been replaced.")
    return offer


def find_offer(
    org_id: str, attempt: int, *, orgs: OrgRepository, migrations: MigrationRepository
) -> AuthorizationOffer | None:
    """The offer that belongs to an attempt of an org, in whatever state, or None.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    migration = migrations.get(org_id, attempt)
    org = orgs.get(org_id)
    if org is None or migration is None or migration.authorization is None:
        return None
    return AuthorizationOffer(org, migration, migration.authorization)


def open_offer(
    org_id: str, *, orgs: OrgRepository, migrations: MigrationRepository, clock: Clock
) -> AuthorizationOffer:
    """The offer of an org that waits to be authorized.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        NothingToAuthorize: No migration of it waits for an authorization.
        OrgNotFound: No such org is registered.
        StoreUnavailable: The store is out of reach.
    """
    org = find_org(org_id, orgs=orgs)
    attempt = org.active_attempt
    found = (
        find_offer(org.org_id, attempt, orgs=orgs, migrations=migrations)
        if attempt is not None
        else None
    )
    if found is None or not found.is_open(clock.now()):
        raise NothingToAuthorize(
            f"Org {org.org_id} waits for no authorization.",
            remedy=f"See how far it is: `zoom-migrator migrate show {org.org_id}`.",
        )
    return found


def renew_offer(
    offer: AuthorizationOffer,
    *,
    requested_by: str,
    migrations: MigrationRepository,
    ids: SecretIds,
    clock: Clock,
    settings: AuthorizationSettings,
) -> AuthorizationOffer:
    """Ask anew: every link that was sent before is void from now on, and so is all begun by one.

    Raises:
        ConcurrentModification: Somebody else changed the migration since it was read.
        NothingToAuthorize: The request was answered or withdrawn.
        StoreUnavailable: The store is out of reach.
    """
    now = clock.now()
    renewed = offer.request.renewed(
        ids.new_secret_id(), at=now, expires_at=now + settings.request_lifetime
    )
    hand = InHand(offer.migration, offer.org)
    detail = f"earlier links are void; the new one holds until {renewed.expires_at:%Y-%m-%d}"
    notice = authorization_notice(
        hand, renewed, NoticeKind.AUTHORIZATION_NEEDED, now, milestone=str(renewed.renewals)
    )
    saved = migrations.save(
        replace(offer.migration, authorization=renewed),
        audit=[
            AuditEntry(
                offer.org.org_id, now, AuditAction.AUTHORIZATION_RENEWED, requested_by, detail
            )
        ],
        notices=[notice],
    )
    return AuthorizationOffer(offer.org, saved, renewed)


def _claims(offer: AuthorizationOffer) -> str:
    return LinkClaims(
        purpose=LinkPurpose.AUTHORIZE,
        org_id=offer.org.org_id,
        attempt=offer.migration.attempt,
        subject=offer.request.request_id,
        expires_at=offer.request.expires_at,
    ).text
