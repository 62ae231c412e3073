"""The rows of each object of an org, and who may see which object and field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from local.salesforce.errors import ApiError
from local.salesforce.faults import FaultKind
from local.salesforce.ids import derived_id, to_18
from local.salesforce.install_decisions import wrong_key
from local.salesforce.model import (
    PackageDefect,
    PublishedVersion,
    SimulatedPackage,
    SimulatedUser,
)
from local.salesforce.org import Row, RunningOrg
from local.salesforce.schema import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_HISTORY,
    KEYS_OBJECT,
    OBJECTS,
    ObjectType,
)
from local.salesforce.versions import VersionNumber

_KEY_FIELDS: Final = frozenset((API_KEY_FIELD.lower(), API_SECRET_FIELD.lower()))
_NOTHING_HIDDEN: Final[frozenset[str]] = frozenset()
_PACKAGE_OBJECTS: Final = frozenset(("InstalledSubscriberPackage",))
_LONG_AGO: Final = "2021-03-01T09:00:00.000+0000"
# An id whose package version exists, but which the API cannot describe.
_UNKNOWN: Final = "An unexpected error occurred. Please include this ErrorId if you contact support"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the records of an org, through which API, under which switched-on oddities.

    An installation key that came with a query opens the versions that are protected by it.
    """

    org: RunningOrg
    user: SimulatedUser
    published: dict[str, PublishedVersion] = field(default_factory=dict)
    oddities: frozenset[FaultKind] = frozenset()
    tooling: bool = False
    installation_key: str | None = field(default=None, repr=False)

    def object_type(self, name: str) -> ObjectType | None:
        """Return the object of that name if this API has it and the user may see it."""
        connection = self.org.document.connection
        shows_it = name.lower() == connection.object.lower()
        found = connection.object_type if shows_it else OBJECTS.get(name.lower())
        if found is None or not (found.tooling if self.tooling else found.rest):
            return None
        if found.name in _PACKAGE_OBJECTS and not self.user.sees_packages:
            return None
        if found.name in (KEYS_OBJECT, KEYS_HISTORY) and not (
            self.org.has_keys_object() and self.user.sees_keys_object
        ):
            return None
        if shows_it and not (self.org.has_keys_object() and connection.shows_object):
            return None
        if found.name.startswith("PlatformCache") and not self.org.document.platform_cache:
            return None
        return found

    def hidden_fields(self, object_type: ObjectType) -> frozenset[str]:
        """Return the lower-case names of fields that field-level security hides."""
        hidden = _NOTHING_HIDDEN
        if object_type.name == KEYS_OBJECT:
            hidden = self.org.document.connection.hidden_fields
            if not self.user.sees_key_fields:
                hidden |= _KEY_FIELDS
        return hidden

    def rows(self, object_type: ObjectType, ids: frozenset[str] | None = None) -> list[Row]:
        """Return the rows of an object; ``ids`` (18 characters) narrows objects asked by id."""
        table = _TABLES.get(object_type.name, _connections)
        return table(self, ids)

    def defect_of(self, package: SimulatedPackage) -> PackageDefect:
        """Return what is odd about a package: by its document or by a fault."""
        if package.defect is not PackageDefect.NONE or not self.oddities:
            return package.defect
        if FaultKind.MISSING_PACKAGE in self.oddities:
            return PackageDefect.NO_PACKAGE
        if FaultKind.MISSING_PACKAGE_VERSION in self.oddities:
            return PackageDefect.NO_VERSION
        return PackageDefect.NONE

    def joined_versions_fail(self) -> bool:
        """Say whether one odd package makes every query that joins the versions fail."""
        return FaultKind.ODD_PACKAGE in self.oddities or any(
            package.defect is PackageDefect.UNKNOWN_EXCEPTION
            for package in self.org.document.packages
        )


def unknown_exception(org: RunningOrg) -> ApiError:
    """Return the answer of the platform to a query that hits an odd package."""
    number = derived_id("", org.org_id, "error")[:15]
    return ApiError(500, "UNKNOWN_EXCEPTION", f"{_UNKNOWN}: {number}")


def _organization(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    document = viewer.org.document
    return [
        {
            "Id": document.org_id,
            "Name": document.name,
            "OrganizationType": document.edition,
            "IsSandbox": document.sandbox,
            "InstanceName": document.instance,
            "NamespacePrefix": document.namespace,
            "TrialExpirationDate": document.trial_expires,
            "IsReadOnly": document.read_only,
            "PrimaryContact": document.users[0].name,
            "LanguageLocaleKey": "en_US",
            "DefaultLocaleSidKey": "en_US",
            "TimeZoneSidKey": "America/Los_Angeles",
            "CreatedDate": _LONG_AGO,
        }
    ]


def _users(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    return [_user(viewer.org, user) for user in viewer.org.document.users]


def _user(org: RunningOrg, user: SimulatedUser) -> Row:
    first, _, last = user.name.rpartition(" ")
    return {
        "Id": org.user_id(user),
        "Username": user.username,
        "Email": email_of(user),
        "Name": user.name,
        "FirstName": first or None,
        "LastName": last,
        "IsActive": user.active,
        "ProfileId": derived_id("00e", org.host, "Integration"),
        "UserType": "Standard",
        "LanguageLocaleKey": "en_US",
        "LocaleSidKey": "en_US",
        "TimeZoneSidKey": "America/Los_Angeles",
        "FederationIdentifier": None,
        "CreatedDate": _LONG_AGO,
    }


def email_of(user: SimulatedUser) -> str:
    """Return the mail address of a user; it is the username unless another is given."""
    return user.email if user.email is not None else user.username


def _permissions(user: SimulatedUser) -> Row:
    return {
        "PermissionsApiEnabled": True,
        "PermissionsModifyAllData": user.modify_all_data,
        "PermissionsInstallPackaging": user.install_packaging,
        "PermissionsViewSetup": user.view_setup,
        "PermissionsCustomizeApplication": user.customize_application,
        "PermissionsAuthorApex": user.author_apex,
    }


def _permission_access(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    row_id = derived_id("0UP", viewer.org.host, viewer.user.username)
    return [{"Id": row_id, "LastCacheUpdate": _LONG_AGO, **_permissions(viewer.user)}]


def _permission_sets(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    return [_permission_set(viewer.org, user) for user in viewer.org.document.users]


def _permission_set(org: RunningOrg, user: SimulatedUser) -> Row:
    set_id = derived_id("0PS", org.host, user.username.lower())
    return {
        "Id": set_id,
        "Name": f"X{set_id}",
        "Label": f"Profile of {user.name}",
        "IsOwnedByProfile": True,
        **_permissions(user),
    }


def _assignments(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    rows: list[Row] = []
    for user in viewer.org.document.users:
        permission_set = _permission_set(viewer.org, user)
        rows.append(
            {
                "Id": derived_id("0Pa", viewer.org.host, user.username.lower()),
                "AssigneeId": viewer.org.user_id(user),
                "Assignee": _user(viewer.org, user),
                "PermissionSetId": permission_set["Id"],
                "PermissionSet": permission_set,
            }
        )
    return rows


def _licenses(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    return [
        {
            "Id": derived_id("050", viewer.org.host, package.namespace),
            "NamespacePrefix": package.namespace,
            "Status": package.license_status,
            "ExpirationDate": None,
            "AllowedLicenses": -1,
            "UsedLicenses": 0,
            "IsProvisioned": True,
            "CreatedDate": _LONG_AGO,
        }
        for package in viewer.org.document.packages
        if package.managed
    ]


def _partitions(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    rows: list[Row] = []
    for partition in viewer.org.cache_partitions():
        row: Row = {
            "Id": derived_id("0Er", viewer.org.host, partition.namespace or "", partition.name),
            "DeveloperName": partition.name,
            "MasterLabel": partition.name,
            "Language": "en_US",
            "NamespacePrefix": partition.namespace,
            "IsDefaultPartition": partition.default,
            "Description": None,
            "IsDeleted": False,
            "CreatedDate": _LONG_AGO,
        }
        sizes = {"Session": partition.session_mb, "Organization": partition.organization_mb}
        row["PlatforCachePartitionTypes"] = [
            _partition_type(viewer.org, row, kind, size) for kind, size in sizes.items()
        ]
        rows.append(row)
    return rows


def _partition_type(org: RunningOrg, partition: Row, kind: str, size: int) -> Row:
    # A package's own partition lives on the capacity that its provider was given.
    packaged = partition["NamespacePrefix"] is not None
    return {
        "Id": derived_id("0Ev", org.host, str(partition["Id"]), kind),
        "PlatformCachePartitionId": partition["Id"],
        "PlatformCachePartition": partition,
        "CacheType": kind,
        "AllocatedCapacity": 0 if packaged else size,
        "AllocatedPartnerCapacity": size if packaged else 0,
        "AllocatedPurchasedCapacity": 0,
        "AllocatedTrialCapacity": 0,
    }


def _partition_types(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    rows: list[Row] = []
    for partition in _partitions(viewer, None):
        children = partition["PlatforCachePartitionTypes"]
        rows.extend(children if isinstance(children, list) else [])
    return rows


def _installed_packages(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    rows: list[Row] = []
    for package in viewer.org.document.packages:
        defect = viewer.defect_of(package)
        version_id = package.installed_version_id
        rows.append(
            {
                "Id": derived_id("0A3", viewer.org.host, package.namespace),
                "SubscriberPackageId": package.package_id,
                "SubscriberPackageVersionId": version_id,
                "MinPackageVersionId": version_id,
                "SubscriberPackage": None
                if defect is PackageDefect.NO_PACKAGE
                else _package(package.package_id, package.name, package.namespace),
                "SubscriberPackageVersion": None
                if defect is PackageDefect.NO_VERSION
                else _installed_version(package),
            }
        )
    return rows


def _package(package_id: str, name: str, namespace: str) -> Row:
    return {
        "Id": package_id,
        "Name": name,
        "NamespacePrefix": namespace,
        "Description": None,
        "IsPackageValid": True,
    }


def _packages(viewer: Viewer, ids: frozenset[str] | None) -> list[Row]:
    rows = [
        _package(package.package_id, package.name, package.namespace)
        for package in viewer.org.document.packages
    ]
    known = {row["Id"] for row in rows}
    for version in viewer.published.values():
        if version.package_id not in known:
            known.add(version.package_id)
            rows.append(_package(to_18(version.package_id), version.name, version.namespace))
    return [row for row in rows if ids is None or row["Id"] in ids]


def _versions(viewer: Viewer, ids: frozenset[str] | None) -> list[Row]:
    rows: list[Row] = []
    installed = {
        to_18(package.installed_version_id): package for package in viewer.org.document.packages
    }
    for version_id in ids or ():
        _check_key(viewer, version_id)
        package = installed.get(version_id)
        if package is not None:
            defect = viewer.defect_of(package)
            if defect is PackageDefect.UNKNOWN_EXCEPTION:
                raise unknown_exception(viewer.org)
            if defect is not PackageDefect.NO_VERSION:
                rows.append(_installed_version(package))
        elif version_id in viewer.published:
            rows.append(_published_version(viewer.org, viewer.published[version_id]))
    return rows


def _check_key(viewer: Viewer, version_id: str) -> None:
    version = viewer.published.get(version_id)
    failure = wrong_key(version, viewer.installation_key) if version is not None else None
    if failure is not None:
        raise failure.refusal()


def _installed_version(package: SimulatedPackage) -> Row:
    return _version(
        package.installed_version_id,
        package.package_id,
        package.name,
        package.number,
        beta=package.beta,
        managed=package.managed,
        container_options=package.container_options,
        status="NO_ERRORS_DETECTED",
    )


def _published_version(org: RunningOrg, version: PublishedVersion) -> Row:
    return _version(
        version.id,
        version.package_id,
        version.name,
        VersionNumber.parse(version.version),
        beta=version.beta,
        managed=True,
        container_options=None,
        status=str(org.installs.verdict(version)),
        protected=version.installation_key is not None,
    )


def _version(
    version_id: str,
    package_id: str,
    name: str,
    number: VersionNumber,
    *,
    beta: bool,
    managed: bool,
    container_options: str | None,
    status: str,
    protected: bool = False,
) -> Row:
    row: Row = dict.fromkeys(_VERSION_FIELDS)
    row |= {
        "Id": version_id,
        "Name": name,
        "SubscriberPackageId": package_id,
        "MajorVersion": number.major,
        "MinorVersion": number.minor,
        "PatchVersion": number.patch,
        "BuildNumber": number.build,
        "IsBeta": beta,
        "ReleaseState": "Beta" if beta else "Released",
        "IsManaged": managed,
        "IsDeprecated": False,
        "IsOrgDependent": "No",
        "IsPasswordProtected": protected,
        "IsSecurityReviewed": True,
        "InstallValidationStatus": status,
        "Package2ContainerOptions": container_options,
        "RemoteSiteSettings": {
            "settings": [{"name": "Zoom_Api", "url": "https://api.zoom.us", "secure": True}]
        },
        "CspTrustedSites": {"settings": []},
        "Profiles": {"sourceProfiles": [], "destinationProfiles": []},
    }
    return row


def _key_rows(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    owner = _user(viewer.org, viewer.org.document.users[0])
    # A field that the package's connection adds is empty in rows that were made before.
    fields = viewer.org.document.connection.object_type.fields
    empty: Row = dict.fromkeys(one.name for one in fields.values())
    return [empty | row | {"Owner": owner} for row in viewer.org.key_rows]


def _connections(viewer: Viewer, _ids: frozenset[str] | None) -> list[Row]:
    connection = viewer.org.document.connection
    row_id = derived_id(connection.object_type.prefix, viewer.org.host, connection.object)
    return [{"Id": row_id, "Name": "Zoom", connection.field_name: connection.value}]


_VERSION_FIELDS: Final = tuple(
    one.name for one in OBJECTS["subscriberpackageversion"].fields.values()
)

_TABLES: Final[dict[str, Callable[[Viewer, frozenset[str] | None], list[Row]]]] = {
    "Organization": _organization,
    "User": _users,
    "UserPermissionAccess": _permission_access,
    "PermissionSet": _permission_sets,
    "PermissionSetAssignment": _assignments,
    "PackageLicense": _licenses,
    "PlatformCachePartition": _partitions,
    "PlatformCachePartitionType": _partition_types,
    "InstalledSubscriberPackage": _installed_packages,
    "SubscriberPackage": _packages,
    "SubscriberPackageVersion": _versions,
    "PackageInstallRequest": lambda viewer, ids: [
        row
        for wanted in (ids if ids is not None else (None,))
        for row in viewer.org.installs.rows(wanted)
    ],
    KEYS_OBJECT: _key_rows,
    KEYS_HISTORY: lambda viewer, _ids: list(viewer.org.history),
}
