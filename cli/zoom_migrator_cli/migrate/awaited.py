"""The link to whatever a migration waits for a person to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zoom_migrator.domain.errors import NothingToApprove
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.answer_approval import ApprovalRequest, approval_link
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer, cleanup_link
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer, authorization_link
from zoom_migrator_cli.connection import Connection

APPROVAL: Final = "approval"
AUTHORIZATION: Final = "authorization"
CLEANUP: Final = "cleanup"

type Awaited = ApprovalRequest | AuthorizationOffer | CleanupOffer


@dataclass(frozen=True, slots=True)
class AwaitedLink:
    """A link that somebody is waited for to open.

    Attributes:
        awaits: ``approval``, ``authorization`` or ``cleanup``.
        address: The link; whoever has it can open the request.
    """

    awaits: str
    address: str
    expires_at: datetime


def awaited(org: Org, migration: Migration, now: datetime) -> Awaited | None:
    """What a migration waits for a person to answer, or None."""
    approval, request = migration.approval, migration.authorization
    if migration.step is MigrationStep.AWAITING_APPROVAL and approval is not None:
        return ApprovalRequest(org, migration, approval)
    cleanup = _cleanup(org, migration, now)
    if cleanup is not None or request is None:
        return cleanup
    offer = AuthorizationOffer(org, migration, request)
    return offer if offer.is_open(now) else None


def _cleanup(org: Org, migration: Migration, now: datetime) -> CleanupOffer | None:
    if migration.cleanup is None:
        return None
    offer = CleanupOffer(org, migration, migration.cleanup)
    return offer if offer.is_open and now < offer.request.expires_at else None


def link_to(request: Awaited, connection: Connection) -> AwaitedLink:
    """The link to the page on which a request is answered.

    Raises:
        MigratorError: The key that signs links is out of reach.
    """
    base, signer = connection.public_base_url, connection.signer
    match request:
        case ApprovalRequest():
            address = f"{base}/approve/{approval_link(request, signer=signer)}"
            return AwaitedLink(APPROVAL, address, request.approval.expires_at)
        case AuthorizationOffer():
            address = f"{base}/authorize/{authorization_link(request, signer=signer)}"
            return AwaitedLink(AUTHORIZATION, address, request.request.expires_at)
        case CleanupOffer():
            address = f"{base}/cleanup/{cleanup_link(request, signer=signer)}"
            return AwaitedLink(CLEANUP, address, request.request.expires_at)


def awaited_link(org: Org, connection: Connection) -> AwaitedLink:
    """The link to what the migration that has an org in hand waits for.

    Raises:
        NothingToApprove: It waits for nobody, or none has it in hand.
        MigratorError: A store or the key is out of reach.
    """
    attempt = org.active_attempt
    migration = connection.migrations.get(org.org_id, attempt) if attempt is not None else None
    request = awaited(org, migration, connection.clock.now()) if migration is not None else None
    if request is None:
        raise NothingToApprove(
            f"Org {org.org_id} waits for no answer, so there is no link.",
            remedy=f"See how far it is: `zoom-migrator migrate show {org.org_id}`.",
        )
    return link_to(request, connection)
