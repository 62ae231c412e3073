"""What clients send to have a package version installed, and the checks of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.salesforce.errors import ApiError
from local.salesforce.ids import is_record_id, to_18
from local.salesforce.install_failures import InstallFailure
from local.salesforce.model import PublishedVersion

# All three spellings of "all users" and "admins only" are in daily use, so letter case is free.
_SECURITY_TYPES: Final = frozenset(("full", "none", "custom", "push"))
_DEFAULTS: Final[dict[str, object]] = {
    "SecurityType": "None",
    "NameConflictResolution": "Block",
    "EnableRss": False,
    "UpgradeType": "mixed-mode",
    "ApexCompileType": "all",
    "PackageInstallSource": None,
    "SkipHandlers": None,
    "ProfileMappings": None,
}


def completed(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of an install request with the platform's defaults, without the key.

    Raises:
        ApiError: A value is not allowed.
    """
    security = values.get("SecurityType") or _DEFAULTS["SecurityType"]
    if str(security).lower() not in _SECURITY_TYPES:
        raise ApiError(
            400,
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"Security Type: bad value for restricted picklist field: {security}",
            ("SecurityType",),
        )
    given = {name: value for name, value in values.items() if value is not None}
    return {**_DEFAULTS, **given, "Password": None}


def version_of(key: object, published: Mapping[str, PublishedVersion]) -> PublishedVersion:
    """Return the version that a request names by its id.

    Raises:
        ApiError: It is no id of a version, or the version is not known.
    """
    if not isinstance(key, str) or not is_record_id(key, "04t"):
        raise ApiError(
            400,
            "INVALID_ID_FIELD",
            f"Subscriber Package Version Key: id value of incorrect type: {key}",
            ("SubscriberPackageVersionKey",),
        )
    version = published.get(to_18(key))
    if version is None:
        raise InstallFailure.VERSION_DELETED.refusal()
    return version
