"""What is looked at before an upgrade, and what each finding means.

A finding is data: a stable code, how serious it is, what it means in words, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.check import OrgSnapshot, PlatformCache
from zoom_migrator.domain.install_failure import InstallFailureKind, meaning_of_install_errors
from zoom_migrator.domain.salesforce_id import same_id
from zoom_migrator.domain.status import BlockedReason
from zoom_migrator.domain.upgrade import InstallStatus, TargetVersion, UpgradeFacts
from zoom_migrator.domain.version import PackageVersion


class Severity(StrEnum):
    """How serious a finding is.

    ``BLOCKING`` stops before anything is changed. ``WAIT`` passes by itself. ``WARNING`` is
    shown to whoever approves.
    """

    BLOCKING = "blocking"
    WAIT = "wait"
    WARNING = "warning"


class FindingCode(StrEnum):
    """What was found. Codes are stable: scripts may rely on them."""

    TARGET_NOT_FOUND = "target_not_found"
    TARGET_REFUSED = "target_refused"
    TARGET_OF_ANOTHER_PACKAGE = "target_of_another_package"
    TARGET_IS_BETA = "target_is_beta"
    TARGET_TOO_OLD = "target_too_old"
    TARGET_OLDER_THAN_INSTALLED = "target_older_than_installed"
    TARGET_NOT_INSTALLABLE = "target_not_installable"
    TARGET_NOT_READY = "target_not_ready"
    INSTALL_NOT_PERMITTED = "install_not_permitted"
    PERMISSIONS_UNKNOWN = "permissions_unknown"
    ORG_READ_ONLY = "org_read_only"
    TRIAL_EXPIRED = "trial_expired"
    TRIAL_ENDING = "trial_ending"
    EDITION_MAY_LACK_FEATURES = "edition_may_lack_features"
    ORG_UNKNOWN = "org_unknown"
    PLATFORM_CACHE_UNKNOWN = "platform_cache_unknown"
    API_CALLS_NEARLY_USED_UP = "api_calls_nearly_used_up"
    OTHER_INSTALL_RUNNING = "other_install_running"
    STANDING_ACCEPTANCE_MISSING = "standing_acceptance_missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the pre-flight found.

    Attributes:
        message: What it is, in words for people.
        remedy: What to do about it; empty where nothing has to be done.
        blocked_reason: Reason code the org gets from a blocking finding.
        raw: What Salesforce said, where it said something.
    """

    code: FindingCode
    severity: Severity
    message: str
    remedy: str = ""
    blocked_reason: BlockedReason | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class UpgradeRules:
    """What a target has to be.

    Attributes:
        package_id: Id of the Zoom package (``033...``).
        minimum: Lowest version that can authorize with OAuth.
    """

    package_id: str
    minimum: PackageVersion


# Calls an upgrade needs in all, with plenty to spare for the org's own integrations.
_CALLS_NEEDED: Final = 200
_TRIAL_NOTICE: Final = timedelta(days=14)
# Salesforce gives these editions Apex, and with it Platform Cache, only in part or not at all.
_LESSER_EDITIONS: Final = ("professional", "essentials", "group", "starter", "contact manager")
# Verdicts of InstallValidationStatus that pass by themselves; @salesforce/packaging waits for
# the same. Source of all names: Tooling API reference, SubscriberPackageVersion.
_PASSING_VERDICTS: Final = ("PACKAGE_UNAVAILABLE", "UNINSTALL_IN_PROGRESS")
_NO_VERDICT: Final = ("", "NO_ERRORS_DETECTED", "UNKNOWN_ERROR", "PACKAGE_NOT_INSTALLED")
_CONFIGURE: Final = "Deploy with the right PackageVersionId, then: `zoom-migrator migrate resume`."
_W = Severity.WARNING


def preflight(
    snapshot: OrgSnapshot, facts: UpgradeFacts, rules: UpgradeRules, now: datetime
) -> tuple[Finding, ...]:
    """Everything that speaks against an upgrade now, the most serious first.

    Args:
        snapshot: What a check has just seen; its package must be there.
        facts: What the org says about the target and its installs.
    """
    findings = [
        *_about_target(snapshot, facts, rules),
        *_about_permissions(snapshot),
        *_about_org(snapshot, now),
        *_about_platform_cache(snapshot),
        *_about_api_calls(snapshot),
        *_about_running_installs(facts),
    ]
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


def worst(findings: Sequence[Finding]) -> Finding | None:
    """The finding that decides whether to go on, or None if none speaks against it."""
    order = (Severity.BLOCKING, Severity.WAIT)
    deciding = [finding for finding in findings if finding.severity in order]
    return min(deciding, key=lambda finding: order.index(finding.severity), default=None)


def _about_target(
    snapshot: OrgSnapshot, facts: UpgradeFacts, rules: UpgradeRules
) -> Iterator[Finding]:
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


def _about_permissions(snapshot: OrgSnapshot) -> Iterator[Finding]:
    permissions = snapshot.permissions
    if permissions is None:
        yield Finding(
            FindingCode.PERMISSIONS_UNKNOWN,
            _W,
            "Whether the integration user may install packages could not be found out.",
        )
    elif not permissions.install_packages:
        yield Finding(
            FindingCode.INSTALL_NOT_PERMITTED,
            Severity.BLOCKING,
            "The integration user may not install packages.",
            "Give it the permission 'Download AppExchange Packages', or set upgrade_policy to "
            "manual for this org. Then: `zoom-migrator migrate resume`.",
            BlockedReason.INSTALL_NOT_ALLOWED,
        )


def _about_org(snapshot: OrgSnapshot, now: datetime) -> Iterator[Finding]:
    org = snapshot.org
    if org is None:
        yield Finding(
            FindingCode.ORG_UNKNOWN, _W, "Edition and state of the org could not be found out."
        )
        return
    if org.is_read_only:
        yield _not_upgradable(
            FindingCode.ORG_READ_ONLY,
            "The org is read-only at present.",
            "Wait until Salesforce has finished its maintenance or the org's move.",
        )
    if org.trial_expires_at is not None:
        yield from _about_trial(org.trial_expires_at, now)
    if any(word in org.edition.lower() for word in _LESSER_EDITIONS):
        yield Finding(
            FindingCode.EDITION_MAY_LACK_FEATURES,
            _W,
            f"This org is a {org.edition}, which may lack a feature that the package needs.",
            "If the upgrade fails with 'Missing feature', contact Salesforce Support.",
        )


def _about_trial(expires_at: datetime, now: datetime) -> Iterator[Finding]:
    if expires_at <= now:
        yield _not_upgradable(
            FindingCode.TRIAL_EXPIRED,
            f"The org's trial ended on {expires_at:%Y-%m-%d}.",
            "Ask the org's owner whether it is still needed.",
        )
    elif expires_at - now <= _TRIAL_NOTICE:
        yield Finding(
            FindingCode.TRIAL_ENDING, _W, f"The org's trial ends on {expires_at:%Y-%m-%d}."
        )


def _about_platform_cache(snapshot: OrgSnapshot) -> Iterator[Finding]:
    if snapshot.platform_cache is PlatformCache.UNKNOWN:
        yield Finding(
            FindingCode.PLATFORM_CACHE_UNKNOWN,
            _W,
            "Whether the org has Platform Cache, which the package needs, could not be found out.",
            "If the upgrade fails with 'Platform Cache Partitions Missing feature', contact "
            "Salesforce Support.",
        )


def _about_api_calls(snapshot: OrgSnapshot) -> Iterator[Finding]:
    usage = snapshot.api_usage
    if usage is not None and usage.limit - usage.used < _CALLS_NEEDED:
        yield Finding(
            FindingCode.API_CALLS_NEARLY_USED_UP,
            Severity.WAIT,
            f"The org has used {usage.used} of its {usage.limit} API calls of the last 24 hours.",
            "Look in Setup > Company Information for who uses them.",
        )


def _about_running_installs(facts: UpgradeFacts) -> Iterator[Finding]:
    others = [
        request
        for request in facts.requests
        if request.status is InstallStatus.IN_PROGRESS
        and not (facts.target and same_id(request.version_id, facts.target.version_id))
    ]
    if others:
        yield Finding(
            FindingCode.OTHER_INSTALL_RUNNING,
            Severity.WAIT,
            f"Another package ({others[0].version_id}) is being installed in this org.",
        )


def _unusable(code: FindingCode, message: str, raw: str = "") -> Finding:
    return Finding(
        code, Severity.BLOCKING, message, _CONFIGURE, BlockedReason.TARGET_NOT_USABLE, raw
    )


def _not_upgradable(code: FindingCode, message: str, remedy: str) -> Finding:
    return Finding(
        code,
        Severity.BLOCKING,
        message,
        remedy + " Then: `zoom-migrator migrate resume`.",
        BlockedReason.ORG_NOT_UPGRADABLE,
    )
