"""Find orgs that nothing would ever move again. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from zoom_migrator.domain.authorization_request import AuthorizationStatus
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.grant import Grant, GrantLink, GrantStatus
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.stuck import Stuck, StuckKind, stuck_claim, stuck_without_migration
from zoom_migrator.oauth_ports import GrantRepository
from zoom_migrator.ports import Clock, MigrationRepository, MigrationWorkflow, OrgRepository

_ORGS_A_READ: Final = 100
# Whoever stored a grant records it at once, or is gone.
_RECORDED_WITHIN: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class StuckPorts:
    """What looking for stuck orgs needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    grants: GrantRepository
    workflow: MigrationWorkflow
    clock: Clock


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """A consent that was stored for a request, and never recorded with it."""

    migration: Migration
    grant: Grant
    link: GrantLink


def find_stuck_orgs(*, ports: StuckPorts) -> Iterator[Stuck]:
    """Go through the fleet, one org after the other. What is damaged is named and keeps no other.

    Raises:
        StoreUnavailable: A store or Step Functions is out of reach.
    """
    for org_ids in batched(ports.orgs.list_ids(), _ORGS_A_READ, strict=False):
        orgs = ports.orgs.get_many(org_ids)
        for org_id in org_ids:
            stuck = _find(org_id, orgs.get(org_id), ports)
            if stuck is not None:
                yield stuck


def _find(org_id: str, org: Org | None, ports: StuckPorts) -> Stuck | None:
    try:
        # One that was not read with the others is gone, or damaged.
        org = org or ports.orgs.get(org_id)
        return find_stuck(org, ports) if org is not None else None
    except InvariantViolation as error:
        status = org.status if org is not None else None
        return Stuck(org_id, StuckKind.DAMAGED, status, detail=error.message)


def orgs_of_fleet(orgs: OrgRepository, *, first_part: int = 0, parts: int = 1) -> Iterator[Org]:
    """All orgs, each once.

    Args:
        first_part: Which of so many parts of the fleet comes first, counted from 0: whoever has
            no time for all of it can begin somewhere else each time.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    org_ids = tuple(orgs.list_ids())
    first = len(org_ids) * first_part // parts
    for some in batched(org_ids[first:] + org_ids[:first], _ORGS_A_READ, strict=False):
        yield from orgs.get_many(some).values()


def find_stuck(org: Org, ports: StuckPorts) -> Stuck | None:
    """Why nothing moves an org, or None where something does, or a person has to.

    Raises:
        StoreUnavailable: A store or Step Functions is out of reach.
    """
    attempt = org.active_attempt if org.active_attempt is not None else org.attempts
    migration = ports.migrations.get(org.org_id, attempt) if attempt else None
    stuck = stuck_without_migration(org, migration) or stuck_claim(org, migration)
    if stuck is not None or org.active_attempt is None or migration is None:
        return stuck
    if stored_consent(migration, ports.clock.now(), ports.grants) is not None:
        detail = "somebody consented, and that was never recorded"
        kind = StuckKind.GRANT_NOT_RECORDED
        return Stuck(org.org_id, kind, org.status, migration.attempt, detail)
    failure = ports.workflow.failure_of(migration)
    if failure is None:
        return None
    return Stuck(org.org_id, StuckKind.RUN_DEAD, org.status, migration.attempt, failure)


def stored_consent(
    migration: Migration, now: datetime, grants: GrantRepository
) -> StoredConsent | None:
    """The consent that a migration waits for although it is stored, or None.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    request = migration.authorization
    waits = migration.step is MigrationStep.AWAITING_AUTHORIZATION
    if not waits or request is None or request.status is not AuthorizationStatus.PENDING:
        return None
    link = grants.link_of(migration.org_id)
    if link is None or link.request_id != request.request_id:
        return None
    grant = grants.get(link.grant_id)
    if grant is None or grant.status is not GrantStatus.LIVE or link.org_id not in grant.orgs:
        return None
    if now < link.linked_at + _RECORDED_WITHIN:
        return None
    return StoredConsent(migration, grant, link)
