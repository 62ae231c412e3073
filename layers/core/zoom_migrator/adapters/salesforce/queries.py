"""What is asked: SOQL texts, and the addresses they are sent to.

Names of objects and fields come from settings, where they are checked to be plain identifiers;
values are always quoted here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote_plus

from zoom_migrator.adapters.salesforce.settings import SalesforceSettings

_MAX_KEY_ROWS: Final = 200
_MAX_REQUESTS: Final = 20
# Source: Tooling API reference, InstalledSubscriberPackage. "High cost" fields of a version, such
# as its dependencies or its security review, make the query slow or fail for the whole org.
_PACKAGE_FIELDS: Final = (
    "SubscriberPackageId",
    "SubscriberPackageVersionId",
    "SubscriberPackage.NamespacePrefix",
    "SubscriberPackage.Name",
)
_VERSION_FIELDS: Final = (
    "Id",
    "MajorVersion",
    "MinorVersion",
    "PatchVersion",
    "BuildNumber",
    "IsBeta",
)
# Source: Tooling API reference, PackageInstallRequest.
_REQUEST_FIELDS: Final = ("Id", "SubscriberPackageVersionKey", "Status", "CreatedDate")

_USER_FIELDS: Final = ("Username", "Email")
_ORGANIZATION_FIELDS: Final = (
    "Name",
    "OrganizationType",
    "InstanceName",
    "IsSandbox",
    "IsReadOnly",
    "TrialExpirationDate",
)
_PERMISSION_FIELDS: Final = (
    "PermissionsModifyAllData",
    "PermissionsInstallPackaging",
    "PermissionsViewSetup",
    "PermissionsCustomizeApplication",
    "PermissionsAuthorApex",
)


def select(fields: Iterable[str], source: str, *rest: str) -> str:
    """A query of fields of an object, with whatever else is in it."""
    return " ".join(("SELECT", ", ".join(fields), "FROM", source, *rest))


PACKAGES: Final = select(_PACKAGE_FIELDS, "InstalledSubscriberPackage")
PACKAGES_WITH_VERSIONS: Final = select(
    (*_PACKAGE_FIELDS, *(f"SubscriberPackageVersion.{name}" for name in _VERSION_FIELDS)),
    "InstalledSubscriberPackage",
)


def quoted(value: str) -> str:
    """A value as a SOQL string literal.

    Source: SOQL and SOSL reference, "Quoted string escape sequences".
    """
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + escaped.replace("\n", "\\n").replace("\r", "\\r") + "'"


def version_by_id(version_id: str) -> str:
    """Ask for one version; the object refuses every other kind of filter."""
    return select(_VERSION_FIELDS, "SubscriberPackageVersion", "WHERE Id =", quoted(version_id))


def version_to_install(version_id: str, installation_key: str) -> str:
    """Ask for one version, and whether it can be installed.

    The key is a filter of its own kind: without it, a protected version is not described.
    Source: Tooling API reference, SubscriberPackageVersion.
    """
    key = ("AND InstallationKey =", quoted(installation_key)) if installation_key else ()
    fields = (*_VERSION_FIELDS, "SubscriberPackageId", "InstallValidationStatus")
    return select(fields, "SubscriberPackageVersion", "WHERE Id =", quoted(version_id), *key)


def recent_install_requests() -> str:
    """Ask for the newest install requests.

    ``Errors`` is left out: whether a field of its kind may be selected for many rows at once is
    not documented.
    """
    return select(
        _REQUEST_FIELDS,
        "PackageInstallRequest",
        "ORDER BY CreatedDate DESC",
        f"LIMIT {_MAX_REQUESTS}",
    )


def install_request_by_id(request_id: str) -> str:
    """Ask for one install request, with what it says about its failure."""
    fields = (*_REQUEST_FIELDS, "Errors")
    return select(fields, "PackageInstallRequest", "WHERE Id =", quoted(request_id))


@dataclass(frozen=True, slots=True)
class Addresses:
    """The paths of one API version, and what is sent to them."""

    settings: SalesforceSettings

    @property
    def composite(self) -> str:
        """Where many requests are sent as one."""
        return f"{self._root}/composite"

    @property
    def install_requests(self) -> str:
        """Where package installs are asked for."""
        return f"{self._root}/tooling/sobjects/PackageInstallRequest"

    def record(self, name: str, record_id: str) -> str:
        """The address of a record of an object."""
        return f"{self._root}/sobjects/{name}/{record_id}"

    def description(self, name: str) -> str:
        """The address of what an org tells of an object and its fields."""
        return f"{self._root}/sobjects/{name}/describe"

    def query(self, soql: str) -> str:
        """The address of a query."""
        return f"{self._root}/query?q={quote_plus(soql)}"

    def tooling_query(self, soql: str) -> str:
        """The address of a Tooling query."""
        return f"{self._root}/tooling/query?q={quote_plus(soql)}"

    def inventory(self, *, org_id: str, user_id: str) -> dict[str, str]:
        """Addresses of what is asked about an org besides its packages, by name.

        The key and secret themselves are never selected: that they are not empty is asked of
        the database.
        """
        settings = self.settings
        return {
            "user": self._record("User", user_id, _USER_FIELDS),
            "organization": self._record("Organization", org_id, _ORGANIZATION_FIELDS),
            "keys": self.query(
                select(
                    ("Id",),
                    settings.keys_object,
                    f"WHERE {settings.keys_api_key_field} != null",
                    f"OR {settings.keys_api_secret_field} != null",
                    f"LIMIT {_MAX_KEY_ROWS}",
                )
            ),
            "key_rows": self.query(select(("COUNT()",), settings.keys_object)),
            "permissions": self.query(select(_PERMISSION_FIELDS, "UserPermissionAccess")),
            "cache": self.query(
                select(
                    ("Id",),
                    "PlatformCachePartition",
                    f"WHERE NamespacePrefix = {quoted(settings.namespace)}",
                    f"AND DeveloperName = {quoted(settings.cache_partition)}",
                )
            ),
        }

    @property
    def _root(self) -> str:
        return f"/services/data/v{self.settings.api_version}"

    def _record(self, name: str, record_id: str, fields: tuple[str, ...]) -> str:
        return f"{self.record(name, record_id)}?fields={','.join(fields)}"
