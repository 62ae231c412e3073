"""A scan of the fleet: planned in batches, one result an org, and a summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import batched

from zoom_migrator.domain.check import CheckResult, OrgSnapshot
from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.version import PackageVersion


class ScanStatus(StrEnum):
    """Where a scan stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class ScanOutcome(StrEnum):
    """What a scan found out about one org.

    ``REFUSED`` needs a person, ``UNREACHABLE`` mends itself, ``NO_RESULT`` means that the part
    of the scan which was to check the org broke down.
    """

    SUFFICIENT = "sufficient"
    BEHIND = "behind"
    NOT_INSTALLED = "not_installed"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_RESULT = "no_result"

    @property
    def is_problem(self) -> bool:
        """Whether the scan did not find out what it wanted to know."""
        return self in (ScanOutcome.REFUSED, ScanOutcome.UNREACHABLE, ScanOutcome.NO_RESULT)


@dataclass(frozen=True, slots=True)
class ScanBatch:
    """The orgs that one invocation checks. Numbers start at 1."""

    scan_id: str
    number: int
    org_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is."""

    scan_id: str
    batch_number: int
    checked: int
    total: int


@dataclass(frozen=True, slots=True)
class ManifestLocation:
    """Where the list of a scan's batches is stored."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What one scan found out about one org.

    Attributes:
        version: The installed version as seen by this scan, in full form, or empty.
        detail: What the other side said, where the check failed.
    """

    scan_id: str
    org_id: str
    outcome: ScanOutcome
    checked_at: datetime
    status_before: OrgStatus | None = None
    status_after: OrgStatus | None = None
    version: str = ""
    failure_code: FailureCode | None = None
    detail: str = ""
    http_calls: int = 0


@dataclass(frozen=True, slots=True)
class Scan:
    """One run over the fleet.

    Attributes:
        trigger: ``schedule`` or ``operator``.
        counts: Orgs by outcome; filled when the scan ends.
        status_changes: How many orgs moved to another status.
        failure: Why the scan as a whole failed, or empty.
        revision: Counts changes, for optimistic locking; 0 means not stored yet.
    """

    scan_id: str
    started_at: datetime
    trigger: str
    requested_by: str
    org_count: int
    batch_count: int
    manifest: ManifestLocation | None = None
    status: ScanStatus = ScanStatus.RUNNING
    ended_at: datetime | None = None
    counts: Mapping[ScanOutcome, int] = field(default_factory=dict)
    status_changes: int = 0
    failure: str = ""
    revision: int = 0

    def ended(self, results: Iterable[ScanResult], *, at: datetime, failure: str = "") -> Scan:
        """The scan with its summary."""
        counts: dict[ScanOutcome, int] = {}
        changes = 0
        for result in results:
            counts[result.outcome] = counts.get(result.outcome, 0) + 1
            changes += result.status_before is not result.status_after
        return replace(
            self,
            status=ScanStatus.FAILED if failure else ScanStatus.COMPLETED,
            ended_at=at,
            counts=counts,
            status_changes=changes,
            failure=failure,
        )


def plan_batches(scan_id: str, org_ids: Sequence[str], size: int) -> list[ScanBatch]:
    """Split a fleet into batches of at most ``size`` orgs."""
    return [
        ScanBatch(scan_id=scan_id, number=number, org_ids=chunk)
        for number, chunk in enumerate(batched(org_ids, size, strict=False), start=1)
    ]


def scan_result(
    scan_id: str, *, before: Org, after: Org, check: CheckResult, minimum: PackageVersion
) -> ScanResult:
    """The result row of one check."""
    row = ScanResult(
        scan_id=scan_id,
        org_id=before.org_id,
        outcome=outcome_of(check, minimum),
        checked_at=check.checked_at,
        status_before=before.status,
        status_after=after.status,
        http_calls=check.http_calls,
    )
    if isinstance(check, OrgSnapshot):
        return replace(row, version=check.package.version.full if check.package else "")
    return replace(row, failure_code=check.code, detail=check.detail)


def no_result(scan_id: str, org_id: str, *, at: datetime, detail: str) -> ScanResult:
    """The result row of an org that no check tells anything about."""
    return ScanResult(
        scan_id=scan_id,
        org_id=org_id,
        outcome=ScanOutcome.NO_RESULT,
        checked_at=at,
        detail=detail,
    )


def outcome_of(check: CheckResult, minimum: PackageVersion) -> ScanOutcome:
    """Which of the outcomes a check is."""
    if isinstance(check, OrgSnapshot):
        if check.package is None:
            return ScanOutcome.NOT_INSTALLED
        sufficient = check.package.version.is_at_least(minimum)
        return ScanOutcome.SUFFICIENT if sufficient else ScanOutcome.BEHIND
    if meaning_of(check.code).kind is FailureKind.OPERATOR_ACTION:
        return ScanOutcome.REFUSED
    return ScanOutcome.UNREACHABLE
