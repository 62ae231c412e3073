"""Move on what nothing would ever move again, and name what only a person can.

Backups that are out of date are destroyed on the way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from zoom_migrator.cleanup_ports import KeyBackupRepository
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import MigratorError, NothingToMigrate
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgEvent, OrgStatus
from zoom_migrator.domain.stuck import Stuck, StuckKind
from zoom_migrator.ports import TaskCallback, TokenVault
from zoom_migrator.use_cases.expire_backups import ExpiryPorts, expire_backups
from zoom_migrator.use_cases.find_stuck_orgs import StuckPorts, find_stuck, orgs_of_fleet
from zoom_migrator.use_cases.observe_org import status_changes
from zoom_migrator.use_cases.record_stored_consent import record_stored_consent
from zoom_migrator.use_cases.start_migration import begin, last_attempt, running_migration

SWEEP: Final = "sweep"
_SECONDS_TO_SPARE: Final = 30.0
# Each hour begins at another of so many parts of the fleet, so that no org is always the one for
# which there was no time. A prime, so that a sweep once a day begins somewhere else as well.
_PARTS: Final = 23
# Beyond the upgrade nobody has to consent to a new attempt, which only looks and asks.
_BEGUN_AGAIN: Final = frozenset(
    {
        OrgStatus.AUTHORIZED,
        OrgStatus.CLEANUP_APPROVAL_PENDING,
        OrgStatus.FALLBACK_JWT,
        OrgStatus.DISCONNECTED,
    }
)
# In the middle of an upgrade, says damaged data, of which no migration knows.
_IN_AN_UPGRADE: Final = frozenset({OrgStatus.UPGRADE_APPROVAL_PENDING, OrgStatus.UPGRADING})
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
    part = _first_part(ports.stuck.clock.now())
    for org in orgs_of_fleet(ports.stuck.orgs, first_part=part, parts=_PARTS):
        if seconds_left() < _SECONDS_TO_SPARE:
            swept.is_complete = False
            break
        try:
            _sweep(org, swept, ports)
        except MigratorError as error:
            swept.failed.append(org.org_id)
            _log.warning("org_not_swept", extra={"org_id": org.org_id, "reason": error.message})
    return swept


def _first_part(now: datetime) -> int:
    return (now - datetime.fromtimestamp(0, UTC)) // timedelta(hours=1) % _PARTS


def _sweep(org: Org, swept: Swept, ports: SweepPorts) -> None:
    if find_stuck(org, ports.stuck) is None:
        return
    # It was read with many others: meanwhile its machine, or a person, may have moved it.
    present = ports.stuck.orgs.get(org.org_id)
    stuck = find_stuck(present, ports.stuck) if present is not None else None
    if present is None or stuck is None:
        return
    left = _move_on(present, stuck, ports)
    if left is None:
        swept.moved.append(org.org_id)
    else:
        swept.named.append(left)


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


def _move_on(org: Org, stuck: Stuck, ports: SweepPorts) -> Stuck | None:
    """Do what can be done; returns what is left for a person."""
    match stuck.kind:
        case StuckKind.GRANT_NOT_RECORDED:
            record_stored_consent(
                org, ports=ports.stuck, vault=ports.vault, callback=ports.callback
            )
        case StuckKind.CLAIM_STALE:
            _let_go(org, stuck, ports.stuck)
        case StuckKind.RUN_DEAD:
            return _run_again(org, stuck, ports.stuck)
        case StuckKind.NOBODY_IN_CHARGE if org.status in _IN_AN_UPGRADE:
            _put_back(org, ports.stuck)
        case StuckKind.NOBODY_IN_CHARGE:
            return _begin(org, stuck, ports.stuck)
        case StuckKind.NO_REASON:
            return stuck
    return None


def _let_go(org: Org, stuck: Stuck, ports: StuckPorts) -> None:
    entry = AuditEntry(
        org.org_id, ports.clock.now(), AuditAction.MIGRATION_ENDED, SWEEP, stuck.detail
    )
    ports.orgs.save(org.released(), [entry])


def _put_back(org: Org, ports: StuckPorts) -> None:
    """To where the next scan finds out what the org needs, and a migration may begin."""
    now = ports.clock.now()
    after = org.after(OrgEvent.UPGRADE_ABANDONED, at=now)
    ports.orgs.save(after, status_changes(org, after, now, SWEEP))


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
    last = last_attempt(after, ports.migrations) if after is not None else None
    if after is None or last is None or last.outcome is not MigrationOutcome.BROKE:
        # Somebody stopped it, or began it anew, at this very moment.
        return None
    return _begin(after, stuck, ports) if after.status in _BEGUN_AGAIN else stuck


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
