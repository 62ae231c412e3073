"""Start an org's migration, never twice at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain.approval import Approval, ApprovalStatus
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import NothingToMigrate
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import (
    REASONS_ABOUT_THE_AUTHORIZATION,
    REASONS_ABOUT_THE_UPGRADE,
    OrgStatus,
)
from zoom_migrator.ports import Clock, MigrationRepository, MigrationWorkflow, OrgRepository
from zoom_migrator.use_cases.end_broken_migration import end_broken_migration
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.observe_org import status_changes

_ON_THE_WAY: Final = frozenset(
    {
        OrgStatus.REGISTERED,
        OrgStatus.UPGRADE_REQUIRED,
        OrgStatus.AUTHORIZATION_PENDING,
        OrgStatus.FALLBACK_JWT,
        OrgStatus.DISCONNECTED,
        OrgStatus.BLOCKED,
    }
)
# An org whose connection is to be proven, or whose old keys are to be asked about again.
_CONNECTED: Final = frozenset(
    {OrgStatus.AUTHORIZED, OrgStatus.CLEANUP_APPROVAL_PENDING, OrgStatus.MIGRATED_KEYS_KEPT}
)
_FOR_A_PERSON: Final = REASONS_ABOUT_THE_UPGRADE | REASONS_ABOUT_THE_AUTHORIZATION
_COULD_NOT_FINISH: Final = frozenset({MigrationOutcome.BLOCKED, MigrationOutcome.BROKE})


@dataclass(frozen=True, slots=True)
class Started:
    """A migration that runs.

    Attributes:
        is_new: False where it ran already.
    """

    migration: Migration
    is_new: bool


def start_migration(
    org_id: str,
    *,
    trigger: str,
    requested_by: str,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    workflow: MigrationWorkflow,
    clock: Clock,
) -> Started:
    """Start the migration of an org that has to be upgraded or authorized, unless one is under way.

    An org that is connected begins with the proof of its connection, and is asked about its old
    keys again.

    One that was begun but whose run never started is started now; one whose run has died is
    ended as broken first.

    Args:
        org_id: 15 or 18 characters.
        trigger: ``operator`` or ``scan``.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment.
        NothingToMigrate: The org needs no migration, or a person has to resume it.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The database or Step Functions cannot be reached.
    """
    org = find_org(org_id, orgs=orgs)
    running = running_migration(
        org, orgs=orgs, migrations=migrations, workflow=workflow, clock=clock
    )
    if running is not None:
        return Started(running, is_new=False)
    org = find_org(org_id, orgs=orgs)
    if org.status is OrgStatus.BLOCKED and org.blocked_reason in _FOR_A_PERSON:
        raise NothingToMigrate(
            f"Org {org.org_id} is blocked: {org.blocked_reason}.",
            remedy="Mend that first, then: `zoom-migrator migrate resume`.",
        )
    return Started(
        begin(
            org,
            trigger=trigger,
            requested_by=requested_by,
            migrations=migrations,
            workflow=workflow,
            clock=clock,
        ),
        is_new=True,
    )


def begin(
    org: Org,
    *,
    trigger: str,
    requested_by: str,
    migrations: MigrationRepository,
    workflow: MigrationWorkflow,
    clock: Clock,
) -> Migration:
    """Take an org in hand with a new attempt, and start its run.

    Both are stored in one change; a crash before the run starts is mended by starting again.

    Raises:
        ConcurrentModification: Somebody else changed the org since it was read.
        NothingToMigrate: The org needs no migration.
        StoreUnavailable: The database or Step Functions cannot be reached.
    """
    if org.status not in _ON_THE_WAY | _CONNECTED:
        raise NothingToMigrate(
            f"Org {org.org_id} needs no migration: it is {org.status}.",
            remedy="Scan it if that is out of date: `zoom-migrator scan start`.",
        )
    now = clock.now()
    claimed, last = org.begin_attempt(), last_attempt(org, migrations)
    migration = Migration(
        org_id=org.org_id,
        attempt=claimed.attempts,
        trigger=trigger,
        requested_by=requested_by,
        started_at=now,
        step=MigrationStep.AUTHORIZED if org.status in _CONNECTED else MigrationStep.PREPARING,
        approval=_consent_of(last),
        sent_before=last.unanswered_since if last else None,
    )
    audit = [
        AuditEntry(
            org.org_id,
            now,
            AuditAction.MIGRATION_STARTED,
            requested_by,
            f"migration {migration.attempt}, by {trigger}",
        ),
        *status_changes(org, claimed, now, requested_by),
    ]
    saved = migrations.save(migration, org=claimed, audit=audit)
    workflow.start(saved)
    return saved


def running_migration(
    org: Org,
    *,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    workflow: MigrationWorkflow,
    clock: Clock,
) -> Migration | None:
    """The migration that has an org in hand and whose run goes on, made to run if need be.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment.
        StoreUnavailable: The database or Step Functions cannot be reached.
    """
    if org.active_attempt is None:
        return None
    migration = migrations.get(org.org_id, org.active_attempt)
    if migration is None or migration.is_over:
        return None
    # A run of this name that was started before is left as it is.
    workflow.start(migration)
    failure = workflow.failure_of(migration)
    if failure is None:
        return migration
    end_broken_migration(
        org.org_id,
        migration.attempt,
        cause=failure,
        orgs=orgs,
        migrations=migrations,
        clock=clock,
    )
    return None


def last_attempt(org: Org, migrations: MigrationRepository) -> Migration | None:
    """The newest attempt of an org, or None where it has had none."""
    return migrations.get(org.org_id, org.attempts) if org.attempts else None


def _consent_of(last: Migration | None) -> Approval | None:
    """Consent given to the last attempt, where that could not finish the upgrade."""
    if last is None or last.outcome not in _COULD_NOT_FINISH or last.approval is None:
        return None
    return last.approval if last.approval.status is ApprovalStatus.ACCEPTED else None
