"""How what a step comes upon ends a migration."""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.check import CheckFailure, CheckResult
from zoom_migrator.domain.failure import FailureKind, meaning_of
from zoom_migrator.domain.finding import Finding
from zoom_migrator.domain.migration import Ending, MigrationOutcome
from zoom_migrator.domain.status import BlockedReason

_RESUME: Final = " Then: `zoom-migrator migrate resume`."


def ending_by(result: CheckResult) -> Ending | None:
    """How a finding ends a migration, if it does.

    A failure that passes by itself ends nothing, and neither does a package that is there,
    whatever its version.
    """
    if isinstance(result, CheckFailure):
        return _ending_by_failure(result)
    if result.package is None:
        return Ending(
            MigrationOutcome.NOT_INSTALLED, detail="The Zoom package is not installed any more."
        )
    return None


def _ending_by_failure(failure: CheckFailure) -> Ending | None:
    meaning = meaning_of(failure.code)
    if meaning.kind is not FailureKind.OPERATOR_ACTION:
        return None
    return blocked(
        meaning.summary,
        meaning.remedy + _RESUME,
        code=failure.code,
        reason=meaning.blocked_reason,
        said=failure.detail,
    )


def ending_by_finding(finding: Finding) -> Ending:
    """How something that the pre-flight found ends a migration."""
    return blocked(
        finding.message,
        finding.remedy,
        code=finding.code,
        reason=finding.blocked_reason or BlockedReason.ORG_NOT_UPGRADABLE,
        said=finding.raw,
    )


def ending_after_waiting(failure: CheckFailure) -> Ending:
    """How a migration ends that an org kept waiting for too long."""
    meaning = meaning_of(failure.code)
    return blocked(
        f"The org could not be reached for too long. {meaning.summary}",
        "Find out why, and wait until a scan reaches the org." + _RESUME,
        code=failure.code,
        said=failure.detail,
    )


def blocked(
    detail: str, remedy: str, *, code: str, reason: BlockedReason | None = None, said: str = ""
) -> Ending:
    """An ending that needs a person."""
    return Ending(
        MigrationOutcome.BLOCKED,
        detail=detail,
        remedy=remedy,
        said=said,
        failure_code=code,
        blocked_reason=reason or BlockedReason.UPGRADE_FAILED,
    )
