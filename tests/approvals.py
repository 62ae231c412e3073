"""An org whose Salesforce admin is asked for consent, and everything that an answer needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.builders import a_migration, a_target, an_approval, an_org
from tests.questions import Questioned
from zoom_migrator.domain.approval import Approval, ApprovalStatus
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.finding import Finding
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.answer_approval import ApprovalRequest, approval_link


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
class Asked(Questioned):
    """The stores in which an org is asked for consent, and everything that an answer needs."""

    answered_as = AuditAction.APPROVAL_ANSWERED

    def ask(self, migration: Migration | None = None, org: Org | None = None) -> None:
        """Ask for consent; the state machine waits with its task token."""
        migration = migration or a_waiting_migration(self.number)
        assert migration.approval is not None
        self.orgs.save(org or a_waiting_org(self.number))
        approval = replace(migration.approval, task_token=self.wait())
        self.migrations.save(replace(migration, approval=approval))

    @property
    def approval(self) -> Approval:
        """The request for consent, as it is stored."""
        approval = self.migration.approval
        assert approval is not None
        return approval

    @property
    def question(self) -> Approval:
        """See the base."""
        return self.approval

    @property
    def question_id(self) -> str:
        """See the base."""
        return self.approval.approval_id

    @property
    def request(self) -> ApprovalRequest:
        """The request with what it is about, as it is stored."""
        return ApprovalRequest(self.org, self.migration, self.approval)

    @property
    def link(self) -> str:
        """The part of the request's link that follows ``/approve/``."""
        return approval_link(self.request, signer=self.signer)

    def withdraw(self) -> None:
        """See the base."""
        withdrawn = self.approval.closed(ApprovalStatus.REVOKED)
        self.migrations.save(replace(self.migration, approval=withdrawn))
