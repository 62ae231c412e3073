"""What speaks against the version that is to be installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zoom_migrator.domain.check import OrgSnapshot
from zoom_migrator.domain.finding import Finding, FindingCode, Severity
from zoom_migrator.domain.install_failure import InstallFailureKind, meaning_of_install_errors
from zoom_migrator.domain.salesforce_id import same_id
from zoom_migrator.domain.status import BlockedReason
from zoom_migrator.domain.upgrade import TargetVersion, UpgradeFacts, UpgradeRules

# Verdicts of InstallValidationStatus that pass by themselves; @salesforce/packaging waits for
# the same. Source of all names: Tooling API reference, SubscriberPackageVersion.
_PASSING_VERDICTS: Final = ("PACKAGE_UNAVAILABLE", "UNINSTALL_IN_PROGRESS")
_NO_VERDICT: Final = ("", "NO_ERRORS_DETECTED", "UNKNOWN_ERROR", "PACKAGE_NOT_INSTALLED")
_CONFIGURE: Final = "Deploy with the right PackageVersionId, then: `zoom-migrator migrate resume`."


def about_target(
    snapshot: OrgSnapshot, facts: UpgradeFacts, rules: UpgradeRules
) -> Iterator[Finding]:
    """What an org says about the version that is configured."""
    if facts.refusal:
        meaning = meaning_of_install_errors([facts.refusal])
        if meaning.kind is InstallFailureKind.RETRY:
            yield Finding(
                FindingCode.TARGET_NOT_READY, Severity.WAIT, meaning.summary, raw=facts.refusal
            )
        else:
            yield Finding(
                FindingCode.TARGET_REFUSED,
                Severity.BLOCKING,
                meaning.summary,
                meaning.remedy,
                meaning.blocked_reason,
                facts.refusal,
            )
    elif facts.target is None:
        yield _unusable(
            FindingCode.TARGET_NOT_FOUND, "The org does not know the configured package version."
        )
    else:
        yield from _about_version(facts.target, snapshot, rules)


def _about_version(
    target: TargetVersion, snapshot: OrgSnapshot, rules: UpgradeRules
) -> Iterator[Finding]:
    if not same_id(target.package_id, rules.package_id):
        yield _unusable(
            FindingCode.TARGET_OF_ANOTHER_PACKAGE,
            f"The configured version belongs to package {target.package_id}, "
            f"not to the Zoom package {rules.package_id}.",
        )
        return
    if target.version.beta:
        yield _unusable(
            FindingCode.TARGET_IS_BETA, f"The configured version {target.version} is a beta."
        )
    if not target.version.is_at_least(rules.minimum):
        yield _unusable(
            FindingCode.TARGET_TOO_OLD,
            f"The configured version {target.version} is lower than {rules.minimum}.",
        )
    installed = snapshot.package.version if snapshot.package else None
    if installed is not None and not target.version.is_at_least(installed):
        yield _unusable(
            FindingCode.TARGET_OLDER_THAN_INSTALLED,
            f"The configured version {target.version} is older than the installed {installed}.",
        )
    yield from _about_verdict(target.validation)


def _about_verdict(verdict: str) -> Iterator[Finding]:
    if verdict.startswith(_PASSING_VERDICTS):
        yield Finding(
            FindingCode.TARGET_NOT_READY,
            Severity.WAIT,
            "Salesforce is not ready to install the version in this org.",
            raw=verdict,
        )
    elif verdict not in _NO_VERDICT:
        yield _unusable(
            FindingCode.TARGET_NOT_INSTALLABLE,
            "Salesforce says that the configured version cannot be installed in this org.",
            raw=verdict,
        )


def _unusable(code: FindingCode, message: str, raw: str = "") -> Finding:
    return Finding(
        code, Severity.BLOCKING, message, _CONFIGURE, BlockedReason.TARGET_NOT_USABLE, raw
    )
