"""What goes in and out of the functions of ``scan_fleet``, and what all contracts share.

A waiting execution calls tomorrow's code with yesterday's input, so these models only ever gain
fields with defaults.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from zoom_migrator.causes import message_in
from zoom_migrator.domain.scan import ManifestLocation, ScanBatch, ScanStatus

# A scan's id is the name of its execution. Source: Step Functions API, StartExecution.
type ScanId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]


class Contract(BaseModel):
    """Base of all contracts: unknown fields are ignored, values are never changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ManifestReference(Contract):
    """Where a scan's batches are stored."""

    bucket: str
    key: str

    def location(self) -> ManifestLocation:
        """The same as the domain says it."""
        return ManifestLocation(bucket=self.bucket, key=self.key)


class PlanScanInput(Contract):
    """Input of ``plan_scan``."""

    scan_id: ScanId
    started_at: AwareDatetime
    trigger: str = "operator"
    requested_by: str = "unknown"


class PlanScanOutput(Contract):
    """Output of ``plan_scan``."""

    scan_id: ScanId
    manifest: ManifestReference
    org_count: int
    batch_count: int


class ScanOrgsInput(Contract):
    """Input of ``scan_orgs``: one item of the manifest."""

    scan_id: ScanId
    batch_number: Annotated[int, Field(ge=1)]
    org_ids: tuple[str, ...]

    def batch(self) -> ScanBatch:
        """The same as the domain says it."""
        return ScanBatch(scan_id=self.scan_id, number=self.batch_number, org_ids=self.org_ids)


class ScanOrgsOutput(Contract):
    """Output of ``scan_orgs``."""

    scan_id: ScanId
    batch_number: int
    checked: int


class TaskFailure(Contract):
    """An error as a state machine's catcher hands it on."""

    error: str = ""
    cause: str = ""

    def summary(self) -> str:
        """Both parts in one line, at most 500 characters."""
        parts = (" ".join(self.error.split()), message_in(self.cause))
        return ": ".join(part for part in parts if part)[:500] or "unknown error"


class SummariseScanInput(Contract):
    """Input of ``summarise_scan``."""

    scan_id: ScanId
    failure: TaskFailure | None = None


class SummariseScanOutput(Contract):
    """Output of ``summarise_scan``."""

    scan_id: ScanId
    status: ScanStatus
    counts: dict[str, int]


class ExecutionDetail(Contract):
    """The part of a Step Functions status-change event that matters here."""

    executionArn: str  # noqa: N815 - AWS names the field
    name: ScanId
    status: str
    error: str | None = None
    cause: str | None = None

    def failure(self) -> TaskFailure:
        """Why the execution ended."""
        return TaskFailure(error=self.error or self.status, cause=self.cause or "")


class ExecutionStatusChange(Contract):
    """An EventBridge event: *Step Functions Execution Status Change*."""

    detail: ExecutionDetail

    @property
    def scan_id(self) -> str:
        """The scan behind the execution."""
        return self.detail.name


class RecordOutcomeOutput(Contract):
    """Output of ``record_outcome``."""

    scan_id: ScanId
    status: ScanStatus
