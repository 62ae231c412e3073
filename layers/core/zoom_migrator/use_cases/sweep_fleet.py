"""Move on what nothing would ever move again, and name what only a person can.

Backups that are out of date are destroyed on the way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from zoom_migrator.cleanup_ports import KeyBackupRepository
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import MigratorError, NothingToMigrate
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.stuck import Stuck, StuckKind
from zoom_migrator.ports import TaskCallback, TokenVault
from zoom_migrator.use_cases.expire_backups import ExpiryPorts, expire_backups
from zoom_migrator.use_cases.find_stuck_orgs import (
    StuckPorts,
    find_stuck_orgs,
    stored_consent,
)
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.settle_authorization import settle_authorization
from zoom_migrator.use_cases.start_migration import begin, last_attempt, running_migration

SWEEP: Final = "sweep"
_SECONDS_TO_SPARE: Final = 30.0
# Beyond the upgrade nobody has to consent to a new attempt, which only looks and asks.
_BEGUN_AGAIN: Final = frozenset(
    {
        OrgStatus.AUTHORIZED,
        OrgStatus.CLEANUP_APPROVAL_PENDING,
        OrgStatus.FALLBACK_JWT,
        OrgStatus.DISCONNECTED,
    }
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepPorts:
    """What a sweep needs."""

    stuck: StuckPorts
    vault: TokenVault
    callback: TaskCallback
    backups: KeyBackupRepository


@dataclass(slots=True)
class Swept:
    """What a sweep came to.

    Attributes:
        moved: Orgs that go on.
        named: Orgs that have a reason now, or that only a person can move on.
        failed: Orgs with which something went wrong; the next sweep tries them again.
        expired: Orgs whose backup was out of date, and is destroyed.
        is_complete: False where time ran short.
    """

    moved: list[str] = field(default_factory=list)
    named: list[Stuck] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    is_complete: bool = True


def sweep_fleet(*, ports: SweepPorts, seconds_left: Callable[[], float]) -> Swept:
    """Go through the fleet. One org's trouble never keeps the others; repeating it is harmless.

    Raises:
        StoreUnavailable: The fleet cannot be read.
    """
    swept = Swept()
    _expire_backups(swept, ports, seconds_left)
    for stuck in find_stuck_orgs(ports=ports.stuck):
        if seconds_left() < _SECONDS_TO_SPARE:
            swept.is_complete = False
            break
        try:
            left = _move_on(stuck, ports)
        except MigratorError as error:
            swept.failed.append(stuck.org_id)
            _log.warning("org_not_swept", extra={"org_id": stuck.org_id, "reason": error.message})
            continue
        if left is None:
            swept.moved.append(stuck.org_id)
        else:
            swept.named.append(left)
    return swept


def _expire_backups(swept: Swept, ports: SweepPorts, seconds_left: Callable[[], float]) -> None:
    """Before anything else: it is soon done, and what is stuck may take all the time there is."""
    expired = expire_backups(
        actor=SWEEP,
        ports=ExpiryPorts(ports.stuck.orgs, ports.backups, ports.stuck.clock),
        seconds_left=seconds_left,
    )
    swept.expired += expired.destroyed
    swept.failed += expired.failed
    swept.is_complete = swept.is_complete and expired.is_complete


def _move_on(stuck: Stuck, ports: SweepPorts) -> Stuck | None:
    """Do what can be done; returns what is left for a person."""
    org = ports.stuck.orgs.get(stuck.org_id)
    if org is None:
        return None
    match stuck.kind:
        case StuckKind.GRANT_NOT_RECORDED:
            _record_consent(org, ports)
        case StuckKind.CLAIM_STALE:
            _let_go(org, stuck, ports.stuck)
        case StuckKind.RUN_DEAD:
            return _run_again(org, stuck, ports.stuck)
        case StuckKind.NOBODY_IN_CHARGE:
            return _begin(org, stuck, ports.stuck)
        case StuckKind.NO_REASON:
            return stuck
    return None


def _record_consent(org: Org, ports: SweepPorts) -> None:
    """Record what was stored before somebody crashed, and wake the machine that waits for it."""
    attempt = org.active_attempt or 0
    migration = ports.stuck.migrations.get(org.org_id, attempt)
    if migration is None:
        return
    stored = stored_consent(migration, ports.stuck.clock.now(), ports.stuck.grants)
    if stored is None:
        return
    token = _task_token(migration, ports.vault)
    hand = InHand(migration, org)
    settle_authorization(hand, stored.grant, stored.link, migrations=ports.stuck.migrations)
    if token:
        ports.callback.complete(token)


def _task_token(migration: Migration, vault: TokenVault) -> str:
    sealed = migration.authorization.task_token if migration.authorization else ""
    return vault.open(sealed, org_id=migration.org_id, attempt=migration.attempt) if sealed else ""


def _let_go(org: Org, stuck: Stuck, ports: StuckPorts) -> None:
    entry = AuditEntry(
        org.org_id, ports.clock.now(), AuditAction.MIGRATION_ENDED, SWEEP, stuck.detail
    )
    ports.orgs.save(org.released(), [entry])


def _run_again(org: Org, stuck: Stuck, ports: StuckPorts) -> Stuck | None:
    """Start a run that was never started; one that has died ends its migration as broken."""
    running = running_migration(
        org,
        orgs=ports.orgs,
        migrations=ports.migrations,
        workflow=ports.workflow,
        clock=ports.clock,
    )
    if running is not None:
        return None
    after = ports.orgs.get(org.org_id)
    if after is None or after.status not in _BEGUN_AGAIN:
        return stuck
    return _begin(after, stuck, ports)


def _begin(org: Org, stuck: Stuck, ports: StuckPorts) -> Stuck | None:
    """Begin another attempt, unless the sweep began the last one as well, and in vain."""
    last = last_attempt(org, ports.migrations)
    if last is not None and last.trigger == SWEEP:
        return stuck
    try:
        begin(
            org,
            trigger=SWEEP,
            requested_by=SWEEP,
            migrations=ports.migrations,
            workflow=ports.workflow,
            clock=ports.clock,
        )
    except NothingToMigrate:
        return stuck
    return None
