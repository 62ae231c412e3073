"""The two proofs of a connection, and what is decided by the second."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import MINIMUM, a_failure, a_full_snapshot, after
from tests.cleanups import PROBE, CleanupWorld, some_cleanup_settings
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import CleanupPolicy
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus
from zoom_migrator.domain.verification import PackageConnection
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode

# However long it soaks, it looks as often as this whether the org still has its grant.
SLEEP = 6 * 3600


@pytest.fixture
def world() -> CleanupWorld:
    return CleanupWorld()


@pytest.fixture
def probing() -> CleanupWorld:
    return CleanupWorld(cleanup=some_cleanup_settings(probe=PROBE))


def lasting(world: CleanupWorld, verdict: Verdict, days: int) -> Verdict:
    """Go on as the machine does until something else comes, or for so many days."""
    until = world.clock.now() + timedelta(days=days)
    while verdict.next is Next.VERIFY and world.clock.now() < until:
        world.later(seconds=max(verdict.wait_seconds, 1))
        verdict = world.verify()
    return verdict


class TestTheFirstProof:
    def test_it_calls_zoom_with_the_stored_grant_and_then_waits(self, world: CleanupWorld) -> None:
        world.connected()

        verdict = world.verify()

        assert verdict == Verdict(Next.VERIFY, SLEEP)
        assert world.zoom.calls == [Call.USER]
        assert world.migration.step is MigrationStep.SOAKING
        assert world.migration.soak_until == after(days=1)

    def test_it_is_recorded_with_when_and_by_which_grant(self, world: CleanupWorld) -> None:
        world.connected()
        world.verify()

        (proof,) = world.migration.verifications
        assert (proof.at, proof.grant_version) == (after(), world.grant_of().version)
        assert proof.grant_id == world.grant_of().grant_id
        assert world.org.verification == proof
        assert world.org.is_proven
        trail = world.orgs.audit_trail(world.org_id, limit=1)
        assert trail[0].action is AuditAction.VERIFIED

    def test_a_token_that_works_is_not_refreshed(self, world: CleanupWorld) -> None:
        world.connected()
        world.verify()

        assert Call.REFRESH not in world.zoom.calls

    def test_a_step_that_is_repeated_waits_on(self, world: CleanupWorld) -> None:
        world.connected()
        world.verify()
        world.later(hours=23)

        assert world.verify() == Verdict(Next.VERIFY, 3600)
        assert world.zoom.calls == [Call.USER]

    def test_without_a_probe_nothing_is_claimed_of_the_package(self, world: CleanupWorld) -> None:
        world.connected()
        world.verify()

        assert world.package.probed == []
        assert world.migration.verifications[0].package is PackageConnection.NOT_PROBED

    @pytest.mark.parametrize("code", [ZoomFailureCode.RATE_LIMITED, ZoomFailureCode.ANSWER_LOST])
    def test_a_disturbance_at_zoom_is_waited_for(
        self, code: ZoomFailureCode, world: CleanupWorld
    ) -> None:
        world.connected()
        world.zoom.will_fail(Call.USER, ZoomFailure(code))

        assert world.verify() == Verdict(Next.VERIFY, 60)
        world.later(seconds=60)
        assert world.verify() == Verdict(Next.VERIFY, SLEEP)
        assert world.migration.step is MigrationStep.SOAKING
        assert world.migration.waiting_since is None

    def test_our_own_misconfiguration_costs_no_org_its_authorization(
        self, world: CleanupWorld
    ) -> None:
        world.connected()
        world.later(hours=2)
        world.zoom.app = ZoomFailure(ZoomFailureCode.CREDENTIALS_MISSING)

        verdict = lasting(world, world.verify(), 3)

        assert verdict.outcome is MigrationOutcome.UNVERIFIED
        assert world.org.status is OrgStatus.AUTHORIZED
        assert world.org.active_attempt is None
        assert world.migration.failure_code == ZoomFailureCode.CREDENTIALS_MISSING
        assert world.told()[-1] is NoticeKind.VERIFICATION_FAILED


class TestALostGrant:
    def test_the_migration_goes_back_to_its_authorization(self, world: CleanupWorld) -> None:
        world.connected()
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        verdict = world.verify()

        assert verdict.next is Next.AUTHORIZE
        assert world.org.status is OrgStatus.FALLBACK_JWT
        assert world.org.verification is None
        assert world.migration.step is MigrationStep.AWAITING_AUTHORIZATION
        assert world.org.active_attempt == 1

    def test_it_is_told_with_the_day_until_which_jwt_goes_on(self, world: CleanupWorld) -> None:
        world.connected()
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.verify()

        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert notice.kind is NoticeKind.FELL_BACK
        assert notice.facts["jwt_until"] == "2026-07-21"

    def test_a_new_authorization_is_asked_for_and_leads_on(self, world: CleanupWorld) -> None:
        world.connected()
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.verify()
        world.ask()
        world.authorize()

        assert world.org.status is OrgStatus.AUTHORIZED
        assert world.follow_up() == Verdict(Next.VERIFY)
        assert world.verify() == Verdict(Next.VERIFY, SLEEP)

    def test_one_that_is_lost_while_it_soaks_is_asked_for_within_hours(
        self, world: CleanupWorld
    ) -> None:
        world.connected()
        sleep = world.verify().wait_seconds
        world.lose()
        world.later(seconds=sleep)

        assert world.verify().next is Next.AUTHORIZE
        assert sleep == SLEEP

    def test_the_second_request_is_told_by_itself(self, world: CleanupWorld) -> None:
        world.connected()
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.verify()
        world.ask()
        world.authorize()

        notices = world.migrations.notices(world.org_id, limit=50)
        kinds = [notice.kind for notice in notices]
        assert kinds.count(NoticeKind.AUTHORIZATION_NEEDED) == 2
        assert kinds.count(NoticeKind.CONNECTED) == 2

    def test_a_lost_answer_to_a_refresh_is_a_loss_with_a_name(self, world: CleanupWorld) -> None:
        world.connected()
        world.later(hours=2)
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(ZoomFailureCode.ANSWER_LOST))

        assert world.verify().next is Next.AUTHORIZE
        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert notice.facts["cause"] == "answer_lost"

    def test_an_org_that_another_migration_has_in_hand_is_left_alone(
        self, world: CleanupWorld
    ) -> None:
        world.connected()
        org = world.org
        world.orgs.save(org.released().begin_attempt())

        assert world.verify().outcome is MigrationOutcome.STOPPED
        assert world.org.active_attempt == 2
        assert world.org.status is OrgStatus.AUTHORIZED


class TestTheSecondProof:
    def test_somebody_is_asked_about_the_keys(self, world: CleanupWorld) -> None:
        world.soaked()

        verdict = world.verify()

        assert verdict.next is Next.ASK_CLEANUP
        assert world.org.status is OrgStatus.CLEANUP_APPROVAL_PENDING
        assert world.request.status is CleanupStatus.PENDING
        assert world.request.rows == 1
        assert world.told()[-1] is NoticeKind.CLEANUP_APPROVAL_NEEDED
        assert len(world.migration.verifications) == 2

    def test_an_org_without_keys_is_migrated(self, world: CleanupWorld) -> None:
        world.soaked(rows=(KeyValues("a0B5g000000001AAAQ", None, None),))

        assert world.verify().outcome is MigrationOutcome.MIGRATED
        assert world.org.status is OrgStatus.MIGRATED
        assert world.org.active_attempt is None
        assert world.told()[-1] is NoticeKind.MIGRATED

    def test_keys_stay_where_the_fleet_file_says_so(self, world: CleanupWorld) -> None:
        world.soaked(policy=CleanupPolicy.NEVER)

        assert world.verify().outcome is MigrationOutcome.MIGRATED_KEYS_KEPT
        assert world.org.keys_kept is KeysKeptReason.POLICY

    def test_keys_that_cannot_be_seen_are_named(self, world: CleanupWorld) -> None:
        world.soaked()
        world.keys.hide(world.org_id, "No such column")

        assert world.verify().outcome is MigrationOutcome.CLEANUP_BLOCKED
        assert world.org.keys_kept is KeysKeptReason.REFUSED
        assert world.migration.failure_code == "keys_not_visible"
        assert world.told()[-1] is NoticeKind.CLEANUP_BLOCKED

    def test_nobody_is_asked_for_what_cannot_be_done(self, world: CleanupWorld) -> None:
        world.soaked()
        world.keys.protect(world.org_id)

        assert world.verify().outcome is MigrationOutcome.CLEANUP_BLOCKED
        assert world.migration.failure_code == "keys_not_updateable"

    def test_a_package_that_is_gone_ends_it(self, world: CleanupWorld) -> None:
        world.soaked()
        seen = a_full_snapshot(checked_at=world.clock.now())
        world.salesforce.will_answer(world.org_id, replace(seen, package=None))

        assert world.verify().outcome is MigrationOutcome.NOT_INSTALLED
        assert world.org.status is OrgStatus.NOT_INSTALLED
        assert world.told()[-1] is NoticeKind.PACKAGE_REMOVED

    def test_a_package_that_went_back_ends_it(self, world: CleanupWorld) -> None:
        world.soaked()
        old = a_full_snapshot("3.23.0.4", checked_at=world.clock.now())
        world.salesforce.will_answer(world.org_id, old)

        assert world.verify().outcome is MigrationOutcome.VERSION_WENT_DOWN
        assert world.org.status is OrgStatus.UPGRADE_REQUIRED
        assert str(MINIMUM) in world.migration.detail

    def test_an_org_that_cannot_be_reached_is_waited_for(self, world: CleanupWorld) -> None:
        world.soaked()
        failure = a_failure(FailureCode.SERVICE_UNAVAILABLE, checked_at=world.clock.now())
        world.salesforce.will_answer(world.org_id, failure)

        verdict = lasting(world, world.verify(), 3)

        assert verdict.outcome is MigrationOutcome.UNVERIFIED
        assert world.org.status is OrgStatus.AUTHORIZED

    def test_an_org_that_refuses_is_named_at_once(self, world: CleanupWorld) -> None:
        world.soaked()
        refusal = a_failure(FailureCode.LOGIN_NOT_APPROVED, checked_at=world.clock.now())
        world.salesforce.will_answer(world.org_id, refusal)

        assert world.verify().outcome is MigrationOutcome.UNVERIFIED
        assert world.migration.failure_code == FailureCode.LOGIN_NOT_APPROVED

    def test_what_the_keys_are_is_seen_by_the_look_and_not_by_an_old_check(
        self, world: CleanupWorld
    ) -> None:
        world.soaked()
        world.verify()

        assert world.org.snapshot is not None
        assert world.org.snapshot.keys.presence is KeyPresence.PRESENT


class TestTheProbe:
    def test_without_one_somebody_has_to_confirm_the_connection(self, world: CleanupWorld) -> None:
        world.soaked()
        world.verify()

        assert world.request.needs_confirmation

    def test_where_it_proves_the_connection_nobody_has_to(self, probing: CleanupWorld) -> None:
        probing.package.will_answer(probing.org_id, PackageConnection.PROVEN)
        probing.soaked()
        probing.verify()

        assert not probing.request.needs_confirmation
        assert probing.package.probed[0] == (probing.org_id, PROBE)

    def test_where_it_cannot_be_read_somebody_has_to(self, probing: CleanupWorld) -> None:
        probing.package.will_answer(probing.org_id, PackageConnection.UNREADABLE)
        probing.soaked()
        probing.verify()

        assert probing.request.needs_confirmation

    def test_where_it_shows_no_connection_nobody_is_asked_and_it_is_named(
        self, probing: CleanupWorld
    ) -> None:
        probing.soaked()

        verdict = lasting(probing, probing.verify(), 20)

        assert verdict.outcome is MigrationOutcome.UNVERIFIED
        assert probing.migration.failure_code == "package_not_connected"
        assert probing.org.status is OrgStatus.AUTHORIZED
        assert not probing.keys.held(probing.org_id)[0].is_empty

    def test_a_connection_that_shows_later_leads_on(self, probing: CleanupWorld) -> None:
        probing.soaked()
        assert probing.verify().next is Next.VERIFY
        probing.package.will_answer(probing.org_id, PackageConnection.PROVEN)
        probing.later(hours=1)

        assert probing.verify().next is Next.ASK_CLEANUP

    def test_auto_removes_without_asking_what_is_proven(self, probing: CleanupWorld) -> None:
        probing.package.will_answer(probing.org_id, PackageConnection.PROVEN)
        probing.soaked(policy=CleanupPolicy.AUTO)

        assert probing.verify() == Verdict(Next.REMOVE_KEYS)
        assert probing.request.is_approved
        assert NoticeKind.CLEANUP_APPROVAL_NEEDED not in probing.told()
        assert any("cleanup_policy = auto" in line for line in probing.history())
        assert probing.remove().outcome is MigrationOutcome.MIGRATED

    def test_auto_asks_where_nothing_is_proven(self, world: CleanupWorld) -> None:
        world.soaked(policy=CleanupPolicy.AUTO)

        assert world.verify().next is Next.ASK_CLEANUP

    def test_an_org_that_cannot_be_probed_is_waited_for(self, probing: CleanupWorld) -> None:
        probing.connected()
        probing.package.will_answer(probing.org_id, a_failure())

        assert probing.verify() == Verdict(Next.VERIFY, 60)


class TestAnOrgThatCannotBeLookedAt:
    def test_one_that_is_out_of_reach_is_waited_for(self, world: CleanupWorld) -> None:
        world.soaked()
        world.keys.next_looks(world.org_id, a_failure(FailureCode.SERVICE_UNAVAILABLE))

        assert world.verify() == Verdict(Next.VERIFY, 60)
        world.later(seconds=60)
        assert world.verify().next is Next.ASK_CLEANUP

    def test_one_that_refuses_is_named(self, world: CleanupWorld) -> None:
        world.soaked()
        world.keys.next_looks(world.org_id, a_failure(FailureCode.LOGIN_NOT_APPROVED))

        assert world.verify().outcome is MigrationOutcome.UNVERIFIED

    def test_one_that_goes_another_way_meanwhile_is_looked_at_anew(
        self, world: CleanupWorld
    ) -> None:
        world.soaked()
        user = world.grant_of().subject.user_id

        def lose_it() -> None:
            world.zoom.deauthorize(user)
            world.lose()

        world.zoom.meanwhile(after=Call.USER, happens=lose_it)

        with pytest.raises(ConcurrentModification, match="another way"):
            world.verify()
        assert world.verify().next is Next.AUTHORIZE
