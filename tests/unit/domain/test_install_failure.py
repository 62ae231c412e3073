"""What a failed install means: every message that is known of, and those that are not."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoom_migrator.domain.install_failure import InstallFailureKind, meaning_of_install_errors
from zoom_migrator.domain.status import REASONS_ABOUT_THE_UPGRADE, BlockedReason

RETRY, SUPERSEDED, PERSON = InstallFailureKind

NOT_YET = "This package is not yet available"
AHEAD = "A newer version of this package is currently installed."
NO_CACHE = (
    "This app can't be upgraded: Platform Cache Partitions Missing feature, please contact "
    "Salesforce"
)
NO_FEATURE = "Missing Organization Feature: CommonPortal null"
NONSENSE = "java.lang.NullPointerException at common.udd.UddUtil"

MESSAGES = [
    # What CumulusCI repeats the request for.
    (NOT_YET, "version_not_available", RETRY),
    ("InstalledPackage version number : 3.28 does not exist!", "version_not_available", RETRY),
    (
        "The requested package doesn't yet exist or has been deleted.",
        "version_not_available",
        RETRY,
    ),
    (
        "The requested package doesn\u2019t yet exist or has been deleted.",
        "version_not_available",
        RETRY,
    ),
    ("invalid cross reference id", "version_not_available", RETRY),
    ("INVALID_CROSS_REFERENCE_KEY: invalid cross reference id", "version_not_available", RETRY),
    (
        "unable to obtain exclusive access to this record or 1 records: 0A3xx0000000001",
        "row_locked",
        RETRY,
    ),
    ("UNABLE_TO_LOCK_ROW", "row_locked", RETRY),
    # Verdicts that pass by themselves.
    ("PACKAGE_UNAVAILABLE", "version_not_available", RETRY),
    ("PACKAGE_UNAVAILABLE_ZIP", "version_not_available", RETRY),
    ("UNINSTALL_IN_PROGRESS", "org_busy", RETRY),
    ("Another installation is already in progress", "org_busy", RETRY),
    # The Platform Cache, in the article's words and in the form of other missing features.
    (NO_CACHE, "platform_cache_missing", PERSON),
    ("Oauth Fail! Can't find verify code in cache", "platform_cache_missing", PERSON),
    (
        "Oauth verify code check fail, please re-authorize",
        "platform_cache_missing",
        PERSON,
    ),
    ("Missing Organization Feature: PlatformCache null", "platform_cache_missing", PERSON),
    ("PLATFORM_CACHE is not enabled", "platform_cache_missing", PERSON),
    # Other features.
    (NO_FEATURE, "feature_missing", PERSON),
    ("Problem: 1. Missing Organization Feature: Tagging null", "feature_missing", PERSON),
    ("Missing Organisation Feature: MultiCurrency null", "feature_missing", PERSON),
    ("Missing feature", "feature_missing", PERSON),
    (
        "Installing this package requires the following feature and its associated permissions: "
        "Apex Classes",
        "feature_missing",
        PERSON,
    ),
    # Versions that do not fit.
    (AHEAD, "newer_version_installed", SUPERSEDED),
    ("CANNOT_INSTALL_EARLIER_VERSION", "newer_version_installed", SUPERSEDED),
    (
        "Invalid Upgrade., Details: The currently installed version does not share a common "
        "ancestor with this version.",
        "no_upgrade_path",
        PERSON,
    ),
    (
        "AppExchange Package is Deprecated, Details: The AppExchange package has been deprecated "
        "and can no longer be installed. Contact the package publisher",
        "version_deprecated",
        PERSON,
    ),
    ("DEPRECATED_INSTALL_PACKAGE", "version_deprecated", PERSON),
    ("INVALID_PACKAGE_VERSION", "version_invalid", PERSON),
    # What else stands in the way.
    (
        'VALIDATION_FAILED [Sales App: A required package is missing: Package "Base", '
        "Version 1.2 or later must be installed first.]",
        "base_package_missing",
        PERSON,
    ),
    (
        "The package installation failed. Please provide the following information. Error "
        "Message: The post install script failed.",
        "post_install_script_failed",
        PERSON,
    ),
    (
        "Please provide installationkey when querying against SubscriberPackageVersion that is "
        "protected by installationkey",
        "installation_key_required",
        PERSON,
    ),
    ("INSTALL_KEY_REQUIRED", "installation_key_required", PERSON),
    (
        "Invalid InstallationKey for SubscriberPackageVersion",
        "installation_key_invalid",
        PERSON,
    ),
    ("INSTALL_KEY_INVALID", "installation_key_invalid", PERSON),
    ("INSUFFICIENT_ACCESS_OR_READONLY", "install_not_allowed", PERSON),
    ("insufficient access rights on cross-reference id", "install_not_allowed", PERSON),
    ("PACKAGING_NO_ACCESS", "install_not_allowed", PERSON),
    ("NO_ACCESS", "install_not_allowed", PERSON),
    ("PACKAGE_LICENSE_REQUIRED", "package_not_licensed", PERSON),
    ("PACKAGE_DISABLED", "package_not_licensed", PERSON),
    ("DisabledPackage", "package_not_licensed", PERSON),
    ("PackageBlocked", "package_not_licensed", PERSON),
    ("You have reached the maximum number of custom objects", "org_limit_reached", PERSON),
    ("reached maximum number of custom tabs for your edition", "org_limit_reached", PERSON),
    ("This would exceed the limit of 10 active apps", "org_limit_reached", PERSON),
    ("Apex test failure: zoom_app.TestMeeting.create", "apex_failed", PERSON),
    ("System.NullPointerException: Attempt to de-reference a null object", "apex_failed", PERSON),
]


@pytest.mark.parametrize(("message", "code", "kind"), MESSAGES)
def test_every_known_message_is_understood(
    message: str, code: str, kind: InstallFailureKind
) -> None:
    meaning = meaning_of_install_errors([message])

    assert (meaning.code, meaning.kind) == (code, kind)


@pytest.mark.parametrize("message", [message for message, _, _ in MESSAGES])
def test_words_around_a_message_and_its_case_do_not_hide_it(message: str) -> None:
    meaning = meaning_of_install_errors([message])

    for variant in (f"1) {message}", f"Installation errors: \n1) {message}\n", message.upper()):
        assert meaning_of_install_errors([variant]) == meaning


@pytest.mark.parametrize("message", [message for message, _, _ in MESSAGES])
def test_every_meaning_is_told_in_whole_sentences_with_a_reason(message: str) -> None:
    meaning = meaning_of_install_errors([message])

    assert meaning.summary[:1].isupper()
    assert meaning.summary.endswith(".")
    assert meaning.remedy.endswith("`zoom-migrator migrate resume`.")
    assert meaning.blocked_reason in REASONS_ABOUT_THE_UPGRADE


class TestPlatformCache:
    def test_it_leads_to_salesforce_support(self) -> None:
        meaning = meaning_of_install_errors([NO_CACHE])

        assert meaning.blocked_reason is BlockedReason.CONTACT_SALESFORCE_SUPPORT
        assert "Salesforce Support" in meaning.remedy
        assert "Platform Cache" in meaning.summary

    @pytest.mark.parametrize("other", [message for message, _, _ in MESSAGES] + [NONSENSE])
    def test_it_decides_wherever_it_is_named(self, other: str) -> None:
        for messages in ([NO_CACHE, other], [other, NO_CACHE]):
            assert meaning_of_install_errors(messages).code == "platform_cache_missing"


class TestUnknownMessages:
    @pytest.mark.parametrize(
        "message", [NONSENSE, "", " ", "PACKAGING_API_INSTALL_FAILED", "Something went wrong"]
    )
    def test_a_person_has_to_read_them(self, message: str) -> None:
        meaning = meaning_of_install_errors([message])

        assert (meaning.code, meaning.kind) == ("unknown", PERSON)
        assert meaning.blocked_reason is BlockedReason.UPGRADE_FAILED
        assert "Read what Salesforce said" in meaning.remedy

    def test_a_failure_without_any_message_is_unknown_too(self) -> None:
        assert meaning_of_install_errors([]).code == "unknown"

    @given(st.text())
    def test_any_text_means_something(self, message: str) -> None:
        assert meaning_of_install_errors([message]).summary


class TestSeveralMessages:
    def test_what_needs_a_person_outweighs_what_passes(self) -> None:
        for messages in permutations([NOT_YET, NO_FEATURE, AHEAD]):
            assert meaning_of_install_errors(messages).code == "feature_missing"

    def test_what_is_known_to_need_a_person_outweighs_the_unknown(self) -> None:
        for messages in permutations([NONSENSE, NO_FEATURE]):
            assert meaning_of_install_errors(messages).code == "feature_missing"

    def test_the_unknown_outweighs_what_passes(self) -> None:
        for messages in permutations([NOT_YET, NONSENSE, AHEAD]):
            assert meaning_of_install_errors(messages).code == "unknown"

    def test_an_org_that_may_be_ahead_is_looked_at_before_anything_is_tried_again(self) -> None:
        for messages in permutations([NOT_YET, AHEAD]):
            assert meaning_of_install_errors(messages).kind is SUPERSEDED

    @given(st.permutations([message for message, _, _ in MESSAGES]), st.integers(1, 5))
    def test_their_order_does_not_change_what_is_done(
        self, messages: list[str], count: int
    ) -> None:
        some = messages[:count]

        kinds = {
            meaning_of_install_errors(order).kind for order in (some, some[::-1], sorted(some))
        }

        assert len(kinds) == 1
