"""An org whose Salesforce admin is asked about the old keys, and everything an answer needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from tests.authorizations import ACCOUNT_ID, ZOOM_ADMIN
from tests.builders import NOW, a_migration, an_org, some_keys
from tests.builders import a_snapshot as a_plain_snapshot
from tests.cleanups import CleanupWorld
from tests.questions import Questioned
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.cleanup import CleanupRequest, CleanupStatus
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.verification import PackageConnection, Verification
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer, cleanup_link

REQUEST_ID: Final = "cleanup-cleanup-000001"


def a_proof(
    at: datetime = NOW, *, package: PackageConnection = PackageConnection.NOT_PROBED
) -> Verification:
    """A call to Zoom that was answered as it should be."""
    return Verification(at, "grant-0001", 1, ACCOUNT_ID, ZOOM_ADMIN, package)


def a_cleanup_request(
    *,
    needs_confirmation: bool = True,
    rows: int = 1,
    requested_at: datetime = NOW,
    lifetime: timedelta = timedelta(days=14),
) -> CleanupRequest:
    """A request to remove the old keys that nobody has answered."""
    return CleanupRequest(
        request_id=REQUEST_ID,
        requested_at=requested_at,
        expires_at=requested_at + lifetime,
        rows=rows,
        needs_confirmation=needs_confirmation,
    )


def a_migration_asking(
    number: int = 1,
    *,
    request: CleanupRequest | None = None,
    trigger: str = "operator",
    requested_by: str = "arn:aws:iam::123456789012:user/ops/ada",
) -> Migration:
    """The first attempt of the fleet's n-th org, proven twice, asking about the old keys."""
    request = request or a_cleanup_request()
    package = PackageConnection.NOT_PROBED
    if not request.needs_confirmation:
        package = PackageConnection.PROVEN
    migration = a_migration(
        number,
        trigger=trigger,
        requested_by=requested_by,
        step=MigrationStep.AWAITING_CLEANUP_APPROVAL,
    )
    asked_at = request.requested_at
    proofs = (a_proof(asked_at - timedelta(days=1)), a_proof(asked_at, package=package))
    return replace(migration, verifications=proofs, cleanup=request)


def an_org_asked(number: int = 1, *, deadline: date | None = None) -> Org:
    """The fleet's n-th org, in the hands of a migration that asks about its old keys."""
    org = an_org(
        number,
        status=OrgStatus.CLEANUP_APPROVAL_PENDING,
        attempts=1,
        active_attempt=1,
        snapshot=replace(a_plain_snapshot("3.28.0.1"), keys=some_keys()),
    )
    return replace(org, registration=replace(org.registration, deadline=deadline))


@dataclass(frozen=True)
class KeysAsked(Questioned):
    """The stores in which an org is asked about its old keys, and everything an answer needs."""

    answered_as = AuditAction.CLEANUP_ANSWERED

    @classmethod
    def of(cls, world: CleanupWorld) -> KeysAsked:
        """The stores of a world in which everything else happens, too."""
        return cls(
            orgs=world.orgs,
            migrations=world.migrations,
            signer=world.signer,
            vault=world.task_vault,
            callback=world.callback,
            clock=world.clock,
        )

    def ask(self, migration: Migration | None = None, org: Org | None = None) -> None:
        """Ask about the old keys; the state machine waits with its task token."""
        migration = migration or a_migration_asking(self.number)
        assert migration.cleanup is not None
        self.orgs.save(org or an_org_asked(self.number))
        request = replace(migration.cleanup, task_token=self.wait())
        self.migrations.save(replace(migration, cleanup=request))

    @property
    def question(self) -> CleanupRequest:
        """See the base."""
        request = self.migration.cleanup
        assert request is not None
        return request

    @property
    def question_id(self) -> str:
        """See the base."""
        return self.question.request_id

    @property
    def link(self) -> str:
        """The part of the request's link that follows ``/cleanup/``."""
        offer = CleanupOffer(self.org, self.migration, self.question)
        return cleanup_link(offer, signer=self.signer)

    def withdraw(self) -> None:
        """See the base."""
        withdrawn = self.question.closed(CleanupStatus.REVOKED)
        ended = replace(self.migration, step=MigrationStep.ENDED, cleanup=withdrawn)
        self.migrations.save(ended)
