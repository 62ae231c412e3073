"""The removal of old keys: what has to hold, what an org may say, and that it can be repeated."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import a_failure
from tests.cleanups import OTHER_ROW_ID, ROW_ID, CleanupWorld, some_values
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.errors import ConcurrentModification, InvariantViolation
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import (
    KeyValues,
    RowChanged,
    RowGone,
    RowRefusal,
    RowRefused,
    RowUncertain,
)
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode

TWO_ROWS = (some_values(), some_values(OTHER_ROW_ID))


@pytest.fixture
def world() -> CleanupWorld:
    return CleanupWorld()


def lasting(world: CleanupWorld, verdict: Verdict, days: int = 3) -> Verdict:
    until = world.clock.now() + timedelta(days=days)
    while verdict.next is Next.REMOVE_KEYS and world.clock.now() < until:
        world.later(seconds=max(verdict.wait_seconds, 1))
        verdict = world.remove()
    return verdict


class TestRemoving:
    def test_both_fields_are_blank_and_the_org_is_migrated(self, world: CleanupWorld) -> None:
        world.approved()

        assert world.remove().outcome is MigrationOutcome.MIGRATED
        assert world.keys.held(world.org_id) == (KeyValues(ROW_ID, None, None),)
        assert world.org.status is OrgStatus.MIGRATED
        assert world.org.snapshot is not None
        assert world.org.snapshot.keys.presence is KeyPresence.ABSENT
        assert world.told()[-1] is NoticeKind.MIGRATED

    def test_zoom_is_called_before_it_begins_before_each_row_and_afterwards(
        self, world: CleanupWorld
    ) -> None:
        world.approved(rows=TWO_ROWS)
        world.zoom.forget_calls()
        world.remove()

        assert world.zoom.calls == [Call.USER] * 4
        # Two while soaking, one to begin, the last one before a row, and one afterwards.
        assert len(world.migration.verifications) == 5

    def test_the_values_stand_encrypted_in_the_backup_and_nowhere_else(
        self, world: CleanupWorld
    ) -> None:
        world.approved(rows=TWO_ROWS)
        world.remove()

        opened = world.backup_vault.open(world.backup.sealed, org_id=world.org_id)
        assert opened == TWO_ROWS
        assert world.backup.row_ids == (ROW_ID, OTHER_ROW_ID)
        stored = f"{world.backup} {world.migration} {world.org} {world.history()}"
        assert "canary" not in stored

    def test_the_backup_is_kept_to_the_end_of_the_deadline(self, world: CleanupWorld) -> None:
        world.approved()
        world.remove()

        assert f"{world.backup.expires_at:%Y-%m-%d %H:%M}" == "2026-07-22 00:00"
        assert world.removal.backup_until == world.backup.expires_at

    def test_it_is_on_record(self, world: CleanupWorld) -> None:
        world.approved()
        world.remove()

        actions = [line.partition(":")[0] for line in world.history()]
        assert [each for each in actions if each.startswith("keys_")] == [
            "keys_backed_up",
            "keys_removed",
        ]

    def test_a_field_that_was_empty_already_does_no_harm(self, world: CleanupWorld) -> None:
        world.approved(rows=(KeyValues(ROW_ID, "only-a-key-canary", None),))

        assert world.remove().outcome is MigrationOutcome.MIGRATED

    def test_rows_that_hold_nothing_are_not_touched(self, world: CleanupWorld) -> None:
        world.approved(rows=(some_values(), KeyValues(OTHER_ROW_ID, None, None)))
        world.remove()

        assert world.keys.changes(world.org_id) == [ROW_ID]

    def test_keys_that_somebody_removed_by_hand_are_gone_as_well(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.hold(world.org_id, KeyValues(ROW_ID, None, None))

        assert world.remove().outcome is MigrationOutcome.MIGRATED
        assert world.keys.changes(world.org_id) == []
        assert world.backups.stored == {}

    def test_once_it_is_over_a_repetition_does_nothing(self, world: CleanupWorld) -> None:
        world.approved()
        world.remove()
        world.zoom.forget_calls()

        assert world.remove().next is Next.END
        assert world.keys.changes(world.org_id) == [ROW_ID]
        assert world.zoom.calls == []


class TestWhatHasToHold:
    def test_without_an_approval_nothing_is_removed(self, world: CleanupWorld) -> None:
        world.asking()
        world.migrations.save(replace(world.migration, step=MigrationStep.REMOVING_KEYS))

        with pytest.raises(InvariantViolation, match="nobody approved"):
            world.remove()
        assert world.keys.changes(world.org_id) == []

    def test_a09_without_a_grant_that_works_nothing_is_removed(self, world: CleanupWorld) -> None:
        world.approved()
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        assert world.remove().next is Next.AUTHORIZE
        assert world.keys.changes(world.org_id) == []
        assert world.org.status is OrgStatus.FALLBACK_JWT
        assert world.backups.stored == {}

    def test_a_grant_that_is_lost_just_before_is_noticed(self, world: CleanupWorld) -> None:
        world.approved()
        user = world.grant_of().subject.user_id
        world.zoom.meanwhile(after=Call.USER, happens=lambda: world.zoom.deauthorize(user))

        assert world.remove().next is Next.AUTHORIZE
        assert world.keys.changes(world.org_id) == []

    def test_where_zoom_cannot_be_asked_nothing_is_removed(self, world: CleanupWorld) -> None:
        world.approved()
        world.zoom.will_fail(Call.USER, *[ZoomFailure(ZoomFailureCode.NOT_CONNECTED)] * 500)

        verdict = lasting(world, world.remove())

        assert verdict.outcome is MigrationOutcome.UNVERIFIED
        assert world.keys.changes(world.org_id) == []
        assert world.org.status is OrgStatus.AUTHORIZED

    def test_a_second_worker_leaves_it_to_the_first(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(world.org_id, ProcessDied())
        with pytest.raises(ProcessDied):
            world.remove()

        assert world.remove() == Verdict(Next.REMOVE_KEYS, 300)
        assert world.keys.changes(world.org_id) == [ROW_ID]

    def test_after_the_lease_of_one_that_died_it_goes_on(self, world: CleanupWorld) -> None:
        world.approved(rows=TWO_ROWS)
        world.keys.next_changes(world.org_id, ProcessDied(), takes_effect=True)
        with pytest.raises(ProcessDied):
            world.remove()
        world.later(minutes=5)

        assert world.remove().outcome is MigrationOutcome.MIGRATED
        opened = world.backup_vault.open(world.backup.sealed, org_id=world.org_id)
        assert opened == TWO_ROWS

    def test_tries_that_all_break_off_come_to_an_end(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(world.org_id, *[ProcessDied() for _ in range(700)])
        began = world.clock.now()

        verdict = Verdict(Next.REMOVE_KEYS)
        while verdict.next is Next.REMOVE_KEYS:
            world.later(seconds=verdict.wait_seconds)
            with suppress(ProcessDied):
                verdict = world.remove()

        assert verdict.outcome is MigrationOutcome.CLEANUP_BLOCKED
        assert world.migration.failure_code == "keys_not_removed"
        assert world.clock.now() - began < timedelta(days=2, minutes=10)
        assert world.org.status is OrgStatus.MIGRATED_KEYS_KEPT

    def test_while_it_lasts_nobody_can_end_the_migration(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(world.org_id, ProcessDied())
        with pytest.raises(ProcessDied):
            world.remove()

        with pytest.raises(ConcurrentModification, match="being removed"):
            world.stop()
        with pytest.raises(ConcurrentModification):
            world.lose()
        world.later(minutes=5)
        assert world.stop().outcome is MigrationOutcome.STOPPED
        assert world.org.status is OrgStatus.AUTHORIZED

    def test_an_org_that_went_another_way_is_left_alone(self, world: CleanupWorld) -> None:
        world.approved()
        world.orgs.save(world.org.released())

        assert world.remove().outcome is MigrationOutcome.STOPPED
        assert world.keys.changes(world.org_id) == []


class TestWhatAnOrgMaySay:
    @pytest.mark.parametrize(
        "reason", [each for each in RowRefusal if each is not RowRefusal.LOCKED]
    )
    def test_a_refusal_is_named_with_what_was_said(
        self, reason: RowRefusal, world: CleanupWorld
    ) -> None:
        world.approved()
        said = "FIELD_CUSTOM_VALIDATION_EXCEPTION: Keys must not be empty"
        world.keys.next_changes(world.org_id, RowRefused(reason, said))

        assert world.remove().outcome is MigrationOutcome.CLEANUP_BLOCKED
        assert world.migration.said == said
        assert world.migration.failure_code == f"row_{reason}"
        assert world.org.keys_kept is KeysKeptReason.REFUSED
        assert world.told()[-1] is NoticeKind.CLEANUP_BLOCKED

    def test_a_locked_row_is_tried_again(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(
            world.org_id, RowRefused(RowRefusal.LOCKED, "unable to obtain exclusive access")
        )

        verdict = world.remove()

        assert verdict == Verdict(Next.REMOVE_KEYS, 60)
        assert world.removal.last_problem == "unable to obtain exclusive access"
        assert world.removal.lease is None
        world.later(seconds=60)
        assert world.remove().outcome is MigrationOutcome.MIGRATED

    def test_a_row_that_stays_locked_is_named_in_the_end(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(world.org_id, *[RowRefused(RowRefusal.LOCKED, "locked")] * 500)

        verdict = lasting(world, world.remove())

        assert verdict.outcome is MigrationOutcome.CLEANUP_BLOCKED
        assert world.migration.failure_code == "keys_not_removed"

    def test_a_lost_answer_is_settled_by_reading_back(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(world.org_id, RowUncertain("reset"), takes_effect=True)

        assert world.remove().outcome is MigrationOutcome.MIGRATED
        assert world.keys.changes(world.org_id) == [ROW_ID]

    def test_a_request_that_never_arrived_is_sent_again(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(world.org_id, RowUncertain("reset"))

        assert lasting(world, world.remove()).outcome is MigrationOutcome.MIGRATED
        assert world.keys.changes(world.org_id) == [ROW_ID, ROW_ID]

    def test_an_answer_is_not_believed_without_reading_back(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(world.org_id, RowChanged())

        assert world.remove() == Verdict(Next.REMOVE_KEYS, 60)

    def test_a_row_that_is_gone_is_done(self, world: CleanupWorld) -> None:
        world.approved(rows=TWO_ROWS)
        world.keys.next_changes(world.org_id, RowGone(), takes_effect=True)

        assert world.remove().outcome is MigrationOutcome.MIGRATED

    def test_one_row_of_several_that_is_refused_is_named(self, world: CleanupWorld) -> None:
        world.approved(rows=TWO_ROWS)
        refused = RowRefused(RowRefusal.CUSTOMER_LOGIC, "a trigger says no")
        world.keys.next_changes(world.org_id, refused)

        assert world.remove().outcome is MigrationOutcome.CLEANUP_BLOCKED
        assert world.org.snapshot is not None
        assert world.org.snapshot.keys.record_ids == (ROW_ID,)

    def test_an_org_that_cannot_be_reached_is_waited_for(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_looks(world.org_id, a_failure(FailureCode.SERVICE_UNAVAILABLE))

        assert world.remove() == Verdict(Next.REMOVE_KEYS, 60)
        assert lasting(world, Verdict(Next.REMOVE_KEYS, 60)).outcome is MigrationOutcome.MIGRATED

    def test_an_org_that_refuses_the_login_is_named(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_looks(world.org_id, a_failure(FailureCode.LOGIN_NOT_APPROVED))

        assert world.remove().outcome is MigrationOutcome.UNVERIFIED
        assert world.migration.failure_code == FailureCode.LOGIN_NOT_APPROVED

    def test_a_request_that_was_surely_not_sent_is_repeated(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.next_changes(world.org_id, a_failure(FailureCode.SERVICE_UNAVAILABLE))

        assert lasting(world, world.remove()).outcome is MigrationOutcome.MIGRATED
        assert world.keys.changes(world.org_id) == [ROW_ID]

    def test_rights_that_are_gone_by_now_are_named(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.protect(world.org_id)

        assert world.remove().outcome is MigrationOutcome.CLEANUP_BLOCKED
        assert world.migration.failure_code == "keys_not_updateable"
        assert world.keys.changes(world.org_id) == []

    def test_fields_that_cannot_be_seen_by_now_are_named(self, world: CleanupWorld) -> None:
        world.approved()
        world.keys.hide(world.org_id, "No such column")

        assert world.remove().outcome is MigrationOutcome.CLEANUP_BLOCKED
        assert world.migration.said == "No such column"


class TestAfterwards:
    def test_a_grant_that_is_lost_meanwhile_leaves_the_org_disconnected(
        self, world: CleanupWorld
    ) -> None:
        world.approved()
        user = world.grant_of().subject.user_id
        calls = iter(range(9))

        def lose_it_after_the_second() -> None:
            if next(calls) == 1:
                world.zoom.deauthorize(user)
            world.zoom.meanwhile(after=Call.USER, happens=lose_it_after_the_second)

        world.zoom.meanwhile(after=Call.USER, happens=lose_it_after_the_second)

        assert world.remove().next is Next.AUTHORIZE
        assert world.org.status is OrgStatus.DISCONNECTED
        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert notice.kind is NoticeKind.DISCONNECTED
        assert notice.facts["restore_until"] == world.backup.expires_at.isoformat()

    def test_where_zoom_cannot_be_asked_afterwards_it_is_asked_again(
        self, world: CleanupWorld
    ) -> None:
        world.approved()
        calls = iter(range(9))

        def fail_after_the_second() -> None:
            if next(calls) == 1:
                world.zoom.will_fail(Call.USER, ZoomFailure(ZoomFailureCode.NOT_CONNECTED))
            world.zoom.meanwhile(after=Call.USER, happens=fail_after_the_second)

        world.zoom.meanwhile(after=Call.USER, happens=fail_after_the_second)
        verdict = world.remove()

        assert verdict == Verdict(Next.REMOVE_KEYS, 60)
        assert world.removal.removed_at is not None
        world.later(seconds=60)
        assert world.remove().outcome is MigrationOutcome.MIGRATED
        assert world.keys.changes(world.org_id) == [ROW_ID]


class ProcessDied(Exception):
    """The process is gone before it can record what was answered."""
