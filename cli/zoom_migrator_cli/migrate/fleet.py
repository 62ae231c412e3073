"""The fleet's migrations, read several at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Environment, Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.ports import MigrationRepository, OrgRepository
from zoom_migrator.use_cases.find_orgs import list_orgs

_BEHIND: Final = frozenset(
    {
        OrgStatus.UPGRADE_REQUIRED,
        OrgStatus.AUTHORIZATION_PENDING,
        OrgStatus.FALLBACK_JWT,
        OrgStatus.DISCONNECTED,
        OrgStatus.AUTHORIZED,
    }
)
# As many as the client library keeps connections.
_AT_ONCE: Final = 10


def orgs_behind(
    *, orgs: OrgRepository, kind: Environment | None = None, tag: str | None = None
) -> list[Org]:
    """The orgs that lack an upgrade, an authorization or its proof nobody has begun, by name."""
    found = [
        org
        for org in list_orgs(orgs=orgs)
        if org.status in _BEHIND
        and org.active_attempt is None
        and (kind is None or org.registration.environment is kind)
        and (tag is None or tag.lower() in org.registration.tags)
    ]
    return sorted(found, key=_by_name)


def newest_migrations(
    *, orgs: OrgRepository, migrations: MigrationRepository, active: bool
) -> list[tuple[Org, Migration]]:
    """The newest migration of every org that has had one: those in hand first, then by name.

    Args:
        active: Leave out the migrations that have ended.
    """
    begun = [org for org in list_orgs(orgs=orgs) if org.attempts]
    wanted = [org for org in begun if org.active_attempt is not None or not active]
    rows = [row for row in _newest(wanted, migrations) if not (active and row[1].is_over)]
    return sorted(rows, key=lambda row: (row[1].is_over, *_by_name(row[0])))


def _newest(orgs: list[Org], migrations: MigrationRepository) -> Iterator[tuple[Org, Migration]]:
    with ThreadPoolExecutor(_AT_ONCE) as readers:
        # Unlike a single one, a list leaves out what is damaged, so that the others are seen.
        found = readers.map(lambda org: migrations.list_of(org.org_id, limit=1), orgs)
        for org, newest in zip(orgs, found, strict=True):
            yield from ((org, migration) for migration in newest)


def _by_name(org: Org) -> tuple[str, str]:
    return org.registration.display_name.lower(), org.org_id
