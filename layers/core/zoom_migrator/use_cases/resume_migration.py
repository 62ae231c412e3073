"""Resume the migration of an org that could not go on, once a person has mended the cause."""

from __future__ import annotations

from zoom_migrator.domain.errors import NothingToMigrate
from zoom_migrator.domain.migration import Migration
from zoom_migrator.ports import Clock, MigrationRepository, MigrationWorkflow, OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.start_migration import begin, last_attempt, running_migration


def resume_migration(
    org_id: str,
    *,
    requested_by: str,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    workflow: MigrationWorkflow,
    clock: Clock,
) -> Migration:
    """Go on where the last attempt stood, as another attempt.

    Consent that was given stays given, and an install that the org is still busy with is
    followed.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment.
        NothingToMigrate: It is under way, was never begun, or has nothing left to do.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The database or Step Functions cannot be reached.
    """
    org = find_org(org_id, orgs=orgs)
    running = running_migration(
        org, orgs=orgs, migrations=migrations, workflow=workflow, clock=clock
    )
    if running is not None:
        raise NothingToMigrate(
            f"Migration {running.attempt} of org {org.org_id} is under way.",
            remedy="See how far it is: `zoom-migrator migrate show`.",
        )
    org = find_org(org_id, orgs=orgs)
    if last_attempt(org, migrations) is None:
        raise NothingToMigrate(
            f"Org {org.org_id} has had no migration.",
            remedy="Start one: `zoom-migrator migrate start`.",
        )
    return begin(
        org,
        trigger="operator",
        requested_by=requested_by,
        migrations=migrations,
        workflow=workflow,
        clock=clock,
    )
