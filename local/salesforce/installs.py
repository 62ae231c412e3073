"""PackageInstallRequest: what an org does when it is asked to install a package version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from local.salesforce.errors import ApiError
from local.salesforce.ids import derived_id, is_record_id, to_18
from local.salesforce.model import PublishedVersion, SimulatedPackage, SimulatedUser
from local.salesforce.versions import VersionNumber

if TYPE_CHECKING:
    from local.salesforce.org import Row, RunningOrg

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


@dataclass(slots=True)
class _Request:
    row: Row
    version: PublishedVersion
    started_at: float
    polls: int = 0


class InstallRequests:
    """The install requests of one org."""

    def __init__(self, org: RunningOrg, published: dict[str, PublishedVersion]) -> None:
        """Start with no request; ``published`` is what can be installed, by 04t id."""
        self._org = org
        self._published = published
        self._requests: dict[str, _Request] = {}

    def create(self, values: dict[str, object], user: SimulatedUser) -> str:
        """Start an install and return the id of its request.

        Raises:
            ApiError: The version is not known or a value is not allowed.
        """
        version = self._version(values.get("SubscriberPackageVersionKey"))
        security = values.get("SecurityType") or _DEFAULTS["SecurityType"]
        if str(security).lower() not in _SECURITY_TYPES:
            raise ApiError(
                400,
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                f"Security Type: bad value for restricted picklist field: {security}",
                ("SecurityType",),
            )
        given = {name: value for name, value in values.items() if value is not None}
        request_id = derived_id("0Hf", self._org.host, str(len(self._requests)))
        row: Row = {
            **_DEFAULTS,
            **given,
            "Id": request_id,
            "IsDeleted": False,
            "CreatedDate": self._org.timestamp(),
            "CreatedById": self._org.user_id(user),
            "Status": "IN_PROGRESS",
            "Errors": None,
        }
        row.pop("Password", None)
        self._requests[request_id] = _Request(row, version, self._org.clock())
        return request_id

    def rows(self, only: str | None = None) -> list[Row]:
        """Return the requests as records; asking for one by id counts as a poll of it."""
        if only is not None:
            request = self._requests.get(to_18(only))
            if request is None:
                return []
            self._poll(request)
            return [request.row]
        for request in self._requests.values():
            self._finish_if_due(request)
        return [request.row for request in self._requests.values()]

    def validation_status(self, version: PublishedVersion) -> str:
        """Return the verdict that the platform gives before an install."""
        installed = self._org.document.package_of(version.namespace)
        if installed is None:
            return "NO_ERRORS_DETECTED"
        if installed.number > VersionNumber.parse(version.version):
            return "CANNOT_INSTALL_EARLIER_VERSION"
        if installed.beta:
            return "CANNOT_UPGRADE_BETA"
        if version.beta and not self._org.document.sandbox:
            return "BETA_INSTALL_INTO_PRODUCTION_ORG"
        return "NO_ERRORS_DETECTED"

    def _version(self, key: object) -> PublishedVersion:
        if not isinstance(key, str) or not is_record_id(key, "04t"):
            raise ApiError(
                400,
                "INVALID_ID_FIELD",
                f"Subscriber Package Version Key: id value of incorrect type: {key}",
                ("SubscriberPackageVersionKey",),
            )
        version = self._published.get(to_18(key))
        if version is None:
            raise ApiError(
                400,
                "INVALID_CROSS_REFERENCE_KEY",
                "The requested package doesn't yet exist or has been deleted.",
            )
        return version

    def _poll(self, request: _Request) -> None:
        self._finish_if_due(request)
        request.polls += 1

    def _finish_if_due(self, request: _Request) -> None:
        if request.row["Status"] != "IN_PROGRESS":
            return
        behaviour = self._org.document.install
        if behaviour.seconds is not None:
            due = self._org.clock() - request.started_at >= behaviour.seconds
        else:
            due = request.polls >= behaviour.polls
        if due:
            self._finish(request)

    def _finish(self, request: _Request) -> None:
        error = self._org.document.install.error or self._reason_to_fail(request.version)
        if error is not None:
            request.row["Status"] = "ERROR"
            request.row["Errors"] = {"errors": [{"message": error}]}
            return
        version = request.version
        self._org.install_package(
            SimulatedPackage(
                namespace=version.namespace,
                package_id=version.package_id,
                name=version.name,
                version=version.version,
                beta=version.beta,
                version_id=version.version_id,
            )
        )
        request.row["Status"] = "SUCCESS"

    def _reason_to_fail(self, version: PublishedVersion) -> str | None:
        if version.needs_platform_cache and not self._org.document.platform_cache:
            # The exact wording for Platform Cache is not public; the shape is that of other
            # features ("Missing Organization Feature: CommonPortal null").
            return "Missing Organization Feature: PlatformCache null"
        status = self.validation_status(version)
        if status == "CANNOT_INSTALL_EARLIER_VERSION":
            return "A newer version of this package is currently installed."
        return None
