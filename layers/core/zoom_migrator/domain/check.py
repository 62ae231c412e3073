"""What a version check of one org can find out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.status import OrgEvent
from zoom_migrator.domain.version import PackageVersion


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """The Zoom package as an org has it.

    Attributes:
        version_id: Id of the installed version (``04t...``).
        package_id: Id of the package (``033...``).
    """

    version: PackageVersion
    version_id: str
    package_id: str
    name: str = ""


class KeyPresence(StrEnum):
    """Whether the old API key and secret are stored; asked without ever reading them."""

    PRESENT = "present"
    ABSENT = "absent"
    NO_RECORD = "no_record"
    NOT_VISIBLE = "not_visible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LegacyKeys:
    """The JWT credentials of the package in one org.

    Attributes:
        record_ids: Ids of the rows that hold a key or a secret.
        record_count: How many rows the object has, or None where that is unknown.
    """

    presence: KeyPresence
    record_ids: tuple[str, ...] = ()
    record_count: int | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """The user the product logs in as."""

    user_id: str
    username: str
    email: str


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """What the Organization record says.

    Attributes:
        trial_expires_at: End of a trial, or None for a permanent org.
    """

    name: str
    edition: str
    instance: str
    is_sandbox: bool
    is_read_only: bool
    trial_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Permissions:
    """Effective rights of the integration user, from UserPermissionAccess."""

    modify_all_data: bool
    install_packages: bool
    view_setup: bool
    customize_application: bool
    author_apex: bool


class PlatformCache(StrEnum):
    """What is known of the Platform Cache, which the package needs from 3.27 or so on."""

    PARTITION_PRESENT = "partition_present"
    FEATURE_SEEN = "feature_seen"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """Calls used of the org's rolling 24-hour allowance, from ``Sforce-Limit-Info``."""

    used: int
    limit: int


class Section(StrEnum):
    """A part of a snapshot that can be unknown while the others are known."""

    KEYS = "keys"
    IDENTITY = "identity"
    ORG = "org"
    PERMISSIONS = "permissions"
    PLATFORM_CACHE = "platform_cache"


@dataclass(frozen=True, slots=True)
class OrgSnapshot:
    """What a successful check saw.

    Attributes:
        package: The installed package, or None where the org plainly has none.
        unknown: Why a section could not be read, by section. What stands in such a section, if
            anything, was seen by an earlier check.
        http_calls: Requests this check cost.
    """

    checked_at: datetime
    package: InstalledPackage | None
    keys: LegacyKeys
    identity: Identity | None = None
    org: OrgFacts | None = None
    permissions: Permissions | None = None
    platform_cache: PlatformCache = PlatformCache.UNKNOWN
    api_usage: ApiUsage | None = None
    unknown: Mapping[Section, str] = field(default_factory=dict)
    http_calls: int = 0

    def completed_by(self, earlier: OrgSnapshot) -> OrgSnapshot:
        """This snapshot, with the sections it could not read as an earlier one has them.

        What was seen is taken over only for sections named in :attr:`unknown`, so that a reader
        can tell that it is old; keys only between two snapshots that both saw the package.
        """
        gaps = self.unknown.keys()
        keys_lost = Section.KEYS in gaps and self.keys.presence is KeyPresence.UNKNOWN
        cache_lost = self.platform_cache is PlatformCache.UNKNOWN
        return replace(
            self,
            keys=earlier.keys if keys_lost and self.package and earlier.package else self.keys,
            identity=self.identity or (earlier.identity if Section.IDENTITY in gaps else None),
            org=self.org or (earlier.org if Section.ORG in gaps else None),
            permissions=self.permissions
            or (earlier.permissions if Section.PERMISSIONS in gaps else None),
            platform_cache=earlier.platform_cache
            if cache_lost and Section.PLATFORM_CACHE in gaps
            else self.platform_cache,
        )

    def event(self, minimum: PackageVersion) -> OrgEvent:
        """What this means for the org's status."""
        if self.package is None:
            return OrgEvent.PACKAGE_MISSING
        if self.package.version.is_at_least(minimum):
            return OrgEvent.VERSION_SUFFICIENT
        return OrgEvent.VERSION_BEHIND


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """Why a check found out nothing.

    Attributes:
        detail: What the other side said, shortened and without secrets.
        http_status: Status of the answer that ended the check, if there was one.
        http_calls: Requests this check cost.
    """

    code: FailureCode
    checked_at: datetime
    detail: str = ""
    http_status: int | None = None
    http_calls: int = 0

    def event(self, _minimum: PackageVersion) -> OrgEvent:
        """What this means for the org's status."""
        if meaning_of(self.code).kind is FailureKind.OPERATOR_ACTION:
            return OrgEvent.CHECK_REFUSED
        return OrgEvent.CHECK_INCONCLUSIVE


type CheckResult = OrgSnapshot | CheckFailure
