"""What the approval page says about a request, in the words and order of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from zoom_migrator.adapters.web.shown import asked_by, environment_of, masked
from zoom_migrator.domain.approval import Answer, Approval, ApprovalStatus
from zoom_migrator.domain.finding import Finding, FindingCode, Severity
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.use_cases.answer_approval import ApprovalRequest

# Whoever approves can do nothing about these.
_FOR_OPERATORS: Final = frozenset({FindingCode.STANDING_ACCEPTANCE_MISSING})
_S, _O = MigrationStep, MigrationOutcome
_WITHIN_THE_UPGRADE: Final = frozenset(
    {_S.PREPARING, _S.AWAITING_APPROVAL, _S.INSTALLING, _S.AWAITING_UPGRADE_BY_HAND}
)
_WITHOUT_THE_VERSION: Final = frozenset(
    {
        _O.DECLINED,
        _O.EXPIRED,
        _O.BLOCKED,
        _O.NOT_INSTALLED,
        _O.STOPPED,
        _O.BROKE,
        _O.VERSION_WENT_DOWN,
    }
)


class Progress(StrEnum):
    """How far an approved upgrade is, as far as whoever approved it is concerned."""

    PREPARING = "preparing"
    INSTALLING = "installing"
    DONE = "done"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A request for consent, as the templates show it.

    Attributes:
        version_now: What is installed, in the form that Salesforce's Setup shows.
        version_to_come: What would be installed, in the same form.
        asked_by: Who asked, as far as it says something to people outside.
        terms_url: Where the terms can be read; empty where only AppExchange shows them.
        answered_by: Masked address of whoever answered.
    """

    org: OrgRegistration
    environment: str
    approval: Approval
    status: ApprovalStatus
    progress: Progress
    version_now: str
    version_to_come: str
    warnings: tuple[Finding, ...]
    asked_by: str
    terms_url: str
    registered_email: str
    answered_by: str

    @classmethod
    def of(cls, request: ApprovalRequest, now: datetime) -> ApprovalView:
        """The view of a request at a time."""
        approval, migration = request.approval, request.migration
        registration = request.org.registration
        return cls(
            org=registration,
            environment=environment_of(registration),
            approval=approval,
            status=status_at(approval, now),
            progress=_progress(request),
            version_now=_as_setup_shows(approval.version_now),
            version_to_come=str(approval.target.version),
            warnings=_warnings(migration),
            asked_by=asked_by(migration),
            terms_url=_web_address(approval.terms.url),
            registered_email=masked(registration.salesforce_admin_email),
            answered_by=_answered_by(approval.answer),
        )


def status_at(approval: Approval, now: datetime) -> ApprovalStatus:
    """Where a request stands; one out of date has expired, whether or not that is stored yet."""
    if approval.status is ApprovalStatus.PENDING and now >= approval.expires_at:
        return ApprovalStatus.EXPIRED
    return approval.status


def _as_setup_shows(version: str) -> str:
    try:
        return str(PackageVersion.parse(version))
    except ValueError:
        return "unknown"


def _answered_by(answer: Answer | None) -> str:
    return masked(answer.email) if answer and answer.email else ""


def _warnings(migration: Migration) -> tuple[Finding, ...]:
    return tuple(
        each
        for each in migration.findings
        if each.severity is Severity.WARNING and each.code not in _FOR_OPERATORS
    )


def _progress(request: ApprovalRequest) -> Progress:
    migration = request.migration
    if _is_upgraded(migration) or _has_the_version(request):
        return Progress.DONE
    if migration.is_over:
        return Progress.ENDED
    installing = migration.step is MigrationStep.INSTALLING
    return Progress.INSTALLING if installing else Progress.PREPARING


def _is_upgraded(migration: Migration) -> bool:
    """Whether it went on from the upgrade, which may have been to a lower version than asked."""
    if migration.is_over:
        return migration.outcome not in _WITHOUT_THE_VERSION
    return migration.step not in _WITHIN_THE_UPGRADE


def _has_the_version(request: ApprovalRequest) -> bool:
    """Whether the version was read from the org; whatever the migration does now, it is there."""
    snapshot = request.org.snapshot
    package = snapshot.package if snapshot else None
    return package is not None and package.version.is_at_least(request.approval.target.version)


def _web_address(url: str) -> str:
    return url if url.startswith("https://") else ""
