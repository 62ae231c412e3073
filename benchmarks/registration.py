"""Orgs as the product knows them after their registration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from benchmarks.order import Member
from zoom_migrator.domain.org import AuthKind, Environment, Org, OrgRegistration

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
