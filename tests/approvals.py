"""An org whose Salesforce admin is asked for consent, and everything that an answer needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from tests.builders import NOW, a_migration, a_target, an_approval, an_org, org_id_of
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner, InMemoryTokenVault
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.memory.workflow import InMemoryTaskCallback
from zoom_migrator.domain.approval import Approval
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.finding import Finding
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.ports import LinkSigner, MigrationRepository, OrgRepository, TokenVault
from zoom_migrator.use_cases.answer_approval import ApprovalRequest, approval_link

TASK_TOKEN: Final = "AQCEAAAAKgAAAAMAAAAAAAAAA-task-token-canary"


def a_waiting_migration(
    number: int = 1,
    *,
    approval: Approval | None = None,
    trigger: str = "operator",
    requested_by: str = "arn:aws:iam::123456789012:user/ops/ada",
    findings: tuple[Finding, ...] = (),
) -> Migration:
    """The first attempt of the fleet's n-th org, waiting for consent."""
    return a_migration(
        number,
        trigger=trigger,
        requested_by=requested_by,
        step=MigrationStep.AWAITING_APPROVAL,
        version_before="3.23.0.4",
        target=a_target(),
        findings=findings,
        approval=approval or an_approval(),
    )


def a_waiting_org(number: int = 1) -> Org:
    """The fleet's n-th org, in the hands of a migration that waits for consent."""
    return an_org(number, status=OrgStatus.UPGRADE_APPROVAL_PENDING, attempts=1, active_attempt=1)


@dataclass(frozen=True)
class Asked:
    """The stores in which an org is asked, and everything that an answer needs.

    Attributes:
        number: Which org of the fleet is asked.
    """

    orgs: OrgRepository
    migrations: MigrationRepository
    signer: LinkSigner
    vault: TokenVault
    callback: InMemoryTaskCallback = field(default_factory=InMemoryTaskCallback)
    clock: SettableClock = field(default_factory=lambda: SettableClock(NOW))
    number: int = 1

    @classmethod
    def in_memory(cls) -> Asked:
        """Everything in memory, and nobody asked yet."""
        orgs = InMemoryOrgRepository()
        return cls(
            orgs, InMemoryMigrationRepository(orgs), InMemoryLinkSigner(), InMemoryTokenVault()
        )

    def ask(self, migration: Migration | None = None, org: Org | None = None) -> None:
        """Ask for consent; the state machine waits with its task token."""
        migration = migration or a_waiting_migration(self.number)
        assert migration.approval is not None
        sealed = self.vault.seal(TASK_TOKEN, org_id=self.org_id, attempt=1)
        self.callback.wait(TASK_TOKEN)
        self.orgs.save(org or a_waiting_org(self.number))
        approval = replace(migration.approval, task_token=sealed)
        self.migrations.save(replace(migration, approval=approval))

    @property
    def org_id(self) -> str:
        """The org that is asked."""
        return org_id_of(self.number)

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

    def answers_on_record(self) -> list[AuditEntry]:
        """What the audit trail says about answers."""
        trail = self.orgs.audit_trail(self.org_id, limit=50)
        return [entry for entry in trail if entry.action is AuditAction.APPROVAL_ANSWERED]
