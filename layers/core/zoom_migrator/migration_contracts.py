"""What goes in and out of the functions of ``migrate_org``.

As with the scan's contracts, these models only ever gain fields with defaults.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from zoom_migrator.contracts import Contract, ExecutionDetail, ScanId
from zoom_migrator.domain.migration import MigrationOutcome, Next, Verdict, migration_id

type OrgId = Annotated[str, StringConstraints(pattern=r"^00D[A-Za-z0-9]{15}$")]
type Attempt = Annotated[int, Field(ge=1, le=999_999)]
# A migration's id is the name of its execution: its org and its attempt.
type MigrationId = Annotated[
    str, StringConstraints(pattern=r"^00D[A-Za-z0-9]{15}-[1-9][0-9]{0,5}$")
]
# Source: Step Functions API reference, SendTaskSuccess.
type TaskToken = Annotated[str, StringConstraints(min_length=1, max_length=2_048)]


class MigrationTaskInput(Contract):
    """Input of every task of ``migrate_org``; all else is read from the store."""

    org_id: OrgId
    attempt: Attempt

    @property
    def migration_id(self) -> str:
        """Id of the migration, which is the name of its execution."""
        return migration_id(self.org_id, self.attempt)


class VerdictOutput(Contract):
    """Output of the tasks of ``migrate_org`` that decide what comes next."""

    next: Next
    wait_seconds: int
    outcome: MigrationOutcome | None

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """The same as the domain says it."""
        return cls(next=verdict.next, wait_seconds=verdict.wait_seconds, outcome=verdict.outcome)


class RequestApprovalInput(MigrationTaskInput):
    """Input of ``request_approval``."""

    task_token: Annotated[TaskToken, Field(repr=False)]


class RequestApprovalOutput(Contract):
    """Output of ``request_approval``, which nobody reads: the machine waits for its token."""

    org_id: OrgId
    attempt: Attempt


class RequestAuthorizationInput(MigrationTaskInput):
    """Input of ``request_authorization``."""

    task_token: Annotated[TaskToken, Field(repr=False)]


class RequestAuthorizationOutput(Contract):
    """Output of ``request_authorization``, which nobody reads: the machine waits for its token."""

    org_id: OrgId
    attempt: Attempt


class RequestCleanupInput(MigrationTaskInput):
    """Input of ``request_cleanup``."""

    task_token: Annotated[TaskToken, Field(repr=False)]


class RequestCleanupOutput(Contract):
    """Output of ``request_cleanup``, which nobody reads: the machine waits for its token."""

    org_id: OrgId
    attempt: Attempt


class MigrationExecutionDetail(ExecutionDetail):
    """Which execution of ``migrate_org`` ended, and why."""

    name: MigrationId


class RecordMigrationFailureInput(Contract):
    """Input of ``record_migration_failure``.

    An EventBridge event *Step Functions Execution Status Change* about ``migrate_org``, or the
    same fields of ``detail`` from the machine itself, which tells of its own end before it ends.
    """

    detail: MigrationExecutionDetail

    @property
    def org_id(self) -> str:
        """The org behind the execution."""
        return self.detail.name.partition("-")[0]

    @property
    def attempt(self) -> int:
        """The attempt behind the execution."""
        return int(self.detail.name.partition("-")[2])

    @property
    def migration_id(self) -> str:
        """The migration behind the execution."""
        return self.detail.name


class RecordMigrationFailureOutput(Contract):
    """Output of ``record_migration_failure``."""

    org_id: OrgId
    attempt: Attempt
    outcome: MigrationOutcome | None


class StartMigrationsInput(Contract):
    """Input of ``start_migrations``."""

    scan_id: ScanId


class StartMigrationsOutput(Contract):
    """Output of ``start_migrations``.

    Attributes:
        is_complete: False where time ran short; the same call again goes on.
    """

    scan_id: ScanId
    started: int
    already_running: int
    superseded: int
    failed: int
    is_complete: bool
