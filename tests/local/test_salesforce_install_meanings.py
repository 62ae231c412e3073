"""Every failure that the simulator knows means to the product what it is."""

from __future__ import annotations

from typing import Final

import pytest

from local.salesforce import InstallFailure
from zoom_migrator.domain.install_failure import meaning_of_install_errors

_F = InstallFailure
MEANINGS: Final[dict[InstallFailure, tuple[str, str]]] = {
    _F.NOT_YET_AVAILABLE: ("version_not_available", "retry"),
    _F.NO_SUCH_VERSION: ("version_not_available", "retry"),
    _F.VERSION_DELETED: ("version_not_available", "retry"),
    _F.INVALID_CROSS_REFERENCE: ("version_not_available", "retry"),
    _F.ROW_LOCKED: ("row_locked", "retry"),
    _F.SETUP_LOCKED: ("row_locked", "retry"),
    _F.PLATFORM_CACHE: ("platform_cache_missing", "person"),
    _F.PLATFORM_CACHE_ON_PAGE: ("platform_cache_missing", "person"),
    _F.FEATURE_MISSING: ("feature_missing", "person"),
    _F.FEATURE_MISSING_ON_PAGE: ("feature_missing", "person"),
    _F.NO_COMMON_ANCESTOR: ("no_upgrade_path", "person"),
    _F.NEWER_VERSION: ("newer_version_installed", "superseded"),
    _F.DEPRECATED: ("version_deprecated", "person"),
    _F.PACKAGE_REQUIRED: ("base_package_missing", "person"),
    _F.SCRIPT_FAILED: ("post_install_script_failed", "person"),
    _F.TEST_FAILED: ("apex_failed", "person"),
    _F.LIMIT_REACHED: ("org_limit_reached", "person"),
    _F.KEY_REQUIRED: ("installation_key_required", "person"),
    _F.KEY_INVALID: ("installation_key_invalid", "person"),
    _F.NOT_ALLOWED: ("install_not_allowed", "person"),
    _F.SEVERAL: ("platform_cache_missing", "person"),
    _F.UNHEARD_OF: ("unknown", "person"),
    _F.NO_REASON: ("unknown", "person"),
    # Its text is made up; a refusal has the platform's own code.
    _F.LICENSE_REQUIRED: ("unknown", "person"),
}


@pytest.mark.parametrize("failure", InstallFailure)
def test_the_end_of_an_install_is_understood(failure: InstallFailure) -> None:
    meaning = meaning_of_install_errors(failure.messages)
    assert (meaning.code, meaning.kind) == MEANINGS[failure]


@pytest.mark.parametrize(
    "failure", [one for one in InstallFailure if one is not _F.LICENSE_REQUIRED]
)
def test_a_refusal_at_once_means_the_same(failure: InstallFailure) -> None:
    refusal = failure.refusal()
    meaning = meaning_of_install_errors([f"{refusal.code}: {refusal.message}"])
    assert (meaning.code, meaning.kind) == MEANINGS[failure]


def test_a_missing_license_is_understood_by_its_code() -> None:
    refusal = InstallFailure.LICENSE_REQUIRED.refusal()
    meaning = meaning_of_install_errors([f"{refusal.code}: {refusal.message}"])
    assert meaning.code == "package_not_licensed"
