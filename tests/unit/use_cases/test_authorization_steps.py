"""The steps of the state machine around an authorization."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.authorizations import AuthorizationWorld, a_person, browser_of
from tests.builders import ADA, NOW, a_migration, a_snapshot, an_org, org_id_of
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.authorization_request import AuthorizationStatus
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.use_cases.await_authorization import await_authorization

DAY = 24 * 3600


@pytest.fixture
def world() -> AuthorizationWorld:
    world = AuthorizationWorld()
    world.asked(products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE))
    return world


class TestAwaiting:
    def wait(self, version_before: str, world: AuthorizationWorld) -> None:
        org = world.orgs.save(
            an_org(
                status=OrgStatus.UPGRADING,
                snapshot=a_snapshot("3.28.0.1"),
                attempts=1,
                active_attempt=1,
            )
        )
        migration = a_migration(step=MigrationStep.INSTALLING, version_before=version_before)
        await_authorization(
            world.migrations.save(migration), org, at=NOW, actor=ADA, migrations=world.migrations
        )

    def test_an_upgraded_org_waits_and_its_upgrade_is_told(self) -> None:
        world = AuthorizationWorld()

        self.wait("3.23.0.4", world)

        assert world.migration_of().step is MigrationStep.AWAITING_AUTHORIZATION
        assert world.org_of().status is OrgStatus.AUTHORIZATION_PENDING
        assert world.told() == [NoticeKind.UPGRADE_DONE]

    def test_of_an_org_that_had_the_version_no_upgrade_is_told(self) -> None:
        world = AuthorizationWorld()

        self.wait("", world)

        assert world.told() == []


class TestAsking:
    def test_the_request_proposes_the_products_of_the_fleet_file(
        self, world: AuthorizationWorld
    ) -> None:
        request = world.request_of()
        assert request.products == (ZoomProduct.MEETINGS, ZoomProduct.PHONE)
        assert request.expires_at == NOW + timedelta(days=14)
        assert len(request.request_id) == 22

    def test_it_is_told_and_on_record_without_the_link(self, world: AuthorizationWorld) -> None:
        (notice,) = world.migrations.notices(org_id_of(1), limit=5)
        assert notice.kind is NoticeKind.AUTHORIZATION_NEEDED
        assert notice.facts["zoom_admin_email"] == "zoom.admin@acme.example"
        assert world.request_of().request_id not in repr(notice)
        assert any(line.startswith("authorization_requested: of zoom") for line in world.history())

    def test_the_machines_token_is_stored_encrypted(self, world: AuthorizationWorld) -> None:
        sealed = world.request_of().task_token
        assert sealed
        assert "canary" not in sealed

    def test_asked_again_it_only_takes_the_new_token(self, world: AuthorizationWorld) -> None:
        before = world.request_of()

        token = world.ask()

        after = world.request_of()
        assert replace(after, task_token="") == replace(before, task_token="")
        assert after.task_token != before.task_token
        world.authorize()
        assert world.callback.completed == [token]

    def test_where_somebody_has_authorized_the_machine_is_woken_at_once(
        self, world: AuthorizationWorld
    ) -> None:
        world.authorize()

        token = world.ask()

        assert world.callback.completed[-1] == token

    def test_where_the_migration_has_ended_the_machine_is_woken_at_once(
        self, world: AuthorizationWorld
    ) -> None:
        world.stop()

        assert world.ask() in world.callback.completed
        assert world.request_of().status is AuthorizationStatus.REVOKED

    @pytest.mark.parametrize("status", [OrgStatus.NOT_INSTALLED, OrgStatus.UPGRADE_REQUIRED])
    def test_where_a_scan_found_the_version_gone_nobody_is_asked(self, status: OrgStatus) -> None:
        world = AuthorizationWorld()
        world.register(status=status)

        assert world.ask() in world.callback.completed

        assert world.told() == []
        assert world.follow_up().next is Next.END

    @pytest.mark.parametrize("status", [OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED])
    def test_an_org_that_lost_its_authorization_stays_what_it_is_until_it_has_one(
        self, status: OrgStatus
    ) -> None:
        world = AuthorizationWorld()

        world.asked(status=status)

        assert world.org_of().status is status
        world.authorize()
        assert world.org_of().status is OrgStatus.AUTHORIZED


class TestFollowingUp:
    def test_it_waits_on_and_looks_at_least_once_a_day(self, world: AuthorizationWorld) -> None:
        assert world.follow_up() == Verdict(Next.AUTHORIZE, DAY)

    def test_it_waits_no_longer_than_until_the_next_reminder(
        self, world: AuthorizationWorld
    ) -> None:
        world.later(days=2, hours=20)

        assert world.follow_up() == Verdict(Next.AUTHORIZE, 4 * 3600)

    def test_it_waits_no_longer_than_until_the_end(self, world: AuthorizationWorld) -> None:
        world.later(days=13, hours=23, seconds=0.5)
        world.follow_up()

        assert world.follow_up() == Verdict(Next.AUTHORIZE, 3600)

    def test_every_few_days_somebody_is_reminded_once(self, world: AuthorizationWorld) -> None:
        for _ in range(8):
            world.later(days=1)
            world.follow_up()
            world.follow_up()

        assert world.told().count(NoticeKind.AUTHORIZATION_REMINDER) == 2
        assert world.request_of().reminders == 2

    def test_a_reminder_explains_what_zoom_shows_and_never_tells_us(
        self, world: AuthorizationWorld
    ) -> None:
        world.authorize(a_person("other@else.example"))
        world.later(days=3)
        world.follow_up()

        notice = world.migrations.notices(org_id_of(1), limit=1)[0]
        for code in ("4,700", "4,702", "pre-approve", "account admin"):
            assert code in notice.facts["if_zoom_shows_an_error"]
        assert "another e-mail address" in notice.facts["setback"]

    def test_an_authorized_org_is_to_be_proven(self, world: AuthorizationWorld) -> None:
        world.authorize()

        verdict = world.follow_up()

        assert verdict == Verdict(Next.VERIFY)
        assert world.org_of().active_attempt == 1
        assert world.org_of().status is OrgStatus.AUTHORIZED
        assert world.follow_up() == verdict

    def test_nobody_authorizes_in_time(self, world: AuthorizationWorld) -> None:
        world.later(days=14)

        verdict = world.follow_up()

        assert verdict == Verdict(Next.END, outcome=MigrationOutcome.AUTHORIZATION_EXPIRED)
        assert world.org_of().status is OrgStatus.AUTHORIZATION_PENDING
        assert world.org_of().active_attempt is None
        assert world.request_of().status is AuthorizationStatus.EXPIRED
        assert world.told()[-1] is NoticeKind.AUTHORIZATION_EXPIRED

    def test_only_the_wrong_person_tried_in_time(self, world: AuthorizationWorld) -> None:
        world.authorize(a_person("other@else.example"))
        world.later(days=14)

        verdict = world.follow_up()

        assert verdict == Verdict(Next.END, outcome=MigrationOutcome.AUTHORIZATION_BLOCKED)
        assert world.org_of().status is OrgStatus.BLOCKED
        assert world.org_of().blocked_reason is BlockedReason.EMAIL_MISMATCH
        assert world.migration_of().said == "other@else.example"
        assert world.told()[-1] is NoticeKind.AUTHORIZATION_BLOCKED

    def test_a_setback_that_passes_by_itself_blocks_nothing(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.will_fail(Call.EXCHANGE, ZoomFailure(ZoomFailureCode.SERVER_ERROR))
        world.authorize()
        world.later(days=14)

        assert world.follow_up().outcome is MigrationOutcome.AUTHORIZATION_EXPIRED

    def test_an_org_that_a_scan_found_without_the_package_ends_it(
        self, world: AuthorizationWorld
    ) -> None:
        world.orgs.save(
            replace(
                world.org_of(),
                status=OrgStatus.NOT_INSTALLED,
                snapshot=a_snapshot(None, checked_at=NOW),
            )
        )

        verdict = world.follow_up()

        assert verdict == Verdict(Next.END, outcome=MigrationOutcome.NOT_INSTALLED)
        assert world.org_of().status is OrgStatus.NOT_INSTALLED

    def test_another_step_is_left_to_those_who_know_it(self, world: AuthorizationWorld) -> None:
        world.migrations.save(replace(world.migration_of(), step=MigrationStep.PREPARING))

        assert world.follow_up() == Verdict(Next.PREPARE)


class TestAGrantThatNobodyRecorded:
    """The crash between storing a grant and recording that the org is authorized."""

    @pytest.fixture
    def world(self) -> AuthorizationWorld:
        world = AuthorizationWorld()
        world.asked()
        pending_org, pending = world.org_of(), world.migration_of()
        world.authorize()
        world.orgs.save(replace(world.org_of(), status=pending_org.status, blocked_reason=None))
        world.migrations.save(
            replace(world.migration_of(), step=pending.step, authorization=pending.authorization)
        )
        return world

    def test_the_next_look_records_it(self, world: AuthorizationWorld) -> None:
        assert world.follow_up() == Verdict(Next.VERIFY)

        assert world.org_of().status is OrgStatus.AUTHORIZED
        assert world.migration_of().step is MigrationStep.AUTHORIZED

    def test_it_counts_from_when_it_was_stored(self, world: AuthorizationWorld) -> None:
        world.later(days=15)
        world.follow_up()

        assert world.org_of().status is OrgStatus.AUTHORIZED

    def test_a_dead_one_is_not_recorded(self, world: AuthorizationWorld) -> None:
        grant = world.grant_of()
        world.grants.save(grant.settled(GrantStatus.DEAD, "grant_invalid", at=NOW))

        world.follow_up()

        assert world.org_of().status is OrgStatus.AUTHORIZATION_PENDING

    def test_one_that_the_org_has_left_is_not_recorded(self, world: AuthorizationWorld) -> None:
        grant = world.grant_of()
        world.grants.save(grant.not_used_by(org_id_of(1)))

        world.follow_up()

        assert world.org_of().status is OrgStatus.AUTHORIZATION_PENDING

    def test_one_for_an_earlier_request_is_not_recorded(self, world: AuthorizationWorld) -> None:
        world.renew()

        world.follow_up()

        assert world.org_of().status is OrgStatus.AUTHORIZATION_PENDING


def test_a_result_that_was_never_recorded_counts_as_lost_after_a_minute() -> None:
    world = AuthorizationWorld()
    world.asked()
    started = world.begin()
    world.attempts.consume(started.attempt, code_hash="", now=NOW)

    assert world.result(started).outcome == "in_progress"
    world.later(minutes=1)
    assert world.result(started).outcome == "outcome_unknown"
    assert world.back({"error": ["access_denied"]}, browser_of(started)).outcome == (
        "outcome_unknown"
    )
