"""Orgs as the product knows them after their registration, and after their first check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from benchmarks.order import Member
from local.salesforce.ids import derived_id
from zoom_migrator.domain.check import (
    ApiUsage,
    Identity,
    InstalledPackage,
    KeyPresence,
    LegacyKeys,
    OrgFacts,
    OrgSnapshot,
    Permissions,
    PlatformCache,
)
from zoom_migrator.domain.org import AuthKind, Environment, Org, OrgRegistration
from zoom_migrator.domain.version import PackageVersion

_ADMIN: Final = "admin@bench.example"


def registered(member: Member) -> Org:
    """An org of the fleet, just registered."""
    registration = OrgRegistration(
        org_id=member.org_id,
        display_name=member.host.partition(".")[0],
        host=member.host,
        environment=Environment.PRODUCTION,
        username=member.username,
        auth_kind=AuthKind.JWT_BEARER,
        salesforce_admin_email=_ADMIN,
        zoom_admin_email=_ADMIN,
    )
    return Org(registration, registered_at=datetime.now(UTC))


def checked(member: Member) -> Org:
    """An org of the fleet in which a check could see everything."""
    org = registered(member)
    snapshot = OrgSnapshot(
        checked_at=org.registered_at,
        package=InstalledPackage(
            PackageVersion(3, 28), derived_id("04t", "benchmark"), derived_id("033", "benchmark")
        ),
        keys=LegacyKeys(KeyPresence.PRESENT, (derived_id("a0K", member.host),), 1),
        identity=Identity(derived_id("005", member.host), member.username, _ADMIN),
        org=OrgFacts("Bench", "Enterprise Edition", "EU45", is_sandbox=False, is_read_only=False),
        permissions=Permissions(*[True] * 5),
        platform_cache=PlatformCache.PARTITION_PRESENT,
        api_usage=ApiUsage(used=18, limit=5_000),
        http_calls=3,
    )
    return replace(org, snapshot=snapshot, checked_at=org.registered_at)
