"""Finding the Zoom package among an org's installed packages.

"Not installed" is only ever the result of a complete list in which every package is identified;
whatever makes the list doubtful is a failure.
"""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.salesforce.answers import (
    Json,
    MalformedAnswer,
    a_flag,
    a_name,
    a_number,
    an_id,
    an_object,
    is_id,
    page_in,
)
from zoom_migrator.adapters.salesforce.errors import CheckFailed, Refused
from zoom_migrator.adapters.salesforce.paging import all_rows
from zoom_migrator.adapters.salesforce.queries import (
    PACKAGES,
    PACKAGES_WITH_VERSIONS,
    Addresses,
    version_by_id,
)
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.domain.check import InstalledPackage
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.version import PackageVersion

# How the Tooling API answers, with status 400 or 500, where it stumbles over one package.
_ODD_PACKAGE: Final = "UNKNOWN_EXCEPTION"
_MAX_PART: Final = 99_999
_MAX_BUILD: Final = 999_999_999


def installed_package(session: OrgSession, addresses: Addresses) -> InstalledPackage | None:
    """The Zoom package as the org has it, or None if the org plainly does not have it.

    Raises:
        CheckFailed: That cannot be told.
    """
    try:
        row = _row_of_zoom(session, addresses)
    except Refused as refusal:
        if refusal.fault.code != "INVALID_TYPE":
            raise
        # Without the right to see packages the object itself does not exist for a user.
        raise CheckFailed(
            FailureCode.PACKAGES_NOT_VISIBLE, refusal.detail, refusal.http_status
        ) from None
    if row is None:
        return None
    version = row.get("SubscriberPackageVersion")
    if version is None:
        version = _version_of(row, session, addresses)
    return _package(row, an_object(version, "SubscriberPackageVersion"))


def _row_of_zoom(session: OrgSession, addresses: Addresses) -> Json | None:
    try:
        return _found(session, addresses, PACKAGES_WITH_VERSIONS)
    except Refused as refusal:
        if refusal.fault.code != _ODD_PACKAGE:
            raise
    # One odd package makes the joined query fail for the whole org; the plain list still works.
    return _found(session, addresses, PACKAGES)


def _found(session: OrgSession, addresses: Addresses, soql: str) -> Json | None:
    unidentified = 0
    for row in all_rows(session, addresses.tooling_query(soql), of="packages"):
        if _is_zoom(row, addresses.settings):
            return row
        unidentified += not (_namespace(row) or _package_id(row))
    if unidentified:
        raise MalformedAnswer(f"{unidentified} packages with neither id nor namespace")
    return None


def _is_zoom(row: Json, settings: SalesforceSettings) -> bool:
    """Whether a row is the Zoom package; never by its name, which another package shares."""
    return (
        _namespace(row).lower() == settings.namespace.lower()
        or _package_id(row)[:15] == settings.package_id[:15]
    )


def _namespace(row: Json) -> str:
    package = row.get("SubscriberPackage")
    value = package.get("NamespacePrefix") if isinstance(package, dict) else None
    return value if isinstance(value, str) else ""


def _package_id(row: Json) -> str:
    value = row.get("SubscriberPackageId")
    return value if isinstance(value, str) and is_id(value, "033") else ""


def _version_of(row: Json, session: OrgSession, addresses: Addresses) -> object:
    version_id = row.get("SubscriberPackageVersionId")
    if not isinstance(version_id, str) or not is_id(version_id, "04t"):
        raise CheckFailed(FailureCode.VERSION_NOT_READABLE, "the package has no version id")
    try:
        answer = session.get(addresses.tooling_query(version_by_id(version_id)))
    except Refused as refusal:
        odd = refusal.fault.code == _ODD_PACKAGE
        if not odd and refusal.code is not FailureCode.REQUEST_REJECTED:
            raise
        raise CheckFailed(
            FailureCode.VERSION_NOT_READABLE, refusal.detail, refusal.http_status
        ) from None
    rows = page_in(answer).rows
    if not rows:
        raise CheckFailed(FailureCode.VERSION_NOT_READABLE, f"no version {version_id}")
    return rows[0]


def _package(row: Json, version: Json) -> InstalledPackage:
    package = row.get("SubscriberPackage")
    return InstalledPackage(
        version=number_of(version),
        version_id=an_id(version, "Id", "04t"),
        package_id=_package_id(row),
        name=a_name(package, "Name") if isinstance(package, dict) else "",
    )


def number_of(version: Json) -> PackageVersion:
    """The number of a version, from its record.

    Raises:
        MalformedAnswer: It lacks a part, or a part is not a number.
    """
    return PackageVersion(
        major=_part(version, "MajorVersion"),
        minor=_part(version, "MinorVersion"),
        patch=_part(version, "PatchVersion"),
        build=_part(version, "BuildNumber", _MAX_BUILD),
        beta=a_flag(version, "IsBeta"),
    )


def _part(version: Json, field: str, limit: int = _MAX_PART) -> int:
    number = a_number(version, field)
    if number > limit:
        raise MalformedAnswer(f"{field} is {number}")
    return number
