"""After a scan: start the migrations that are due, and let go on those that it has overtaken."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Final

from zoom_migrator.domain.errors import (
    MigratorError,
    ScanNotFound,
)
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Org, StartPolicy
from zoom_migrator.domain.scan import ScanOutcome
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    MigrationWorkflow,
    OrgRepository,
    ScanRepository,
    TaskCallback,
    TokenVault,
)
from zoom_migrator.use_cases.await_authorization import await_authorization
from zoom_migrator.use_cases.start_migration import last_attempt, start_migration
from zoom_migrator.use_cases.wake_machine import opened_token, wake

_ORGS_A_READ: Final = 100
# Enough for one org with every store at its slowest, and for the answer.
_SECONDS_TO_SPARE: Final = 30.0
# What a scan that saw this finds an org to be, if its migration is due.
_DUE: Final = {
    ScanOutcome.BEHIND: OrgStatus.UPGRADE_REQUIRED,
    ScanOutcome.SUFFICIENT: OrgStatus.AUTHORIZATION_PENDING,
}

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class StartedMigrations:
    """What was done after a scan.

    Attributes:
        started: Migrations that began.
        already_running: Orgs whose migration was under way.
        superseded: Migrations that waited for an answer nobody has to give any more.
        failed: Orgs with which something went wrong; the next scan tries them again.
        is_complete: False where time ran short; the same call again goes on.
    """

    started: int = 0
    already_running: int = 0
    superseded: int = 0
    failed: int = 0
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class _Ports:
    orgs: OrgRepository
    migrations: MigrationRepository
    workflow: MigrationWorkflow
    vault: TokenVault
    callback: TaskCallback
    clock: Clock


def start_after_scan(
    scan_id: str,
    *,
    scans: ScanRepository,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    workflow: MigrationWorkflow,
    vault: TokenVault,
    callback: TaskCallback,
    clock: Clock,
    seconds_left: Callable[[], float],
) -> StartedMigrations:
    """Go through what a scan found. One org's trouble never keeps the others.

    Repeating it is harmless: an org that is in hand is left alone.

    Args:
        seconds_left: How long this may go on.

    Raises:
        ScanNotFound: No such scan is known.
        StoreUnavailable: The scan's results cannot be read.
    """
    if scans.get(scan_id) is None:
        raise ScanNotFound(f"No scan {scan_id!r} is known.")
    ports = _Ports(orgs, migrations, workflow, vault, callback, clock)
    done = StartedMigrations()
    for org, outcome in _found(scan_id, scans, orgs):
        if seconds_left() < _SECONDS_TO_SPARE:
            done.is_complete = False
            break
        try:
            _go_through(org, outcome, scan_id, ports, done)
        except MigratorError as error:
            done.failed += 1
            _log.warning(
                "migration_not_started", extra={"org_id": org.org_id, "reason": error.message}
            )
    return done


def _found(
    scan_id: str, scans: ScanRepository, orgs: OrgRepository
) -> Iterator[tuple[Org, ScanOutcome]]:
    """The orgs whose version the scan saw, as they are now, and what it saw."""
    seen = (
        (result.org_id, result.outcome)
        for result in scans.results(scan_id)
        if result.outcome in _DUE
    )
    for chunk in batched(seen, _ORGS_A_READ, strict=False):
        found = orgs.get_many([org_id for org_id, _ in chunk])
        yield from ((found[org_id], outcome) for org_id, outcome in chunk if org_id in found)


def _go_through(
    org: Org, outcome: ScanOutcome, scan_id: str, ports: _Ports, done: StartedMigrations
) -> None:
    if outcome is ScanOutcome.SUFFICIENT and _supersede(org, scan_id, ports):
        done.superseded += 1
    elif org.active_attempt is not None or _is_due(org, outcome, ports.migrations):
        started = start_migration(
            org.org_id,
            trigger="scan",
            requested_by=f"scan:{scan_id}",
            orgs=ports.orgs,
            migrations=ports.migrations,
            workflow=ports.workflow,
            clock=ports.clock,
        )
        done.started += started.is_new
        done.already_running += not started.is_new


def _supersede(org: Org, scan_id: str, ports: _Ports) -> bool:
    """Let a migration go on that waits for consent to what has happened already."""
    attempt = org.active_attempt
    migration = ports.migrations.get(org.org_id, attempt) if attempt is not None else None
    if migration is None or migration.step is not MigrationStep.AWAITING_APPROVAL:
        return False
    approval = migration.approval
    token = opened_token(approval.task_token if approval else "", migration, ports.vault)
    await_authorization(
        migration,
        org,
        at=ports.clock.now(),
        actor=f"scan:{scan_id}",
        migrations=ports.migrations,
    )
    wake(migration, token, ports.callback)
    return True


def _is_due(org: Org, outcome: ScanOutcome, migrations: MigrationRepository) -> bool:
    if org.registration.start_policy is not StartPolicy.SCAN:
        return False
    if org.status is not _DUE[outcome]:
        return False
    last = last_attempt(org, migrations)
    # What a person stopped, a person begins again.
    return last is None or last.outcome is not MigrationOutcome.STOPPED
