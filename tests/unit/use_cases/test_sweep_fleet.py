"""No org is lost: what nothing would ever move again is found, moved on, or named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import an_org, org_id_of
from tests.cleanups import CleanupWorld
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.stuck import StuckKind
from zoom_migrator.use_cases.find_stuck_orgs import find_stuck_orgs
from zoom_migrator.use_cases.start_migration import start_migration
from zoom_migrator.use_cases.stop_migration import stop_migration
from zoom_migrator.use_cases.sweep_fleet import SWEEP, Swept, sweep_fleet


@pytest.fixture
def world() -> CleanupWorld:
    return CleanupWorld()


def sweep(world: CleanupWorld, *, seconds_left: float = 900.0) -> Swept:
    return sweep_fleet(ports=world.sweep_ports, seconds_left=lambda: seconds_left)


def kinds(world: CleanupWorld) -> list[StuckKind]:
    return [stuck.kind for stuck in find_stuck_orgs(ports=world.stuck_ports)]


def died(world: CleanupWorld) -> None:
    world.workflow.fail(world.migration.migration_id, "the run timed out")


def out_of_date(world: CleanupWorld, *, but_for: timedelta = timedelta(0)) -> datetime:
    """Let the time of the org's backup run out; returns when that was."""
    until = world.backup.expires_at
    world.clock.advance(until - but_for - world.clock.now())
    return until


class TestAnOrgThatGoesOn:
    def test_nothing_is_done_about_it(self, world: CleanupWorld) -> None:
        world.soaked()

        assert kinds(world) == []
        assert sweep(world) == Swept()


class TestADeadRun:
    def test_one_that_was_never_started_is_started(self, world: CleanupWorld) -> None:
        world.connected()
        world.workflow.forget(world.migration.migration_id)

        assert kinds(world) == [StuckKind.RUN_DEAD]
        assert sweep(world).moved == [world.org_id]
        assert world.workflow.running == {world.migration.migration_id}
        assert kinds(world) == []

    def test_a_connected_org_begins_again_with_its_proof(self, world: CleanupWorld) -> None:
        world.soaked()
        died(world)

        assert sweep(world).moved == [world.org_id]

        assert world.migration.outcome is MigrationOutcome.BROKE
        world.attempt = 2
        assert world.migration.trigger == SWEEP
        assert world.migration.step is MigrationStep.AUTHORIZED
        assert kinds(world) == []

    def test_one_that_the_sweep_began_and_that_dies_again_is_only_named(
        self, world: CleanupWorld
    ) -> None:
        world.soaked()
        died(world)
        sweep(world)
        world.attempt = 2
        died(world)

        swept = sweep(world)

        assert [stuck.org_id for stuck in swept.named] == [world.org_id]
        assert world.org.attempts == 2
        assert kinds(world) == [StuckKind.NOBODY_IN_CHARGE]

    def test_an_org_before_its_authorization_is_blocked_with_a_reason(
        self, world: CleanupWorld
    ) -> None:
        world.asked()
        world.workflow.start(world.migration)
        died(world)

        swept = sweep(world)

        assert [stuck.kind for stuck in swept.named] == [StuckKind.RUN_DEAD]
        assert world.org.status is OrgStatus.BLOCKED
        assert world.org.blocked_reason is BlockedReason.MIGRATION_BROKE
        assert kinds(world) == []


class TestAConsentThatWasNeverRecorded:
    def stored(self, world: CleanupWorld) -> None:
        """Somebody consented, and the callback died before it could record it."""
        world.asked()
        world.workflow.start(world.migration)
        before = world.migration, world.org
        world.authorize()
        world.migrations.save(
            replace(before[0], revision=world.migration.revision),
            org=replace(before[1], revision=world.org.revision),
        )

    def test_it_is_recorded_and_the_machine_woken(self, world: CleanupWorld) -> None:
        self.stored(world)
        world.later(minutes=5)
        assert kinds(world) == [StuckKind.GRANT_NOT_RECORDED]

        assert sweep(world).moved == [world.org_id]

        assert world.migration.step is MigrationStep.AUTHORIZED
        assert world.org.status is OrgStatus.AUTHORIZED
        assert kinds(world) == []

    def test_one_that_may_still_be_at_work_is_left_alone(self, world: CleanupWorld) -> None:
        self.stored(world)
        world.later(minutes=4)

        assert kinds(world) == []


class TestStaleClaims:
    def test_an_org_in_the_hands_of_a_migration_that_is_over_is_let_go(
        self, world: CleanupWorld
    ) -> None:
        world.migrated()
        world.orgs.save(replace(world.org, active_attempt=1))
        assert kinds(world) == [StuckKind.CLAIM_STALE]

        assert sweep(world).moved == [world.org_id]
        assert world.org.active_attempt is None
        assert kinds(world) == []

    def test_one_in_the_hands_of_nobody_begins_again(self, world: CleanupWorld) -> None:
        world.orgs.save(an_org(status=OrgStatus.AUTHORIZED))

        assert kinds(world) == [StuckKind.NOBODY_IN_CHARGE]
        assert sweep(world).moved == [world.org_id]
        assert world.org.active_attempt == 1

    def test_one_that_only_a_person_can_move_is_named(self, world: CleanupWorld) -> None:
        world.orgs.save(an_org(1, status=OrgStatus.BLOCKED))

        assert [stuck.kind for stuck in sweep(world).named] == [StuckKind.NO_REASON]

    def test_an_upgrade_of_which_no_migration_knows_is_taken_back(
        self, world: CleanupWorld
    ) -> None:
        world.orgs.save(an_org(status=OrgStatus.UPGRADING))

        assert sweep(world).moved == [world.org_id]
        assert world.org.status is OrgStatus.UPGRADE_REQUIRED
        assert world.history()[-1] == "status_changed: upgrading -> upgrade_required"
        assert kinds(world) == []


class TestWhatMovesMeanwhile:
    """The orgs are read many at a time, and machines and people go on meanwhile."""

    def sweep_with(self, world: CleanupWorld, act: Callable[[], object]) -> Swept:
        ports = world.sweep_ports
        orgs = ReadBefore(world, act)
        return sweep_fleet(
            ports=replace(ports, stuck=replace(ports.stuck, orgs=orgs)), seconds_left=lambda: 900.0
        )

    def stop(self, world: CleanupWorld) -> None:
        stop_migration(
            world.org_id,
            requested_by="ada",
            reason="not this month",
            orgs=world.orgs,
            migrations=world.migrations,
            workflow=world.workflow,
            clock=world.clock,
        )
        died(world)

    def begin_anew(self, world: CleanupWorld) -> None:
        self.stop(world)
        start_migration(
            world.org_id,
            trigger="operator",
            requested_by="ada",
            orgs=world.orgs,
            migrations=world.migrations,
            workflow=world.workflow,
            clock=world.clock,
        )

    def test_what_an_operator_stopped_meanwhile_stays_stopped(self, world: CleanupWorld) -> None:
        world.soaked()

        swept = self.sweep_with(world, lambda: self.stop(world))

        assert swept == Swept()
        assert (world.org.attempts, world.org.active_attempt) == (1, None)

    def test_a_migration_that_began_meanwhile_keeps_its_org(self, world: CleanupWorld) -> None:
        world.soaked()

        swept = self.sweep_with(world, lambda: self.begin_anew(world))

        assert swept == Swept()
        assert world.org.active_attempt == 2

    def test_nothing_is_recorded_of_a_migration_that_ended_well_meanwhile(
        self, world: CleanupWorld
    ) -> None:
        world.approved()

        swept = self.sweep_with(world, world.remove)

        assert swept == Swept()
        assert world.org.status is OrgStatus.MIGRATED
        trail = world.orgs.audit_trail(world.org_id, limit=100)
        assert SWEEP not in {entry.actor for entry in trail}


class TestBackupsThatAreOutOfDate:
    def kept(self, world: CleanupWorld) -> list[str]:
        return list(world.backups.stored)

    def records(self, world: CleanupWorld) -> list[AuditEntry]:
        trail = world.orgs.audit_trail(world.org_id, limit=100)
        return [entry for entry in trail if entry.action is AuditAction.BACKUP_DESTROYED]

    def test_one_is_destroyed_and_that_is_recorded(self, world: CleanupWorld) -> None:
        world.migrated()
        until = out_of_date(world)

        assert sweep(world).expired == [world.org_id]

        assert self.kept(world) == []
        (record,) = self.records(world)
        assert (record.actor, record.at) == (SWEEP, until)
        assert record.detail == f"1 row(s), out of date since {until:%Y-%m-%d %H:%M}"
        assert sweep(world).expired == []
        assert len(self.records(world)) == 1

    def test_one_that_can_still_be_put_back_is_kept(self, world: CleanupWorld) -> None:
        world.migrated()
        out_of_date(world, but_for=timedelta(seconds=1))

        assert sweep(world).expired == []

        assert self.kept(world) == [world.org_id]
        assert self.records(world) == []

    def test_one_that_gave_way_to_a_newer_one_meanwhile_stays(self, world: CleanupWorld) -> None:
        world.migrated()
        old = world.backup
        out_of_date(world)
        renewed = replace(old, expires_at=old.expires_at + timedelta(days=1), revision=0)
        orgs = Meanwhile(world, lambda: world.backups.save(renewed, now=world.clock.now()))
        ports = world.sweep_ports

        sweep_fleet(
            ports=replace(ports, stuck=replace(ports.stuck, orgs=orgs)), seconds_left=lambda: 900.0
        )

        assert world.backup.expires_at == renewed.expires_at

    def test_one_whose_org_is_changed_at_this_moment_stays_for_the_next_sweep(
        self, world: CleanupWorld
    ) -> None:
        world.migrated()
        out_of_date(world)
        orgs = Meanwhile(world, lambda: world.orgs.save(world.org))
        ports = world.sweep_ports

        swept = sweep_fleet(
            ports=replace(ports, stuck=replace(ports.stuck, orgs=orgs)), seconds_left=lambda: 900.0
        )

        assert (swept.expired, swept.failed) == ([], [world.org_id])
        assert self.kept(world) == [world.org_id]
        assert self.records(world) == []
        assert sweep(world).expired == [world.org_id]

    def test_it_is_on_record_whenever_the_process_dies(self, world: CleanupWorld) -> None:
        world.migrated()
        out_of_date(world)
        ports = world.sweep_ports

        swept = sweep_fleet(
            ports=replace(ports, backups=Indestructible(world)), seconds_left=lambda: 900.0
        )

        assert swept.failed == [world.org_id]
        assert len(self.records(world)) == 1
        assert sweep(world).expired == [world.org_id]
        assert self.kept(world) == []

    def test_where_time_runs_short_it_stays_for_the_next_sweep(self, world: CleanupWorld) -> None:
        world.migrated()
        out_of_date(world)

        assert not sweep(world, seconds_left=10).is_complete

        assert self.kept(world) == [world.org_id]


class Meanwhile:
    """Orgs of which the first to be read is changed by somebody else right after."""

    def __init__(self, world: CleanupWorld, act: Callable[[], object]) -> None:
        self._orgs = world.orgs
        self._act: Callable[[], object] | None = act

    def get(self, org_id: str) -> Org | None:
        org = self._orgs.get(org_id)
        act, self._act = self._act, None
        if act is not None:
            act()
        return org

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orgs, name)


class ReadBefore:
    """Orgs of a fleet that is read, and of which somebody changes one right after."""

    def __init__(self, world: CleanupWorld, act: Callable[[], object]) -> None:
        self._orgs = world.orgs
        self._act = act

    def get_many(self, org_ids: Collection[str]) -> Mapping[str, Org]:
        orgs = self._orgs.get_many(org_ids)
        self._act()
        return orgs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orgs, name)


class Indestructible:
    """Backups in a store that goes out of reach before the last of them is destroyed."""

    def __init__(self, world: CleanupWorld) -> None:
        self._backups = world.backups

    def destroy_out_of_date(self, org_id: str, *, now: datetime) -> bool:
        raise StoreUnavailable("The store cannot be reached.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backups, name)


class Choosy:
    """Step Functions that cannot be reached for one org."""

    def __init__(self, world: CleanupWorld, org_id: str) -> None:
        self._real = world.workflow
        self._org_id = org_id

    def start(self, migration: Migration) -> None:
        if migration.org_id == self._org_id:
            raise StoreUnavailable("Step Functions cannot be reached.")
        self._real.start(migration)

    def stop(self, migration: Migration, *, reason: str) -> None:
        self._real.stop(migration, reason=reason)

    def failure_of(self, migration: Migration) -> str | None:
        if migration.org_id == self._org_id:
            raise StoreUnavailable("Step Functions cannot be reached.")
        return self._real.failure_of(migration)


def test_one_orgs_trouble_never_keeps_the_others(world: CleanupWorld) -> None:
    world.orgs.save(an_org(1, status=OrgStatus.AUTHORIZED))
    world.orgs.save(an_org(2, status=OrgStatus.AUTHORIZED))
    ports = world.sweep_ports
    troubled = replace(ports, stuck=replace(ports.stuck, workflow=Choosy(world, world.org_id)))

    swept = sweep_fleet(ports=troubled, seconds_left=lambda: 900.0)

    assert swept.failed == [world.org_id]
    assert len(swept.moved) == 1


def test_an_org_that_cannot_be_looked_at_never_keeps_the_others(world: CleanupWorld) -> None:
    world.soaked()
    world.orgs.save(an_org(2, status=OrgStatus.AUTHORIZED))
    ports = world.sweep_ports
    troubled = replace(ports, stuck=replace(ports.stuck, workflow=Choosy(world, world.org_id)))

    swept = sweep_fleet(ports=troubled, seconds_left=lambda: 900.0)

    assert swept.failed == [world.org_id]
    assert swept.moved == [org_id_of(2)]


class TestAFleetThatIsTooLargeForOneSweep:
    """Orgs that go on cost time as well: each is asked for at Step Functions."""

    def waiting(self, world: CleanupWorld) -> list[str]:
        for number in range(1, 24):
            org = an_org(number, status=OrgStatus.AUTHORIZATION_PENDING, active_attempt=1)
            world.orgs.save(replace(org, attempts=1))
        return list(world.orgs.list_ids())

    def looked_at(self, world: CleanupWorld, *, orgs: int) -> list[str]:
        """Which orgs a sweep comes to that has time for so many."""
        seconds = iter([60.0] * orgs)
        return sweep_fleet(ports=world.sweep_ports, seconds_left=lambda: next(seconds, 10.0)).moved

    def test_it_stops_in_time_though_all_of_them_go_on(self, world: CleanupWorld) -> None:
        world.soaked()

        assert not sweep(world, seconds_left=10).is_complete

    def test_each_hour_begins_at_another_part_of_it(self, world: CleanupWorld) -> None:
        org_ids = self.waiting(world)

        swept = []
        for _ in range(23):
            swept += self.looked_at(world, orgs=1)
            world.later(hours=1)

        assert sorted(swept) == sorted(org_ids)

    def test_so_does_one_that_runs_once_a_day(self, world: CleanupWorld) -> None:
        org_ids = self.waiting(world)

        swept = []
        for _ in range(23):
            swept += self.looked_at(world, orgs=1)
            world.later(days=1)

        assert sorted(swept) == sorted(org_ids)


def test_where_time_runs_short_it_stops(world: CleanupWorld) -> None:
    world.orgs.save(an_org(status=OrgStatus.AUTHORIZED))

    assert not sweep(world, seconds_left=10).is_complete
    assert world.org.active_attempt is None
