"""Stop the migration of an org."""

from __future__ import annotations

from dataclasses import replace

from zoom_migrator.domain.errors import NothingToMigrate
from zoom_migrator.domain.migration import Ending, Migration, MigrationOutcome
from zoom_migrator.ports import Clock, MigrationRepository, MigrationWorkflow, OrgRepository
from zoom_migrator.use_cases.end_migration import end_migration
from zoom_migrator.use_cases.find_orgs import find_org

_STOPPED = Ending(
    MigrationOutcome.STOPPED,
    remedy="Begin again with `zoom-migrator migrate start`.",
    failure_code="stopped",
)


def stop_migration(
    org_id: str,
    *,
    requested_by: str,
    reason: str,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    workflow: MigrationWorkflow,
    clock: Clock,
) -> Migration:
    """End the migration that has an org in hand, and stop its run.

    An install that the org is busy with goes on, because Salesforce cannot be told to stop it. No
    scan begins the org again; a person has to.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment.
        NothingToMigrate: No migration is under way.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The database or Step Functions cannot be reached.
    """
    org = find_org(org_id, orgs=orgs)
    attempt = org.active_attempt
    migration = migrations.get(org.org_id, attempt) if attempt is not None else None
    if migration is None or migration.is_over:
        raise NothingToMigrate(f"No migration of org {org.org_id} is under way.")
    ended = end_migration(
        migration,
        org,
        replace(_STOPPED, detail=f"Stopped: {reason}"),
        at=clock.now(),
        actor=requested_by,
        migrations=migrations,
    )
    # After the record: where this fails, the run ends by itself at its next step.
    workflow.stop(ended, reason=reason)
    return ended
