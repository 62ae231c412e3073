"""A migration that waits for consent, with the parts that tests want to change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from tests.builders import NOW, PACKAGE_ID, VERSION_ID, an_org, org_id_of
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner, InMemoryTokenVault
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.memory.workflow import InMemoryTaskCallback
from zoom_migrator.domain.approval import Answer, AnswerChannel, Approval, ApprovalStatus, Terms
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.preflight import Finding
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.upgrade import SecurityType, TargetVersion
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import LinkSigner, MigrationRepository, OrgRepository, TokenVault
from zoom_migrator.use_cases.answer_approval import ApprovalRequest, approval_link

APPROVAL_ID: Final = "aPPr0val-aPPr0val_aPPr"
TASK_TOKEN: Final = "AQCEAAAAKgAAAAMAAAAAAAAAA-task-token-canary"
LIFETIME: Final = timedelta(days=14)


def an_approval(
    approval_id: str = APPROVAL_ID,
    *,
    requested_at: datetime = NOW,
    terms: Terms | None = None,
    status: ApprovalStatus = ApprovalStatus.PENDING,
    task_token: str = "",
) -> Approval:
    """A request for consent to 3.28.0.2 that nobody has answered."""
    return Approval(
        approval_id=approval_id,
        requested_at=requested_at,
        expires_at=requested_at + LIFETIME,
        version_now="3.23.0.4",
        target=TargetVersion(VERSION_ID, PACKAGE_ID, PackageVersion(3, 28, 0, 2)),
        terms=terms or Terms("2024-05", "https://zoom.example/terms"),
        status=status,
        task_token=task_token,
    )


def a_waiting_migration(
    number: int = 1,
    *,
    approval: Approval | None = None,
    trigger: str = "operator",
    requested_by: str = "arn:aws:iam::123456789012:user/ops/ada",
    findings: tuple[Finding, ...] = (),
) -> Migration:
    """The first attempt of the fleet's n-th org, waiting for consent."""
    approval = approval or an_approval()
    return Migration(
        org_id=org_id_of(number),
        attempt=1,
        trigger=trigger,
        requested_by=requested_by,
        started_at=NOW,
        step=MigrationStep.AWAITING_APPROVAL,
        version_before="3.23.0.4",
        target=approval.target,
        findings=findings,
        approval=approval,
    )


def an_answer(
    *,
    accepted: bool = True,
    at: datetime = NOW,
    name: str = "Ada Lovelace",
    email: str = "salesforce.admin@acme.example",
    channel: AnswerChannel = AnswerChannel.PAGE,
    source: str = "203.0.113.7 Mozilla/5.0",
    security: SecurityType = SecurityType.ALL_USERS,
    recorded_by: str = "",
) -> Answer:
    """What the org's Salesforce admin answers."""
    return Answer(
        accepted=accepted,
        at=at,
        name=name,
        email=email,
        channel=channel,
        source=source,
        terms_version="2024-05",
        security=security,
        recorded_by=recorded_by,
    )


@dataclass(frozen=True)
class Asked:
    """Orgs of which one is asked for consent, and everything that an answer needs.

    Attributes:
        org_id: The org that is asked.
    """

    orgs: OrgRepository
    migrations: MigrationRepository
    signer: LinkSigner
    vault: TokenVault
    callback: InMemoryTaskCallback = field(default_factory=InMemoryTaskCallback)
    clock: SettableClock = field(default_factory=lambda: SettableClock(NOW))
    org_id: str = org_id_of(1)

    @property
    def org(self) -> Org:
        """The org, as it is stored."""
        found = self.orgs.get(self.org_id)
        assert found is not None
        return found

    @property
    def migration(self) -> Migration:
        """The migration, as it is stored."""
        found = self.migrations.get(self.org_id, 1)
        assert found is not None
        return found

    @property
    def approval(self) -> Approval:
        """The request for consent, as it is stored."""
        approval = self.migration.approval
        assert approval is not None
        return approval

    @property
    def request(self) -> ApprovalRequest:
        """The request with what it is about, as it is stored."""
        return ApprovalRequest(self.org, self.migration, self.approval)

    @property
    def link(self) -> str:
        """The part of the request's link that follows ``/approve/``."""
        return approval_link(self.request, signer=self.signer)

    def ask(self, migration: Migration | None = None, org: Org | None = None) -> None:
        """Ask for consent; the state machine waits with its task token."""
        migration = migration or a_waiting_migration()
        org = org or an_org()
        assert migration.approval is not None
        sealed = self.vault.seal(TASK_TOKEN, org_id=self.org_id, attempt=1)
        self.callback.wait(TASK_TOKEN)
        self.orgs.save(in_hand(org))
        self.migrations.save(with_token(migration, sealed))

    @classmethod
    def in_memory(cls) -> Asked:
        """Everything in memory, and nobody asked yet."""
        orgs = InMemoryOrgRepository()
        return cls(
            orgs, InMemoryMigrationRepository(orgs), InMemoryLinkSigner(), InMemoryTokenVault()
        )


def in_hand(org: Org) -> Org:
    """The org in the hands of its first migration, which waits for consent."""
    return replace(org, status=OrgStatus.UPGRADE_APPROVAL_PENDING, attempts=1, active_attempt=1)


def with_token(migration: Migration, sealed: str) -> Migration:
    """The migration, with the state machine waiting for its answer."""
    assert migration.approval is not None
    return replace(migration, approval=replace(migration.approval, task_token=sealed))
