"""Look migrations up."""

from __future__ import annotations

from zoom_migrator.domain.errors import MigrationNotFound
from zoom_migrator.domain.migration import Migration
from zoom_migrator.ports import MigrationRepository, OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org


def find_migration(
    org_id: str, attempt: int | None, *, orgs: OrgRepository, migrations: MigrationRepository
) -> Migration:
    """An attempt of an org, or its newest one.

    Args:
        org_id: 15 or 18 characters.
        attempt: Counts from 1; None for the newest.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The database cannot be reached.
    """
    org = find_org(org_id, orgs=orgs)
    wanted = org.attempts if attempt is None else attempt
    migration = migrations.get(org.org_id, wanted) if wanted > 0 else None
    if migration is not None:
        return migration
    if attempt is None:
        raise MigrationNotFound(
            f"Org {org.org_id} has had no migration.",
            remedy="Start one: `zoom-migrator migrate start`.",
        )
    raise MigrationNotFound(
        f"Org {org.org_id} has had no migration {attempt}.",
        remedy=f"Its newest one is {org.attempts}." if org.attempts else "",
    )
