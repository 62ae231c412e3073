"""Watching over connected orgs: their package, their old keys, their grant, and their deadline."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import ADA, SCAN_ID, a_failure, a_result, a_scan, org_id_of, some_keys
from tests.cleanups import CleanupWorld, some_cleanup_settings, some_values
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.errors import OrgNotFound, ScanNotFound
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.use_cases.check_health import Health
from zoom_migrator.use_cases.revoke_grant import revoke_grant
from zoom_migrator.use_cases.watch_after_scan import Watched, watch_after_scan


@pytest.fixture
def world() -> CleanupWorld:
    world = CleanupWorld()
    world.migrated()
    world.zoom.forget_calls()
    return world


def keys_seen(world: CleanupWorld, presence: KeyPresence) -> None:
    world.orgs.save(world.org.with_keys(some_keys(presence)))


def note(world: CleanupWorld, action: AuditAction) -> None:
    entry = AuditEntry(world.org_id, world.clock.now(), action, ADA, "")
    world.orgs.save(world.org, [entry])
    world.later(seconds=1)


def is_being_restored(world: CleanupWorld) -> None:
    """The order is recorded and the keys are back, and that is not recorded yet."""
    note(world, AuditAction.KEYS_RESTORE_REQUESTED)
    world.keys.hold(world.org_id, some_values())
    keys_seen(world, KeyPresence.PRESENT)


class TestThePackage:
    def test_an_org_whose_package_was_removed_is_not_installed(self, world: CleanupWorld) -> None:
        world.scanned(None)

        assert world.health() is Health.MOVED
        assert world.org.status is OrgStatus.NOT_INSTALLED
        assert world.told()[-1] is NoticeKind.PACKAGE_REMOVED

    def test_one_whose_version_went_down_has_to_be_upgraded(self, world: CleanupWorld) -> None:
        world.scanned("3.23.0.4")

        assert world.health() is Health.MOVED
        assert world.org.status is OrgStatus.UPGRADE_REQUIRED
        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert (notice.kind, notice.facts["version_now"]) == (
            NoticeKind.VERSION_WENT_DOWN,
            "3.23",
        )

    def test_keys_that_are_there_again_are_told(self, world: CleanupWorld) -> None:
        world.keys.hold(world.org_id, some_values())
        keys_seen(world, KeyPresence.PRESENT)

        assert world.health() is Health.MOVED
        assert world.org.status is OrgStatus.MIGRATED_KEYS_KEPT
        assert world.org.keys_kept is KeysKeptReason.REAPPEARED
        assert world.told()[-1] is NoticeKind.KEYS_REAPPEARED

    def test_a_check_that_was_on_its_way_during_the_removal_is_no_alarm(
        self, world: CleanupWorld
    ) -> None:
        keys_seen(world, KeyPresence.PRESENT)

        assert world.health() is Health.WELL
        assert world.org.status is OrgStatus.MIGRATED

    def test_each_is_told_once(self, world: CleanupWorld) -> None:
        world.scanned("3.23.0.4")
        world.health()
        world.later(days=1)

        assert world.health() is Health.NOT_WATCHED
        assert world.told().count(NoticeKind.VERSION_WENT_DOWN) == 1

    def test_a_check_that_failed_says_nothing(self, world: CleanupWorld) -> None:
        world.scanned(None)
        world.orgs.save(replace(world.org, failure=a_failure()))

        assert world.health() is Health.WELL

    def test_keys_that_an_operator_is_just_putting_back_are_no_alarm(
        self, world: CleanupWorld
    ) -> None:
        is_being_restored(world)

        assert world.health() is Health.WELL
        assert world.org.status is OrgStatus.MIGRATED

    def test_keys_that_were_put_back_without_a_record_are_told_later(
        self, world: CleanupWorld
    ) -> None:
        is_being_restored(world)
        world.later(minutes=15)

        assert world.health() is Health.MOVED
        assert world.org.keys_kept is KeysKeptReason.REAPPEARED

    def test_keys_that_are_there_again_after_a_restore_that_put_back_none_are_told(
        self, world: CleanupWorld
    ) -> None:
        is_being_restored(world)
        note(world, AuditAction.KEYS_RESTORED)

        assert world.health() is Health.MOVED

    def test_what_a_migration_has_in_hand_it_sees_for_itself(self) -> None:
        world = CleanupWorld()
        world.soaked()
        world.scanned(None)

        assert world.health() is Health.WELL
        assert world.org.status is OrgStatus.AUTHORIZED


class TestTheGrant:
    def test_a_young_proof_is_not_made_anew(self, world: CleanupWorld) -> None:
        world.later(days=6)

        assert world.health() is Health.WELL
        assert world.zoom.calls == []

    def test_an_old_one_is(self, world: CleanupWorld) -> None:
        world.later(days=7)

        assert world.health() is Health.PROVEN
        assert world.org.verification is not None
        assert world.org.verification.at == world.clock.now()

    def test_a_grant_that_zoom_refuses_is_lost(self, world: CleanupWorld) -> None:
        world.later(days=7)
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        assert world.health() is Health.LOST
        assert world.org.status is OrgStatus.DISCONNECTED

    def test_one_that_is_known_to_be_gone_is_noticed_at_once(self, world: CleanupWorld) -> None:
        revoke_grant(
            world.grant_of().grant_id,
            requested_by=ADA,
            orgs=world.orgs,
            ports=world.grant_ports,
            ids=world.ids,
            clock=world.clock,
            settings=world.grant_settings,
        )

        assert world.health() is Health.LOST
        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert notice.facts["cause"] == "revoked"

    def test_where_zoom_cannot_be_asked_nothing_changes(self, world: CleanupWorld) -> None:
        world.later(days=7)
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(ZoomFailureCode.NOT_CONNECTED))

        assert world.health() is Health.UNPROVEN
        assert world.org.status is OrgStatus.MIGRATED

    def test_a_token_that_zoom_refuses_too_early_is_settled_by_a_refresh(
        self, world: CleanupWorld
    ) -> None:
        world.cleanup = some_cleanup_settings(prove_every=timedelta())
        world.zoom.will_fail(Call.USER, ZoomFailure(ZoomFailureCode.ACCESS_TOKEN_REJECTED))

        assert world.health() is Health.PROVEN
        assert world.zoom.calls == [Call.USER, Call.REFRESH, Call.USER]

    def test_it_is_refreshed_once_and_not_for_ever(self, world: CleanupWorld) -> None:
        world.cleanup = some_cleanup_settings(prove_every=timedelta())
        refused = ZoomFailure(ZoomFailureCode.ACCESS_TOKEN_REJECTED)
        world.zoom.will_fail(Call.USER, *[refused] * 9)

        assert world.health() is Health.UNPROVEN
        assert world.zoom.calls.count(Call.REFRESH) == 1

    def test_a_user_that_does_not_exist_any_more_is_a_loss(self, world: CleanupWorld) -> None:
        world.cleanup = some_cleanup_settings(prove_every=timedelta())
        world.zoom.will_fail(Call.USER, ZoomFailure(ZoomFailureCode.USER_NOT_FOUND))

        assert world.health() is Health.LOST


class TestWithoutAnAuthorization:
    def fallen_back(self) -> CleanupWorld:
        world = CleanupWorld()
        world.connected()
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.verify()
        assert world.org.status is OrgStatus.FALLBACK_JWT
        return world

    def hold(self, world: CleanupWorld, *rows: KeyValues) -> None:
        """What is in the org by now."""
        world.keys.hold(world.org_id, *rows)

    def test_an_org_whose_deadline_has_passed_is_disconnected(self) -> None:
        world = self.fallen_back()
        assert world.health() is Health.NOT_WATCHED
        world.later(days=30)

        assert world.health() is Health.MOVED
        assert world.org.status is OrgStatus.DISCONNECTED
        assert world.told()[-1] is NoticeKind.DISCONNECTED
        assert world.org.active_attempt == 1

    def test_an_org_whose_keys_somebody_removed_is_disconnected(self) -> None:
        world = self.fallen_back()
        self.hold(world)
        keys_seen(world, KeyPresence.ABSENT)

        assert world.health() is Health.MOVED
        assert world.org.status is OrgStatus.DISCONNECTED

    def test_a_check_that_was_on_its_way_while_keys_were_put_back_is_no_alarm(self) -> None:
        world = self.fallen_back()
        keys_seen(world, KeyPresence.ABSENT)

        assert world.health() is Health.NOT_WATCHED
        assert world.org.status is OrgStatus.FALLBACK_JWT

    def test_one_that_was_on_its_way_while_keys_were_removed_is_no_comfort(self) -> None:
        world = self.fallen_back()
        self.hold(world)
        keys_seen(world, KeyPresence.ABSENT)
        world.health()
        keys_seen(world, KeyPresence.PRESENT)

        assert world.health() is Health.NOT_WATCHED
        assert world.org.status is OrgStatus.DISCONNECTED

    def test_where_nobody_can_look_again_the_check_counts(self) -> None:
        world = self.fallen_back()
        keys_seen(world, KeyPresence.ABSENT)
        world.keys.next_looks(world.org_id, a_failure())

        assert world.health() is Health.MOVED
        assert world.org.status is OrgStatus.DISCONNECTED

    def test_an_org_on_jwt_is_not_logged_in_to_for_a_deadline(self) -> None:
        world = self.fallen_back()
        world.keys.next_looks(world.org_id, AssertionError("somebody looked"))
        world.later(days=30)

        assert world.health() is Health.MOVED

    def test_an_org_in_which_somebody_entered_keys_runs_on_jwt(self) -> None:
        world = self.fallen_back()
        self.hold(world)
        keys_seen(world, KeyPresence.ABSENT)
        world.health()
        world.later(days=1)
        self.hold(world, some_values())
        keys_seen(world, KeyPresence.PRESENT)

        assert world.health() is Health.MOVED
        assert world.org.status is OrgStatus.FALLBACK_JWT


def test_an_unknown_org_is_named() -> None:
    with pytest.raises(OrgNotFound):
        CleanupWorld().health()


class TestAfterAScan:
    def watch(
        self,
        world: CleanupWorld,
        scan_id: str = SCAN_ID,
        *,
        time_for: int = 9,
        passed_over: int = 0,
    ) -> Watched:
        seconds_left = iter([900.0] * time_for + [10.0])
        return watch_after_scan(
            scan_id,
            scans=world.scans,
            ports=world.health_ports,
            settings=world.cleanup,
            seconds_left=lambda: next(seconds_left),
            passed_over=passed_over,
        )

    def scan(self, world: CleanupWorld, scan_id: str) -> None:
        """One org that is connected, one that is not, and one that nobody knows any more."""
        world.scans.save(replace(a_scan(), scan_id=scan_id))
        world.scans.put_results(
            [a_result(org_id_of(number), scan_id=scan_id) for number in (1, 2, 3)]
        )

    @pytest.fixture
    def scanned(self, world: CleanupWorld) -> CleanupWorld:
        world.register(2)
        self.scan(world, SCAN_ID)
        return world

    def test_every_org_is_looked_at_and_no_trouble_keeps_the_others(
        self, scanned: CleanupWorld
    ) -> None:
        scanned.later(days=7)

        watched = self.watch(scanned)

        assert watched.found == {Health.PROVEN: 1, Health.NOT_WATCHED: 1}
        assert (watched.failed, watched.is_complete) == (1, True)

    def test_a_second_time_nothing_is_due(self, scanned: CleanupWorld) -> None:
        scanned.later(days=7)
        self.watch(scanned)

        assert self.watch(scanned).found == {Health.WELL: 1, Health.NOT_WATCHED: 1}

    def test_where_time_runs_short_it_stops(self, scanned: CleanupWorld) -> None:
        watched = self.watch(scanned, time_for=0)

        assert not watched.is_complete
        assert watched.found == {}

    def test_the_next_call_goes_on_behind_those_that_zoom_did_not_answer_for(
        self, scanned: CleanupWorld
    ) -> None:
        scanned.later(days=7)
        silence = ZoomFailure(ZoomFailureCode.NOT_CONNECTED)
        scanned.zoom.will_fail(Call.REFRESH, *[silence] * 9)

        calls = [self.watch(scanned, time_for=1, passed_over=number) for number in range(3)]

        assert [call.is_complete for call in calls] == [False, False, True]
        assert sum((call.found for call in calls), Counter()) == {
            Health.UNPROVEN: 1,
            Health.NOT_WATCHED: 1,
        }
        assert sum(call.failed for call in calls) == 1

    def test_no_org_is_always_the_last_one(self, scanned: CleanupWorld) -> None:
        first: set[str] = set()
        for number in range(12):
            scan_id = f"{SCAN_ID}{number}"
            self.scan(scanned, scan_id)
            call = self.watch(scanned, scan_id, time_for=1)
            first.add(*call.found or ["unknown"])

        assert first == {Health.WELL, Health.NOT_WATCHED, "unknown"}

    def test_an_unknown_scan_is_named(self, world: CleanupWorld) -> None:
        with pytest.raises(ScanNotFound):
            self.watch(world)


def test_keys_that_an_org_keeps_are_no_news(world: CleanupWorld) -> None:
    world.restore()
    assert world.keys.held(world.org_id) != (KeyValues("a0B5g000000001AAAQ", None, None),)

    assert world.health() is Health.WELL
