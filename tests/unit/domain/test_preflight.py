"""What speaks against an upgrade before it begins: one finding for every code."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.builders import (
    MINIMUM,
    NOW,
    PACKAGE_ID,
    TARGET_ID,
    VERSION_ID,
    a_finding,
    a_full_snapshot,
    a_snapshot,
    a_target,
    an_install_request,
    some_org_facts,
    some_permissions,
    some_upgrade_facts,
)
from zoom_migrator.domain.check import ApiUsage, OrgSnapshot, PlatformCache
from zoom_migrator.domain.finding import Finding, FindingCode, Severity, worst
from zoom_migrator.domain.preflight import preflight
from zoom_migrator.domain.status import REASONS_ABOUT_THE_UPGRADE, BlockedReason
from zoom_migrator.domain.upgrade import InstallStatus, TargetVersion, UpgradeFacts, UpgradeRules

BEHIND = a_full_snapshot("3.23.0.4")
RULES = UpgradeRules(PACKAGE_ID, MINIMUM)
C = FindingCode


def findings_of(
    snapshot: OrgSnapshot = BEHIND,
    facts: UpgradeFacts | None = None,
    *,
    rules: UpgradeRules = RULES,
    now: datetime = NOW,
) -> tuple[Finding, ...]:
    return preflight(snapshot, facts or some_upgrade_facts(), rules, now)


def the_finding(
    snapshot: OrgSnapshot = BEHIND, facts: UpgradeFacts | None = None
) -> tuple[FindingCode, Severity, BlockedReason | None]:
    """The only finding; that it is told in words is checked."""
    (finding,) = findings_of(snapshot, facts)
    assert finding.message.endswith(".")
    assert finding.remedy == finding.remedy.strip()
    return finding.code, finding.severity, finding.blocked_reason


def blocking(
    code: FindingCode, reason: BlockedReason
) -> tuple[FindingCode, Severity, BlockedReason]:
    return code, Severity.BLOCKING, reason


def warning(code: FindingCode) -> tuple[FindingCode, Severity, None]:
    return code, Severity.WARNING, None


def waiting(code: FindingCode) -> tuple[FindingCode, Severity, None]:
    return code, Severity.WAIT, None


def offering(target: TargetVersion | None = None, refusal: str = "") -> UpgradeFacts:
    return UpgradeFacts(target=target, refusal=refusal)


def test_nothing_speaks_against_a_good_target_in_a_healthy_org() -> None:
    assert findings_of() == ()


class TestTheTarget:
    def test_a_version_that_the_org_does_not_know_cannot_be_installed(self) -> None:
        assert the_finding(facts=offering(None)) == blocking(
            C.TARGET_NOT_FOUND, BlockedReason.TARGET_NOT_USABLE
        )

    @pytest.mark.parametrize(
        ("refusal", "reason"),
        [
            (
                "INSTALL_KEY_REQUIRED: Please provide installationkey",
                BlockedReason.TARGET_NOT_USABLE,
            ),
            ("INSUFFICIENT_ACCESS: no access", BlockedReason.INSTALL_NOT_ALLOWED),
            ("Something else", BlockedReason.UPGRADE_FAILED),
        ],
    )
    def test_a_refusal_blocks_and_its_words_are_kept(
        self, refusal: str, reason: BlockedReason
    ) -> None:
        (finding,) = findings_of(facts=offering(None, refusal))

        assert (finding.code, finding.severity) == (C.TARGET_REFUSED, Severity.BLOCKING)
        assert (finding.blocked_reason, finding.raw) == (reason, refusal)
        assert finding.remedy.endswith("`zoom-migrator migrate resume`.")

    def test_a_refusal_that_passes_by_itself_is_waited_for(self) -> None:
        (finding,) = findings_of(facts=offering(None, "This package is not yet available"))

        assert (finding.code, finding.severity) == (C.TARGET_NOT_READY, Severity.WAIT)
        assert finding.raw == "This package is not yet available"

    def test_a_version_of_another_package_is_refused_whatever_else_it_is(self) -> None:
        stranger = a_target("3.1b2", package_id="0338a000000ZZicAAG")

        assert the_finding(facts=offering(stranger)) == blocking(
            C.TARGET_OF_ANOTHER_PACKAGE, BlockedReason.TARGET_NOT_USABLE
        )

    def test_both_forms_of_the_package_id_name_one_package(self) -> None:
        assert findings_of(facts=offering(a_target(package_id=PACKAGE_ID[:15]))) == ()
        assert findings_of(rules=UpgradeRules(PACKAGE_ID[:15], MINIMUM)) == ()

    def test_a_beta_is_refused(self) -> None:
        assert the_finding(facts=offering(a_target("3.30b2"))) == blocking(
            C.TARGET_IS_BETA, BlockedReason.TARGET_NOT_USABLE
        )

    def test_a_version_that_cannot_authorize_is_refused(self) -> None:
        assert the_finding(facts=offering(a_target("3.26.9.1"))) == blocking(
            C.TARGET_TOO_OLD, BlockedReason.TARGET_NOT_USABLE
        )

    @pytest.mark.parametrize("version", ["3.27", "3.27.0.1", "3.100", "4.0"])
    def test_the_lowest_version_and_all_above_are_fine(self, version: str) -> None:
        assert findings_of(facts=offering(a_target(version))) == ()

    def test_a_version_older_than_the_installed_one_is_refused(self) -> None:
        assert the_finding(a_full_snapshot("3.30"), offering(a_target("3.28"))) == blocking(
            C.TARGET_OLDER_THAN_INSTALLED, BlockedReason.TARGET_NOT_USABLE
        )

    def test_the_installed_version_itself_is_not_older(self) -> None:
        assert findings_of(a_full_snapshot("3.28.0.9"), offering(a_target("3.28.0.1"))) == ()

    @pytest.mark.parametrize(
        "verdict", ["PACKAGE_UNAVAILABLE", "PACKAGE_UNAVAILABLE_CRC", "UNINSTALL_IN_PROGRESS"]
    )
    def test_a_verdict_that_passes_by_itself_is_waited_for(self, verdict: str) -> None:
        assert the_finding(facts=offering(a_target(validation=verdict))) == waiting(
            C.TARGET_NOT_READY
        )

    @pytest.mark.parametrize(
        "verdict",
        [
            "BETA_INSTALL_INTO_PRODUCTION_ORG",
            "CANNOT_UPGRADE_UNMANAGED",
            "DEPRECATED_INSTALL_PACKAGE",
            "NO_ACCESS",
            "NAMESPACE_COLLISION",
            "A_VERDICT_OF_A_LATER_RELEASE",
        ],
    )
    def test_any_other_verdict_blocks_and_is_kept(self, verdict: str) -> None:
        (finding,) = findings_of(facts=offering(a_target(validation=verdict)))

        assert finding.code is C.TARGET_NOT_INSTALLABLE
        assert finding.severity is Severity.BLOCKING
        assert finding.raw == verdict

    @pytest.mark.parametrize(
        "verdict", ["", "NO_ERRORS_DETECTED", "UNKNOWN_ERROR", "PACKAGE_NOT_INSTALLED"]
    )
    def test_no_verdict_says_nothing_against_it(self, verdict: str) -> None:
        assert findings_of(facts=offering(a_target(validation=verdict))) == ()


class TestTheOrg:
    def test_a_user_who_may_not_install_blocks(self) -> None:
        snapshot = replace(BEHIND, permissions=some_permissions(install_packages=False))

        assert the_finding(snapshot) == blocking(
            C.INSTALL_NOT_PERMITTED, BlockedReason.INSTALL_NOT_ALLOWED
        )

    def test_unknown_permissions_are_a_warning(self) -> None:
        assert the_finding(replace(BEHIND, permissions=None)) == warning(C.PERMISSIONS_UNKNOWN)

    def test_a_read_only_org_blocks(self) -> None:
        snapshot = replace(BEHIND, org=replace(some_org_facts(), is_read_only=True))

        assert the_finding(snapshot) == blocking(C.ORG_READ_ONLY, BlockedReason.ORG_NOT_UPGRADABLE)

    @pytest.mark.parametrize("ended", [NOW, NOW - timedelta(seconds=1), NOW - timedelta(days=99)])
    def test_a_trial_that_is_over_blocks(self, ended: datetime) -> None:
        snapshot = replace(BEHIND, org=replace(some_org_facts(), trial_expires_at=ended))

        assert the_finding(snapshot) == blocking(C.TRIAL_EXPIRED, BlockedReason.ORG_NOT_UPGRADABLE)

    @pytest.mark.parametrize("left", [timedelta(seconds=1), timedelta(days=14)])
    def test_a_trial_that_is_about_to_end_is_a_warning(self, left: timedelta) -> None:
        snapshot = replace(BEHIND, org=replace(some_org_facts(), trial_expires_at=NOW + left))

        assert the_finding(snapshot) == warning(C.TRIAL_ENDING)

    def test_a_trial_with_time_left_is_no_matter(self) -> None:
        ends = NOW + timedelta(days=14, seconds=1)
        snapshot = replace(BEHIND, org=replace(some_org_facts(), trial_expires_at=ends))

        assert findings_of(snapshot) == ()

    @pytest.mark.parametrize(
        "edition",
        [
            "Professional Edition",
            "Group Edition",
            "Salesforce Starter",
            "Essentials",
            "PROFESSIONAL",
        ],
    )
    def test_an_edition_that_may_lack_features_is_a_warning(self, edition: str) -> None:
        snapshot = replace(BEHIND, org=replace(some_org_facts(), edition=edition))

        assert the_finding(snapshot) == warning(C.EDITION_MAY_LACK_FEATURES)

    @pytest.mark.parametrize(
        "edition", ["Enterprise Edition", "Unlimited Edition", "Developer Edition", ""]
    )
    def test_other_editions_are_no_matter(self, edition: str) -> None:
        assert findings_of(replace(BEHIND, org=replace(some_org_facts(), edition=edition))) == ()

    def test_an_org_that_could_not_be_read_is_a_warning(self) -> None:
        assert the_finding(replace(BEHIND, org=None)) == warning(C.ORG_UNKNOWN)

    def test_platform_cache_that_could_not_be_seen_is_a_warning(self) -> None:
        snapshot = replace(BEHIND, platform_cache=PlatformCache.UNKNOWN)

        assert the_finding(snapshot) == warning(C.PLATFORM_CACHE_UNKNOWN)

    @pytest.mark.parametrize(
        "cache", [cache for cache in PlatformCache if cache is not PlatformCache.UNKNOWN]
    )
    def test_platform_cache_that_was_seen_is_no_matter(self, cache: PlatformCache) -> None:
        assert findings_of(replace(BEHIND, platform_cache=cache)) == ()

    @pytest.mark.parametrize(("left", "is_enough"), [(199, False), (0, False), (200, True)])
    def test_an_org_without_calls_to_spare_is_waited_for(self, left: int, is_enough: bool) -> None:
        snapshot = replace(BEHIND, api_usage=ApiUsage(used=5_000 - left, limit=5_000))

        codes = [finding.code for finding in findings_of(snapshot)]

        assert codes == ([] if is_enough else [C.API_CALLS_NEARLY_USED_UP])

    def test_unknown_calls_are_no_matter(self) -> None:
        assert findings_of(replace(BEHIND, api_usage=None)) == ()


class TestRunningInstalls:
    def test_an_install_of_another_package_is_waited_for(self) -> None:
        facts = some_upgrade_facts(a_target(), an_install_request(version_id=VERSION_ID))

        assert the_finding(facts=facts) == waiting(C.OTHER_INSTALL_RUNNING)

    @pytest.mark.parametrize("version_id", [TARGET_ID, TARGET_ID[:15]])
    def test_an_install_of_the_target_itself_is_no_obstacle(self, version_id: str) -> None:
        facts = some_upgrade_facts(a_target(), an_install_request(version_id=version_id))

        assert findings_of(facts=facts) == ()

    @pytest.mark.parametrize(
        "status", [status for status in InstallStatus if status is not InstallStatus.IN_PROGRESS]
    )
    def test_an_install_that_is_over_is_no_obstacle(self, status: InstallStatus) -> None:
        facts = some_upgrade_facts(a_target(), an_install_request(status, version_id=VERSION_ID))

        assert findings_of(facts=facts) == ()


class TestSeveralFindings:
    def test_all_that_is_wrong_is_told_at_once_and_the_most_serious_first(self) -> None:
        snapshot = replace(
            a_snapshot("3.23"),
            permissions=some_permissions(install_packages=False),
            org=replace(some_org_facts(), is_read_only=True, edition="Professional Edition"),
            api_usage=ApiUsage(used=5_000, limit=5_000),
        )
        facts = some_upgrade_facts(
            a_target("3.26"), an_install_request(version_id=VERSION_ID, request_id="0Hf")
        )

        found = findings_of(snapshot, facts)

        assert [(finding.code, finding.severity) for finding in found] == [
            (C.TARGET_TOO_OLD, Severity.BLOCKING),
            (C.INSTALL_NOT_PERMITTED, Severity.BLOCKING),
            (C.ORG_READ_ONLY, Severity.BLOCKING),
            (C.API_CALLS_NEARLY_USED_UP, Severity.WAIT),
            (C.OTHER_INSTALL_RUNNING, Severity.WAIT),
            (C.EDITION_MAY_LACK_FEATURES, Severity.WARNING),
            (C.PLATFORM_CACHE_UNKNOWN, Severity.WARNING),
        ]

    def test_every_blocking_finding_has_a_reason_and_a_remedy(self) -> None:
        snapshot = replace(
            BEHIND,
            permissions=some_permissions(install_packages=False),
            org=replace(some_org_facts(), is_read_only=True, trial_expires_at=NOW),
        )

        for finding in findings_of(snapshot, offering(a_target("3.20b1"))):
            assert finding.severity is Severity.BLOCKING
            assert finding.blocked_reason in REASONS_ABOUT_THE_UPGRADE
            assert "zoom-migrator migrate resume" in finding.remedy

    def test_what_blocks_decides_over_what_has_to_be_waited_for(self) -> None:
        block = a_finding(C.ORG_READ_ONLY, Severity.BLOCKING)
        wait = a_finding(C.OTHER_INSTALL_RUNNING, Severity.WAIT)

        assert worst([a_finding(), wait, block]) is block
        assert worst([a_finding(), wait]) is wait

    def test_warnings_decide_nothing(self) -> None:
        assert worst([a_finding()]) is None
        assert worst([]) is None

    def test_of_several_that_block_the_first_decides(self) -> None:
        first = a_finding(C.TARGET_TOO_OLD, Severity.BLOCKING)

        assert worst([first, a_finding(C.ORG_READ_ONLY, Severity.BLOCKING)]) is first
