"""What a simulated org is: the document of ``--orgs``, of the control API and of the Python API.

Defaults describe a healthy org that is behind: the Zoom package at 3.23, one row of keys, one
pre-authorised integration user with every permission. Names and ids of the package are the public
ones found in org metadata (`docs/simulators.md` lists what is known and what is assumed).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from local.salesforce.document import Document
from local.salesforce.faults import Fault
from local.salesforce.ids import derived_id, is_record_id, to_18
from local.salesforce.install_behaviour import InstallBehaviour
from local.salesforce.key_writes import KeyWrites
from local.salesforce.package_connection import PackageConnection
from local.salesforce.versions import Version, VersionNumber

ZOOM_NAMESPACE = "zoom_app"
ZOOM_PACKAGE_ID = "033370000004aaUAAQ"
ZOOM_LIGHTNING_NAMESPACE = "ZVC"
ZOOM_LIGHTNING_PACKAGE_ID = "0338a000000ZZicAAG"


def _checked_host(host: str) -> str:
    host = host.strip().lower()
    labels = host.split(".")
    if not all(label and label.replace("-", "").isalnum() for label in labels) or len(labels) < 2:
        raise ValueError(f"not a host name: {host!r}")
    return host


Host = Annotated[str, AfterValidator(_checked_host)]


class PackageDefect(StrEnum):
    """What is odd about an installed package, as met in customer orgs."""

    NONE = "none"
    UNKNOWN_EXCEPTION = "unknown_exception"
    NO_PACKAGE = "no_package"
    NO_VERSION = "no_version"


class Approval(StrEnum):
    """Whether the user may log in through the app without being asked."""

    APPROVED = "approved"
    NOT_APPROVED = "not_approved"
    NOT_ADMIN_APPROVED = "not_admin_approved"


class SimulatedPackage(Document):
    """A package installed in an org."""

    namespace: str = ZOOM_NAMESPACE
    package_id: str = ZOOM_PACKAGE_ID
    name: str = "Zoom"
    version: Version = "3.23.0.4"
    beta: bool = False
    version_id: str | None = None
    managed: bool = True
    container_options: str | None = None
    defect: PackageDefect = PackageDefect.NONE
    license_status: str = "Active"

    @field_validator("package_id")
    @classmethod
    def _check_package_id(cls, value: str) -> str:
        if not is_record_id(value, "033"):
            raise ValueError(f"not a package id (033...): {value!r}")
        return to_18(value)

    @property
    def number(self) -> VersionNumber:
        """The version as a number."""
        return VersionNumber.parse(self.version)

    @property
    def installed_version_id(self) -> str:
        """The 04t id: the given one, or one derived from package, number and beta flag."""
        return self.version_id or package_version_id(self.package_id, self.version, beta=self.beta)


class PublishedVersion(Document):
    """A version that orgs of this simulator can install by its 04t id.

    With an ``installation_key``, the version can neither be looked at nor installed without it.
    """

    namespace: str = ZOOM_NAMESPACE
    package_id: str = ZOOM_PACKAGE_ID
    name: str = "Zoom"
    version: Version
    beta: bool = False
    version_id: str | None = None
    needs_platform_cache: bool = True
    installation_key: str | None = Field(default=None, min_length=1, repr=False)

    @property
    def id(self) -> str:
        """The 04t id: the given one, or one derived from package, number and beta flag."""
        return self.version_id or package_version_id(self.package_id, self.version, beta=self.beta)


class SimulatedUser(Document):
    """A user, what it may do, and whether it may log in through the app."""

    username: str
    email: str | None = None
    name: str = "Integration User"
    user_id: str | None = None
    active: bool = True
    approval: Approval = Approval.APPROVED
    modify_all_data: bool = True
    install_packaging: bool = True
    view_setup: bool = True
    customize_application: bool = True
    author_apex: bool = True
    sees_packages: bool = True
    sees_keys_object: bool = True
    sees_key_fields: bool = True
    edits_key_fields: bool = True


class SimulatedKeyRow(Document):
    """A row of the Zoom settings object; key and secret are made at run time if wanted.

    With ``writes``, changes to this row go otherwise than those to the org's other rows.
    """

    api_key: bool = True
    api_secret: bool = True
    login_type: str | None = None
    zoom_url: str | None = None
    writes: KeyWrites | None = None


class CachePartition(Document):
    """A Platform Cache partition with its partner capacities in MB."""

    name: str = "cache"
    namespace: str | None = ZOOM_NAMESPACE
    session_mb: int = 1
    organization_mb: int = 1
    default: bool = False


class SimulatedOrg(Document):
    """An org: who it is, what is installed, who may see what, and how it misbehaves."""

    host: Host
    org_id: str = ""
    name: str = ""
    sandbox: bool | None = None
    active: bool = True
    edition: str = "Enterprise Edition"
    instance: str = "USA1S"
    namespace: str | None = None
    read_only: bool = False
    trial_expires: str | None = None
    users: list[SimulatedUser] = Field(default_factory=list)
    run_as: str | None = None
    packages: list[SimulatedPackage] = Field(default_factory=lambda: [SimulatedPackage()])
    key_rows: list[SimulatedKeyRow] = Field(default_factory=lambda: [SimulatedKeyRow()])
    key_writes: KeyWrites = Field(default_factory=KeyWrites)
    connection: PackageConnection = Field(default_factory=PackageConnection)
    platform_cache: bool = True
    cache_partitions: list[CachePartition] = Field(default_factory=list)
    api_version: str = Field(default="66.0", pattern=r"^\d{2}\.0$")
    daily_api_limit: int = Field(default=15_000, ge=0)
    daily_api_used: int = Field(default=0, ge=0)
    page_size: int = Field(default=2_000, ge=1)
    token_lifetime_seconds: float | None = Field(default=None, gt=0)
    install: InstallBehaviour = Field(default_factory=InstallBehaviour)
    faults: list[Fault] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        # Direct assignment: validate_assignment would run this validator again for each field.
        fields = self.__dict__
        fields["org_id"] = _checked_org_id(self.org_id or derived_id("00D", self.host))
        fields["name"] = self.name or self.host.partition(".")[0]
        if self.sandbox is None:
            fields["sandbox"] = ".sandbox." in self.host
        if not self.users:
            fields["users"] = [SimulatedUser(username=f"integration@{self.host}")]
        self._check_run_as()
        return self

    def _check_run_as(self) -> None:
        names = {user.username.lower() for user in self.users}
        if len(names) != len(self.users):
            raise ValueError(f"{self.host}: the same username twice")
        if self.run_as is not None and self.run_as.lower() not in names:
            raise ValueError(f"{self.host}: run_as names no user of the org: {self.run_as!r}")

    def user_named(self, username: str) -> SimulatedUser | None:
        """Return the user of that name; letter case does not count."""
        wanted = username.lower()
        return next((user for user in self.users if user.username.lower() == wanted), None)

    def package_of(self, namespace: str) -> SimulatedPackage | None:
        """Return the installed package of that namespace."""
        return next((p for p in self.packages if p.namespace == namespace), None)


class SimulatedWorld(Document):
    """The document of ``--orgs``: every org, and what can be installed."""

    orgs: list[SimulatedOrg] = Field(default_factory=list)
    published_versions: list[PublishedVersion] = Field(default_factory=list)
    default_org: Host | None = None
    faults: list[Fault] = Field(default_factory=list)


def package_version_id(package_id: str, version: str, *, beta: bool = False) -> str:
    """Return the 04t id that the simulator gives to a version of a package."""
    number = str(VersionNumber.parse(version))
    return derived_id("04t", to_18(package_id), number, "beta" if beta else "released")


def _checked_org_id(value: str) -> str:
    if not is_record_id(value, "00D"):
        raise ValueError(f"not an org id (00D...): {value!r}")
    return to_18(value)
