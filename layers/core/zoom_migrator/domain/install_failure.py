"""What it means that a package install failed.

Salesforce gives a failed ``PackageInstallRequest`` free text and no code, so words are all there
is to go by. They are matched loosely, the raw text is always kept, and a text that matches nothing
is shown as it is. Sources: the texts CumulusCI retries; Zoom KB0058199; Salesforce's install FAQ
for AppExchange; ExceptionCode of the partner API. The wording of the Platform Cache failure in the
API is not published: Zoom's article quotes the page, not the API.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.status import BlockedReason


class InstallFailureKind(StrEnum):
    """What to do about a failed install.

    ``RETRY`` passes by itself. ``SUPERSEDED`` may mean that the org is already where it should
    be, which only its version can tell. ``PERSON`` needs somebody.
    """

    RETRY = "retry"
    SUPERSEDED = "superseded"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class InstallFailure:
    """What a failed install means for people.

    Attributes:
        code: Stable name of the failure; scripts may rely on it.
        blocked_reason: Reason code the org gets where a person is needed.
    """

    code: str
    kind: InstallFailureKind
    summary: str
    remedy: str = ""
    blocked_reason: BlockedReason = BlockedReason.UPGRADE_FAILED


_K = InstallFailureKind
_SUPPORT: Final = (
    "Open a case with Salesforce Support for this org: ask them to enable Platform Cache "
    "partitions, and quote what Salesforce said (below). Then: `zoom-migrator migrate resume`."
)
_RESUME: Final = " Then: `zoom-migrator migrate resume`."

_PLATFORM_CACHE: Final = InstallFailure(
    "platform_cache_missing",
    _K.PERSON,
    "The org lacks Platform Cache, which the Zoom package needs.",
    _SUPPORT,
    BlockedReason.CONTACT_SALESFORCE_SUPPORT,
)
_UNKNOWN: Final = InstallFailure(
    "unknown",
    _K.PERSON,
    "The upgrade failed for a reason the migrator does not know.",
    "Read what Salesforce said (below) and mend it, or upgrade by hand in Setup." + _RESUME,
)

# The first match counts, so what is said of Platform Cache stands before missing features at
# large, and what is worth waiting for stands before what is not.
_FAILURES: Final[tuple[tuple[re.Pattern[str], InstallFailure], ...]] = tuple(
    (re.compile(words, re.IGNORECASE), failure)
    for words, failure in (
        (r"platform[\s_-]*cache|verify code (in cache|check fail)", _PLATFORM_CACHE),
        (
            r"newer version of this package|CANNOT_INSTALL_EARLIER_VERSION",
            InstallFailure(
                "newer_version_installed",
                _K.SUPERSEDED,
                "A newer version of the package is already installed.",
                "Configure a newer PackageVersionId." + _RESUME,
                BlockedReason.TARGET_NOT_USABLE,
            ),
        ),
        (
            r"not yet available|PACKAGE_UNAVAILABLE|InstalledPackage version number"
            r"|requested package doesn.t yet exist|invalid cross reference id"
            r"|INVALID_CROSS_REFERENCE_KEY",
            InstallFailure(
                "version_not_available",
                _K.RETRY,
                "Salesforce does not offer the package version in this org's instance (yet).",
                "Check that PackageVersionId is the id (04t...) of a released version." + _RESUME,
                BlockedReason.TARGET_NOT_USABLE,
            ),
        ),
        (
            r"exclusive access to this record|UNABLE_TO_LOCK_ROW"
            r"|setup has already been locked|ALREADY_IN_PROCESS",
            InstallFailure(
                "row_locked",
                _K.RETRY,
                "Something else in the org was changing the package at the same time.",
                "Wait until other installs and deployments in the org are done." + _RESUME,
            ),
        ),
        (
            r"UNINSTALL_IN_PROGRESS|install(ation)? (is )?(already )?in progress",
            InstallFailure(
                "org_busy",
                _K.RETRY,
                "Another install or uninstall is running in the org.",
                "Wait until it is done." + _RESUME,
            ),
        ),
        (
            r"missing\s+(organi[sz]ation\s+)?feature|requires the following feature",
            InstallFailure(
                "feature_missing",
                _K.PERSON,
                "The org lacks a feature that the package needs.",
                "The feature is named in what Salesforce said (below). Ask Salesforce Support or "
                "your account executive whether this org can have it." + _RESUME,
                BlockedReason.CONTACT_SALESFORCE_SUPPORT,
            ),
        ),
        (
            r"common ancestor",
            InstallFailure(
                "no_upgrade_path",
                _K.PERSON,
                "The installed version cannot be upgraded to this one.",
                "Ask Zoom for the upgrade path from the installed version; it may have to be "
                "uninstalled first, which removes its data." + _RESUME,
                BlockedReason.TARGET_NOT_USABLE,
            ),
        ),
        (
            r"package (is|has been) deprecated|DEPRECATED_INSTALL_PACKAGE",
            InstallFailure(
                "version_deprecated",
                _K.PERSON,
                "The configured package version is deprecated and can no longer be installed.",
                "Configure a current PackageVersionId." + _RESUME,
                BlockedReason.TARGET_NOT_USABLE,
            ),
        ),
        (
            r"INVALID_PACKAGE_VERSION",
            InstallFailure(
                "version_invalid",
                _K.PERSON,
                "Salesforce finds the configured package version invalid for this org.",
                "Check that PackageVersionId is the id (04t...) of a released version." + _RESUME,
                BlockedReason.TARGET_NOT_USABLE,
            ),
        ),
        (
            r"required package is missing|must be installed first",
            InstallFailure(
                "base_package_missing",
                _K.PERSON,
                "Another package has to be installed first.",
                "Install the package that Salesforce names (below)." + _RESUME,
            ),
        ),
        (
            r"post.?install script failed",
            InstallFailure(
                "post_install_script_failed",
                _K.PERSON,
                "The package's own set-up script failed in this org.",
                "Try again once; if it fails again, ask Zoom Support with the text (below)."
                + _RESUME,
            ),
        ),
        (
            r"please provide installation ?key|INSTALL_KEY_REQUIRED",
            InstallFailure(
                "installation_key_required",
                _K.PERSON,
                "The package version asks for an installation key.",
                "Store the key with `zoom-migrator setup installation-key`." + _RESUME,
                BlockedReason.TARGET_NOT_USABLE,
            ),
        ),
        (
            r"invalid installation ?key|INSTALL_KEY_INVALID",
            InstallFailure(
                "installation_key_invalid",
                _K.PERSON,
                "Salesforce refuses the installation key.",
                "Store the right key with `zoom-migrator setup installation-key`." + _RESUME,
                BlockedReason.TARGET_NOT_USABLE,
            ),
        ),
        (
            r"INSUFFICIENT_ACCESS|insufficient (access|privileges)|PACKAGING_NO_ACCESS|NO_ACCESS",
            InstallFailure(
                "install_not_allowed",
                _K.PERSON,
                "The integration user may not install packages.",
                "Give it the permission 'Download AppExchange Packages'." + _RESUME,
                BlockedReason.INSTALL_NOT_ALLOWED,
            ),
        ),
        (
            r"PACKAGE_LICENSE_REQUIRED|PACKAGE_DISABLED|DisabledPackage|PackageBlocked",
            InstallFailure(
                "package_not_licensed",
                _K.PERSON,
                "Salesforce blocks the package for this org: disabled or without a licence.",
                "Ask Zoom Support, with what Salesforce said (below)." + _RESUME,
            ),
        ),
        (
            r"(exceed|over|reached|maximum).{0,60}(limit|number of)|limit exceeded",
            InstallFailure(
                "org_limit_reached",
                _K.PERSON,
                "The org has reached a limit (custom objects, tabs, apps or the like).",
                "Make room in the org; the limit is named in what Salesforce said (below)."
                + _RESUME,
            ),
        ),
        (
            r"apex test|test failure|failing test|System\.\w*Exception",
            InstallFailure(
                "apex_failed",
                _K.PERSON,
                "Apex code failed during the install.",
                "Give Zoom Support or the org's developers what Salesforce said (below)." + _RESUME,
            ),
        ),
    )
)


def meaning_of_install_errors(messages: Sequence[str]) -> InstallFailure:
    """What the messages of a failed install mean together.

    The Platform Cache decides wherever it is named. Otherwise something that needs a person
    outweighs what would pass by itself.
    """
    found = [_meaning_of(message) for message in messages] or [_UNKNOWN]
    return min(found, key=_weight)


def is_about_a_newer_version(messages: Sequence[str]) -> bool:
    """Whether the org may be where it should be by now, which only its version can tell."""
    return meaning_of_install_errors(messages).kind is InstallFailureKind.SUPERSEDED


def _meaning_of(message: str) -> InstallFailure:
    return next((failure for words, failure in _FAILURES if words.search(message)), _UNKNOWN)


def _weight(failure: InstallFailure) -> int:
    if failure is _PLATFORM_CACHE:
        return 0
    if failure.kind is InstallFailureKind.PERSON:
        return 2 if failure is _UNKNOWN else 1
    return 3 if failure.kind is InstallFailureKind.SUPERSEDED else 4
