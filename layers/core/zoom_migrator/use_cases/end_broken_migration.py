"""End a migration whose state machine cannot go on."""

from __future__ import annotations

from dataclasses import replace

from zoom_migrator.domain.migration import Migration
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.end_migration import BROKE, end_migration
from zoom_migrator.use_cases.migration_step import in_hand


def end_broken_migration(
    org_id: str,
    attempt: int,
    *,
    cause: str,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    clock: Clock,
) -> Migration:
    """End it as broken, so that its org has a named reason; one that has ended stays as it is.

    Args:
        cause: Why the machine cannot go on, without secrets.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=orgs, migrations=migrations)
    if hand.migration.is_over:
        return hand.migration
    return end_migration(
        hand.migration,
        hand.org,
        replace(BROKE, said=cause),
        at=clock.now(),
        actor=hand.actor,
        migrations=migrations,
    )
