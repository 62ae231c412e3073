"""What several pages show of an org and of people, in the same words."""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Environment, OrgRegistration

_ENVIRONMENTS: Final = {Environment.PRODUCTION: "Production", Environment.SANDBOX: "Sandbox"}
# Migrations that nobody asked for by name.
_BY_THEMSELVES: Final = {
    "scan": "the regular version check",
    "reauthorization": "the regular check of the connection",
}


def environment_of(registration: OrgRegistration) -> str:
    """What people call the kind of org it is."""
    return _ENVIRONMENTS[registration.environment]


def masked(email: str) -> str:
    """An address that its owner recognises, and others cannot complete."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def asked_by(migration: Migration) -> str:
    """Whoever asked, without the account number and the path that an ARN has besides."""
    if migration.trigger in _BY_THEMSELVES:
        return _BY_THEMSELVES[migration.trigger]
    return migration.requested_by.rpartition("/")[2].rpartition(":")[2] or "the team in charge"
