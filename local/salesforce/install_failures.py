"""Why installs fail, in the words that clients have met.

Sources: the texts that CumulusCI retries; issues of sf, packaging and of open-source packages that
quote an org's answer; Zoom KB0058199; Salesforce's install FAQ for AppExchange; errorCodes of the
partner and Metadata APIs. Not published, and made up here in the shape of the others: the API's
text for Platform Cache (the article quotes the page), and the texts for limits, tests, licences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from local.salesforce.errors import ApiError

# For failures of which no errorCode is known: a Metadata StatusCode that names installs.
_INSTALL_FAILED: Final = "PACKAGING_API_INSTALL_FAILED"


class InstallFailure(StrEnum):
    """A reason for an install to fail, by name."""

    NOT_YET_AVAILABLE = "not_yet_available"
    NO_SUCH_VERSION = "no_such_version"
    VERSION_DELETED = "version_deleted"
    INVALID_CROSS_REFERENCE = "invalid_cross_reference"
    ROW_LOCKED = "row_locked"
    SETUP_LOCKED = "setup_locked"
    PLATFORM_CACHE = "platform_cache"
    PLATFORM_CACHE_ON_PAGE = "platform_cache_on_page"
    FEATURE_MISSING = "feature_missing"
    FEATURE_MISSING_ON_PAGE = "feature_missing_on_page"
    NO_COMMON_ANCESTOR = "no_common_ancestor"
    NEWER_VERSION = "newer_version"
    DEPRECATED = "deprecated"
    PACKAGE_REQUIRED = "package_required"
    SCRIPT_FAILED = "script_failed"
    TEST_FAILED = "test_failed"
    LIMIT_REACHED = "limit_reached"
    LICENSE_REQUIRED = "license_required"
    KEY_REQUIRED = "key_required"
    KEY_INVALID = "key_invalid"
    NOT_ALLOWED = "not_allowed"
    SEVERAL = "several"
    UNHEARD_OF = "unheard_of"
    NO_REASON = "no_reason"

    @property
    def messages(self) -> tuple[str, ...]:
        """The messages of the install request; NO_REASON has none."""
        return _WORDS[self].messages

    def refusal(self) -> ApiError:
        """Return the same as the answer to the request that asks for the install."""
        words = _WORDS[self]
        message = " ".join(words.messages) or "The package can't be installed."
        return ApiError(words.status, words.code, message)


@dataclass(frozen=True, slots=True)
class _Words:
    messages: tuple[str, ...]
    code: str = _INSTALL_FAILED
    status: int = 400


def _words(message: str, code: str = _INSTALL_FAILED, status: int = 400) -> _Words:
    return _Words((message,), code, status)


_F = InstallFailure
_LOCKED: Final = "unable to obtain exclusive access to this record"
_CACHE_MISSING: Final = "Missing Organization Feature: PlatformCache null"

_WORDS: Final[dict[InstallFailure, _Words]] = {
    _F.NOT_YET_AVAILABLE: _words("This package is not yet available"),
    _F.NO_SUCH_VERSION: _words(
        "InstalledPackage version number : 3.28 does not exist!", "INVALID_PACKAGE_VERSION"
    ),
    _F.VERSION_DELETED: _words(
        "The requested package doesn't yet exist or has been deleted.",
        "INVALID_CROSS_REFERENCE_KEY",
    ),
    _F.INVALID_CROSS_REFERENCE: _words("invalid cross reference id", "INVALID_CROSS_REFERENCE_KEY"),
    _F.ROW_LOCKED: _words(_LOCKED, "UNABLE_TO_LOCK_ROW"),
    _F.SETUP_LOCKED: _words(
        "The changes you requested require salesforce.com to temporarily lock your organization's"
        " administration setup. However, the administration setup has already been locked by"
        " another change. Please wait for the previous action to finish, then try again later.",
        "ALREADY_IN_PROCESS",
    ),
    _F.PLATFORM_CACHE: _words(_CACHE_MISSING),
    _F.PLATFORM_CACHE_ON_PAGE: _words(
        "This app can't be upgraded: Platform Cache Partitions Missing feature"
    ),
    _F.FEATURE_MISSING: _words("Missing Organization Feature: CommonPortal null"),
    _F.FEATURE_MISSING_ON_PAGE: _words(
        "Missing feature Installing this package requires the following feature and its associated"
        " permissions: Apex Classes"
    ),
    _F.NO_COMMON_ANCESTOR: _words(
        "Invalid Upgrade., Details: The currently installed version does not share a common"
        " ancestor with this version."
    ),
    _F.NEWER_VERSION: _words("A newer version of this package is currently installed."),
    _F.DEPRECATED: _words(
        "AppExchange Package is Deprecated, Details: The AppExchange package has been deprecated"
        " and can no longer be installed."
    ),
    _F.PACKAGE_REQUIRED: _words(
        'A required package is missing: Package "Base", Version 1.2 or later must be installed'
        " first.",
        "VALIDATION_FAILED",
    ),
    _F.SCRIPT_FAILED: _words(
        "The package installation failed. Error Message: The post install script failed."
    ),
    _F.TEST_FAILED: _words(
        "An Apex test of the package failed: System.AssertException: Assertion Failed"
    ),
    _F.LIMIT_REACHED: _words("The install exceeds the maximum number of custom objects."),
    _F.LICENSE_REQUIRED: _words(
        "This org has no license for the package.", "PACKAGE_LICENSE_REQUIRED"
    ),
    _F.KEY_REQUIRED: _words(
        "Please provide installationkey when querying against SubscriberPackageVersion that is"
        " protected by installationkey",
        "INSTALL_KEY_REQUIRED",
    ),
    _F.KEY_INVALID: _words(
        "Invalid InstallationKey for SubscriberPackageVersion", "INSTALL_KEY_INVALID"
    ),
    _F.NOT_ALLOWED: _words(
        "insufficient access rights to install a package", "INSUFFICIENT_ACCESS", 403
    ),
    _F.SEVERAL: _Words((_LOCKED, _CACHE_MISSING)),
    _F.UNHEARD_OF: _words("Flux capacitor out of phase: 88", "UNKNOWN_EXCEPTION"),
    _F.NO_REASON: _Words(()),
}
