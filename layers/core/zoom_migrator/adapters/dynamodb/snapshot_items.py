"""What checks of an org found out, as attributes of the org's item, and back."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.adapters.dynamodb.fields import Fields
from zoom_migrator.domain.check import (
    ApiUsage,
    CheckFailure,
    Identity,
    InstalledPackage,
    KeyPresence,
    LegacyKeys,
    OrgFacts,
    OrgSnapshot,
    Permissions,
    PlatformCache,
    Section,
)
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.version import PackageVersion

type Values = dict[str, object]


def snapshot_values(snapshot: OrgSnapshot) -> Values:
    """The attributes of a snapshot."""
    usage = snapshot.api_usage
    return {
        "checked_at": snapshot.checked_at,
        "package": _package_values(snapshot.package) if snapshot.package else None,
        "keys": _keys_values(snapshot.keys),
        "identity": _identity_values(snapshot.identity) if snapshot.identity else None,
        "org": _org_values(snapshot.org) if snapshot.org else None,
        "permissions": _permission_values(snapshot.permissions) if snapshot.permissions else None,
        "platform_cache": snapshot.platform_cache,
        "api_usage": {"used": usage.used, "limit": usage.limit} if usage else None,
        "unknown": {section.value: reason for section, reason in snapshot.unknown.items()},
        "http_calls": snapshot.http_calls,
    }


def snapshot_from(fields: Fields) -> OrgSnapshot:
    """The snapshot of the attributes."""
    package, keys, identity, org, permissions, usage = (
        fields.inner(name)
        for name in ("package", "keys", "identity", "org", "permissions", "api_usage")
    )
    return OrgSnapshot(
        checked_at=fields.moment("checked_at"),
        package=_package_from(package) if package else None,
        keys=_keys_from(keys) if keys else LegacyKeys(KeyPresence.UNKNOWN),
        identity=_identity_from(identity) if identity else None,
        org=_org_from(org) if org else None,
        permissions=_permissions_from(permissions) if permissions else None,
        platform_cache=fields.parsed("platform_cache", PlatformCache) or PlatformCache.UNKNOWN,
        api_usage=ApiUsage(usage.number("used"), usage.number("limit")) if usage else None,
        unknown=_reasons_from(fields.inner("unknown")),
        http_calls=fields.number("http_calls", 0),
    )


def _reasons_from(fields: Fields | None) -> dict[Section, str]:
    if fields is None:
        return {}
    return {section: fields.text(section) for section in Section if section in fields}


def failure_values(failure: CheckFailure) -> Values:
    """The attributes of a failed check."""
    return {
        "code": failure.code,
        "checked_at": failure.checked_at,
        "detail": failure.detail,
        "http_status": failure.http_status,
        "http_calls": failure.http_calls,
    }


def failure_from(fields: Fields) -> CheckFailure:
    """The failed check of the attributes."""
    return CheckFailure(
        code=fields.choice("code", FailureCode),
        checked_at=fields.moment("checked_at"),
        detail=fields.text("detail", ""),
        http_status=fields.number_or_none("http_status"),
        http_calls=fields.number("http_calls", 0),
    )


def version_values(version: PackageVersion) -> Values:
    """The attributes of a package version."""
    return {
        "major": version.major,
        "minor": version.minor,
        "patch": version.patch,
        "build": version.build,
        "beta": version.beta,
    }


def version_from(fields: Fields) -> PackageVersion:
    """The package version of the attributes."""
    return PackageVersion(
        major=fields.number("major"),
        minor=fields.number("minor"),
        patch=fields.number("patch", 0),
        build=fields.number_or_none("build"),
        beta=fields.flag("beta"),
    )


def _package_values(package: InstalledPackage) -> Values:
    return {
        **version_values(package.version),
        "version_id": package.version_id,
        "package_id": package.package_id,
        "name": package.name,
    }


def _package_from(fields: Fields) -> InstalledPackage:
    return InstalledPackage(
        version=version_from(fields),
        version_id=fields.text("version_id", ""),
        package_id=fields.text("package_id", ""),
        name=fields.text("name", ""),
    )


def _keys_values(keys: LegacyKeys) -> Values:
    return {
        "presence": keys.presence,
        "record_ids": keys.record_ids,
        "record_count": keys.record_count,
    }


def _keys_from(fields: Fields) -> LegacyKeys:
    return LegacyKeys(
        presence=fields.choice("presence", KeyPresence),
        record_ids=fields.texts("record_ids", str),
        record_count=fields.number_or_none("record_count"),
    )


def _identity_values(identity: Identity) -> Values:
    return {
        "user_id": identity.user_id,
        "username": identity.username,
        "email": identity.email,
    }


def _identity_from(fields: Fields) -> Identity:
    return Identity(
        user_id=fields.text("user_id", ""),
        username=fields.text("username", ""),
        email=fields.text("email", ""),
    )


def _org_values(org: OrgFacts) -> Values:
    return {
        "name": org.name,
        "edition": org.edition,
        "instance": org.instance,
        "is_sandbox": org.is_sandbox,
        "is_read_only": org.is_read_only,
        "trial_expires_at": org.trial_expires_at,
    }


def _org_from(fields: Fields) -> OrgFacts:
    return OrgFacts(
        name=fields.text("name", ""),
        edition=fields.text("edition", ""),
        instance=fields.text("instance", ""),
        is_sandbox=fields.flag("is_sandbox"),
        is_read_only=fields.flag("is_read_only"),
        trial_expires_at=fields.parsed("trial_expires_at", datetime.fromisoformat),
    )


_PERMISSIONS = (
    "modify_all_data",
    "install_packages",
    "view_setup",
    "customize_application",
    "author_apex",
)


def _permission_values(permissions: Permissions) -> Values:
    return {name: getattr(permissions, name) for name in _PERMISSIONS}


def _permissions_from(fields: Fields) -> Permissions:
    return Permissions(**{name: fields.flag(name) for name in _PERMISSIONS})
