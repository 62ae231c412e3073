"""Putting old keys back, and destroying their backup."""

from __future__ import annotations

import pytest

from tests.builders import ADA, a_failure
from tests.cleanups import (
    OTHER_ROW_ID,
    PAST,
    ROW_ID,
    CleanupWorld,
    some_cleanup_settings,
    some_values,
)
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.errors import NothingToRestore, OrgNotFound
from zoom_migrator.domain.legacy_keys import (
    KeyValues,
    RowChanged,
    RowGone,
    RowRefusal,
    RowRefused,
    RowUncertain,
)
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus
from zoom_migrator.use_cases.destroy_backup import destroy_backup, find_backup
from zoom_migrator.use_cases.put_back_rows import Restored

TWO_ROWS = (some_values(), some_values(OTHER_ROW_ID))


@pytest.fixture
def world() -> CleanupWorld:
    world = CleanupWorld()
    world.migrated(rows=TWO_ROWS)
    return world


class TestRestoring:
    def test_every_row_is_as_it_was(self, world: CleanupWorld) -> None:
        restored = world.restore()

        assert restored == Restored(restored=(ROW_ID, OTHER_ROW_ID))
        assert restored.is_complete
        assert world.keys.held(world.org_id) == TWO_ROWS

    def test_the_org_is_migrated_with_its_keys_then(self, world: CleanupWorld) -> None:
        world.restore()

        assert world.org.status is OrgStatus.MIGRATED_KEYS_KEPT
        assert world.org.keys_kept is KeysKeptReason.RESTORED
        assert world.org.snapshot is not None
        assert world.org.snapshot.keys.presence is KeyPresence.PRESENT
        assert world.told()[-1] is NoticeKind.KEYS_RESTORED

    def test_who_wanted_and_who_allowed_it_is_on_record_before_and_after(
        self, world: CleanupWorld
    ) -> None:
        world.restore()

        ordered, done = [line for line in world.history() if line.startswith("keys_restore")]
        assert "approved by Grace Hopper <grace@acme.example>: OAuth broke" in ordered
        assert done == "keys_restored: 2 row(s) restored, 0 not"

    def test_a_disconnected_org_runs_on_jwt_again(self, world: CleanupWorld) -> None:
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        assert world.lose().status is OrgStatus.DISCONNECTED

        world.restore()

        assert world.org.status is OrgStatus.FALLBACK_JWT

    def test_after_the_deadline_keys_are_of_no_use(self) -> None:
        world = CleanupWorld(cleanup=some_cleanup_settings(jwt_deadline=PAST))
        world.migrated()
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.lose()
        world.restore()

        assert world.org.status is OrgStatus.DISCONNECTED

    def test_keys_that_somebody_has_entered_since_are_left_alone(self, world: CleanupWorld) -> None:
        entered = KeyValues(OTHER_ROW_ID, "another-canary", None)
        world.keys.hold(world.org_id, KeyValues(ROW_ID, None, None), entered)

        restored = world.restore()

        assert restored.occupied == (OTHER_ROW_ID,)
        assert world.keys.held(world.org_id) == (some_values(), entered)

    def test_repeating_it_changes_nothing_and_is_told_once(self, world: CleanupWorld) -> None:
        world.restore()
        world.later(minutes=1)

        assert world.restore().occupied == (ROW_ID, OTHER_ROW_ID)
        assert world.told().count(NoticeKind.KEYS_RESTORED) == 1

    def test_a_lost_answer_is_settled_by_reading_back(self, world: CleanupWorld) -> None:
        world.keys.next_changes(world.org_id, RowUncertain("reset"), takes_effect=True)

        assert set(world.restore().restored) == {ROW_ID, OTHER_ROW_ID}

    def test_a_row_that_is_gone_is_named_and_keeps_nobody(self, world: CleanupWorld) -> None:
        world.keys.next_changes(world.org_id, RowGone())

        restored = world.restore()

        assert (restored.gone, restored.restored) == ((ROW_ID,), (OTHER_ROW_ID,))

    def test_what_the_org_refuses_is_named(self, world: CleanupWorld) -> None:
        refused = RowRefused(RowRefusal.CUSTOMER_LOGIC, "a trigger says no")
        world.keys.next_changes(world.org_id, refused, RowUncertain(), a_failure())

        restored = world.restore()

        assert restored.problems[0] == (ROW_ID, "a trigger says no")
        assert not restored.is_complete

    def test_an_answer_is_not_believed_without_reading_back(self, world: CleanupWorld) -> None:
        world.keys.next_changes(world.org_id, RowChanged())

        assert world.restore().problems == ((ROW_ID, "it is empty again"),)

    def test_an_org_that_cannot_be_looked_at_is_left_alone(self, world: CleanupWorld) -> None:
        world.keys.hide(world.org_id, "No such column")
        with pytest.raises(NothingToRestore, match="No such column"):
            world.restore()
        world.keys.show(world.org_id)
        world.keys.next_looks(world.org_id, a_failure())
        with pytest.raises(NothingToRestore, match="cannot be looked at"):
            world.restore()

        assert world.keys.changes(world.org_id) == [ROW_ID, OTHER_ROW_ID]

    def test_an_unknown_org_has_nothing_to_restore(self) -> None:
        with pytest.raises(OrgNotFound):
            CleanupWorld().restore()


class TestTheBackup:
    def test_it_counts_as_destroyed_from_the_moment_it_is_out_of_date(
        self, world: CleanupWorld
    ) -> None:
        world.clock.advance(world.backup.expires_at - world.clock.now())

        with pytest.raises(NothingToRestore, match="exists any more"):
            world.restore()
        with pytest.raises(NothingToRestore):
            find_backup(world.org_id, ports=world.backup_ports)

    def test_nobody_puts_keys_back_while_they_are_being_removed(self) -> None:
        world = CleanupWorld()
        world.approved()

        with pytest.raises(NothingToRestore, match="is removing its keys"):
            world.restore()
        with pytest.raises(NothingToRestore, match="is removing its keys"):
            destroy_backup(world.org_id, requested_by=ADA, ports=world.backup_ports)

    def test_after_a_stop_in_the_middle_they_can_be_put_back(self) -> None:
        world = CleanupWorld()
        world.approved(rows=TWO_ROWS)
        world.keys.next_changes(world.org_id, RowUncertain(), takes_effect=True)
        world.keys.next_changes(world.org_id, RowRefused(RowRefusal.LOCKED))
        world.remove()
        assert world.stop().outcome is MigrationOutcome.STOPPED

        world.restore()

        assert world.keys.held(world.org_id) == TWO_ROWS
        assert world.org.status is OrgStatus.AUTHORIZED

    def test_it_is_destroyed_on_request_and_that_is_on_record(self, world: CleanupWorld) -> None:
        assert find_backup(world.org_id, ports=world.backup_ports) == world.backup

        assert destroy_backup(world.org_id, requested_by=ADA, ports=world.backup_ports)
        assert not destroy_backup(world.org_id, requested_by=ADA, ports=world.backup_ports)

        assert world.backups.stored == {}
        assert world.history()[-2:] == [
            "backup_destroyed: destroyed on request",
            "backup_destroyed: there was none any more",
        ]
        with pytest.raises(NothingToRestore):
            world.restore()
