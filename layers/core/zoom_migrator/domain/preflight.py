"""What is looked at before an upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.domain.check import OrgSnapshot, PlatformCache
from zoom_migrator.domain.finding import Finding, FindingCode, Severity
from zoom_migrator.domain.salesforce_id import same_id
from zoom_migrator.domain.status import BlockedReason
from zoom_migrator.domain.target_findings import about_target
from zoom_migrator.domain.upgrade import InstallStatus, UpgradeFacts, UpgradeRules

# Calls an upgrade needs in all, with plenty to spare for the org's own integrations.
_CALLS_NEEDED: Final = 200
_TRIAL_NOTICE: Final = timedelta(days=14)
# Salesforce gives these editions Apex, and with it Platform Cache, only in part or not at all.
_LESSER_EDITIONS: Final = ("professional", "essentials", "group", "starter", "contact manager")
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
        *about_target(snapshot, facts, rules),
        *_about_permissions(snapshot),
        *_about_org(snapshot, now),
        *_about_platform_cache(snapshot),
        *_about_api_calls(snapshot),
        *_about_running_installs(facts),
    ]
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


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


def _not_upgradable(code: FindingCode, message: str, remedy: str) -> Finding:
    return Finding(
        code,
        Severity.BLOCKING,
        message,
        remedy + " Then: `zoom-migrator migrate resume`.",
        BlockedReason.ORG_NOT_UPGRADABLE,
    )
