"""What becomes of an org that loses its authorization, whoever finds it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.authorizations import browser_of
from tests.cleanups import AHEAD, PAST, CleanupWorld, some_cleanup_settings
from zoom_migrator.adapters.memory.workflow import InMemoryMigrationWorkflow
from zoom_migrator.domain.errors import OrgNotFound, StoreUnavailable
from zoom_migrator.domain.loss import Loss, LossCause
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.find_stuck_orgs import find_stuck_orgs
from zoom_migrator.use_cases.note_lost_authorization import (
    REAUTHORIZATION,
    note_lost_authorization,
)


class Unreachable(InMemoryMigrationWorkflow):
    def start(self, migration: Migration) -> None:
        raise StoreUnavailable("Step Functions cannot be reached.")


@pytest.fixture
def world() -> CleanupWorld:
    return CleanupWorld()


def kept(world: CleanupWorld) -> None:
    """An org that is migrated with its keys."""
    world.asking()
    world.answer_cleanup(approved=False)
    world.follow_up_cleanup()
    world.workflow.complete(world.migration.migration_id)


def revoked(world: CleanupWorld) -> None:
    world.zoom.deauthorize(world.grant_of().subject.user_id)


class TestAMigratedOrg:
    def test_with_its_keys_it_runs_on_jwt_and_is_told_until_when(self, world: CleanupWorld) -> None:
        kept(world)
        revoked(world)

        org = world.lose()

        assert org.status is OrgStatus.FALLBACK_JWT
        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert notice.kind is NoticeKind.FELL_BACK
        assert notice.facts["jwt_until"] == AHEAD.isoformat()
        assert notice.facts["cause"] == "refused"

    def test_without_its_keys_it_is_disconnected(self, world: CleanupWorld) -> None:
        world.migrated()
        revoked(world)

        assert world.lose().status is OrgStatus.DISCONNECTED
        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert notice.kind is NoticeKind.DISCONNECTED
        assert "jwt_until" not in notice.facts

    def test_after_the_deadline_keys_do_not_help(self) -> None:
        world = CleanupWorld(cleanup=some_cleanup_settings(jwt_deadline=PAST))
        kept(world)
        revoked(world)

        assert world.lose().status is OrgStatus.DISCONNECTED

    def test_an_orgs_own_deadline_counts(self) -> None:
        world = CleanupWorld(cleanup=some_cleanup_settings(jwt_deadline=PAST))
        kept(world)
        registration = replace(world.org.registration, deadline=date(2026, 12, 31))
        world.orgs.save(replace(world.org, registration=registration))
        revoked(world)

        assert world.lose().status is OrgStatus.FALLBACK_JWT

    def test_a_migration_begins_at_the_authorization_and_runs(self, world: CleanupWorld) -> None:
        world.migrated()
        revoked(world)
        world.lose()
        world.attempt = 2

        assert world.org.active_attempt == 2
        assert world.migration.trigger == REAUTHORIZATION
        assert world.migration.step is MigrationStep.AWAITING_AUTHORIZATION
        assert world.workflow.running == {world.migration.migration_id}
        assert list(find_stuck_orgs(ports=world.stuck_ports)) == []

    def test_it_is_on_record_with_its_cause(self, world: CleanupWorld) -> None:
        world.migrated()
        revoked(world)
        world.lose(LossCause.DEAUTHORIZED)

        line = next(each for each in world.history() if each.startswith("authorization_lost"))
        assert line.startswith("authorization_lost: deauthorized; grant ")

    def test_repeating_it_changes_nothing(self, world: CleanupWorld) -> None:
        world.migrated()
        revoked(world)
        once = world.lose()

        assert world.lose() == once
        assert world.told().count(NoticeKind.DISCONNECTED) == 1

    def test_where_the_machine_cannot_be_started_the_sweep_does_it(
        self, world: CleanupWorld
    ) -> None:
        world.migrated()
        revoked(world)
        works, world.workflow = world.workflow, Unreachable()
        with pytest.raises(StoreUnavailable):
            world.lose()
        world.workflow = works

        (stuck,) = find_stuck_orgs(ports=world.stuck_ports)
        assert stuck.attempt == 2


class TestWhatIsNoLoss:
    def test_tokens_that_others_brought_since_are_not_lost(self, world: CleanupWorld) -> None:
        world.migrated()
        grant = world.grant_of()
        world.refresh()

        org = note_lost_authorization(
            world.org_id,
            Loss(LossCause.REFUSED, grant.grant_id, grant.version),
            actor="tests",
            ports=world.loss_ports,
            jwt_deadline=AHEAD,
        )

        assert org.status is OrgStatus.MIGRATED

    def test_an_org_that_has_no_authorization_cannot_lose_one(self, world: CleanupWorld) -> None:
        world.asked()

        org = note_lost_authorization(
            world.org_id,
            Loss(LossCause.NO_GRANT),
            actor="tests",
            ports=world.loss_ports,
            jwt_deadline=AHEAD,
        )

        assert org.status is OrgStatus.AUTHORIZATION_PENDING
        assert world.told() == [NoticeKind.AUTHORIZATION_NEEDED]

    def test_an_unknown_org_is_named(self, world: CleanupWorld) -> None:
        with pytest.raises(OrgNotFound):
            note_lost_authorization(
                world.org_id,
                Loss(LossCause.NO_GRANT),
                actor="tests",
                ports=world.loss_ports,
                jwt_deadline=AHEAD,
            )


class TestADeclinedAuthorization:
    def declined(self, world: CleanupWorld) -> Verdict:
        world.asked()
        started = world.begin()
        world.back({"error": ["access_denied"]}, browser_of(started))
        world.later(days=14)
        return world.follow_up()

    def test_an_org_that_has_its_keys_runs_on_jwt(self, world: CleanupWorld) -> None:
        verdict = self.declined(world)

        assert verdict.outcome is MigrationOutcome.AUTHORIZATION_DECLINED
        assert world.org.status is OrgStatus.FALLBACK_JWT
        assert world.told()[-1] is NoticeKind.FELL_BACK

    def test_after_the_deadline_it_is_disconnected(self) -> None:
        world = CleanupWorld()
        world.settings = replace(world.settings, jwt_deadline=PAST)

        assert self.declined(world).outcome is MigrationOutcome.AUTHORIZATION_DECLINED
        assert world.org.status is OrgStatus.DISCONNECTED

    def test_where_no_deadline_is_known_the_org_waits_on(self) -> None:
        world = CleanupWorld()
        world.settings = replace(world.settings, jwt_deadline=None)

        assert self.declined(world).outcome is MigrationOutcome.AUTHORIZATION_EXPIRED
        assert world.org.status is OrgStatus.AUTHORIZATION_PENDING


def test_a_lost_request_is_asked_anew_under_another_id(world: CleanupWorld) -> None:
    world.connected()
    before = world.request_of()
    revoked(world)
    world.verify()
    assert world.follow_up().next is Next.AUTHORIZE

    world.ask()

    after = world.request_of()
    assert after.request_id != before.request_id
    assert (after.renewals, after.milestone) == (1, "1")
