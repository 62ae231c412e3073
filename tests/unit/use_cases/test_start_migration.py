from dataclasses import replace

import pytest

from tests.builders import NOW, a_migration, a_target, org_id_of
from tests.unit.use_cases.upgrade_world import TO_BE_AUTHORIZED, UpgradeWorld
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    MigrationNotFound,
    NothingToMigrate,
    OrgNotFound,
)
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import (
    REASONS_ABOUT_THE_AUTHORIZATION,
    REASONS_ABOUT_THE_UPGRADE,
    BlockedReason,
    OrgStatus,
)
from zoom_migrator.use_cases.end_broken_migration import end_broken_migration
from zoom_migrator.use_cases.find_migration import find_migration

PLATFORM_CACHE = "Missing Organization Feature: PlatformCache null"


@pytest.fixture
def world() -> UpgradeWorld:
    return UpgradeWorld()


def broken(world: UpgradeWorld, cause: str) -> Migration:
    return end_broken_migration(
        world.org_id,
        world.attempt,
        cause=cause,
        orgs=world.orgs,
        migrations=world.migrations,
        clock=world.clock,
    )


def test_a_migration_takes_the_org_in_hand_and_runs(world: UpgradeWorld) -> None:
    world.register()

    started = world.start()

    assert started.is_new
    assert world.org.active_attempt == started.migration.attempt == 1
    assert world.workflow.running == {f"{world.org_id}-1"}
    assert world.history == ["migration_started: migration 1, by operator"]


def test_an_org_never_has_two_at_once(world: UpgradeWorld) -> None:
    world.register()
    first = world.start()

    again = world.start()

    assert not again.is_new
    assert again.migration == first.migration
    assert world.workflow.started == [f"{world.org_id}-1"]


def test_of_two_starts_at_once_one_wins(world: UpgradeWorld) -> None:
    world.register()
    stale = world.org
    world.start()
    migration = a_migration(attempt=1)

    with pytest.raises(ConcurrentModification):
        world.migrations.save(migration, org=stale.begin_attempt())


def test_a_crash_before_the_run_started_is_mended_by_starting_again(world: UpgradeWorld) -> None:
    world.register()
    claimed = world.org.begin_attempt()
    world.migrations.save(a_migration(attempt=1), org=claimed)

    assert not world.start().is_new

    assert world.workflow.running == {f"{world.org_id}-1"}


def test_a_dead_run_is_ended_as_broken_and_named(world: UpgradeWorld) -> None:
    world.begin()
    world.workflow.fail(f"{world.org_id}-1", "the run timed out")

    with pytest.raises(NothingToMigrate, match="migration_broke"):
        world.start()

    assert world.migration.outcome is MigrationOutcome.BROKE
    assert world.migration.said == "the run timed out"
    assert world.org.blocked_reason is BlockedReason.MIGRATION_BROKE


def test_a_run_that_was_forgotten_is_started_and_goes_on(world: UpgradeWorld) -> None:
    world.begin()
    world.workflow.forget(f"{world.org_id}-1")

    assert not world.start().is_new

    assert world.workflow.running == {f"{world.org_id}-1"}


@pytest.mark.parametrize(
    "status",
    [
        OrgStatus.AUTHORIZATION_PENDING,
        OrgStatus.FALLBACK_JWT,
        OrgStatus.DISCONNECTED,
    ],
)
def test_an_org_that_only_has_to_be_authorized_is_started_too(
    status: OrgStatus, world: UpgradeWorld
) -> None:
    world.register(status=status)

    assert world.start().is_new
    assert world.org.status is status


@pytest.mark.parametrize(
    "status",
    [OrgStatus.AUTHORIZED, OrgStatus.CLEANUP_APPROVAL_PENDING, OrgStatus.MIGRATED_KEYS_KEPT],
)
def test_an_org_that_is_connected_begins_with_the_proof_of_it(
    status: OrgStatus, world: UpgradeWorld
) -> None:
    world.register(status=status)

    started = world.start()

    assert started.migration.step is MigrationStep.AUTHORIZED
    assert world.org.status is status


@pytest.mark.parametrize("status", [OrgStatus.MIGRATED, OrgStatus.NOT_INSTALLED])
def test_an_org_that_needs_no_migration_is_left_alone(
    status: OrgStatus, world: UpgradeWorld
) -> None:
    world.register(status=status)

    with pytest.raises(NothingToMigrate, match=str(status)):
        world.start()

    assert world.workflow.started == []


@pytest.mark.parametrize(
    "reason", sorted(REASONS_ABOUT_THE_UPGRADE | REASONS_ABOUT_THE_AUTHORIZATION)
)
def test_an_org_that_a_person_has_to_help_is_not_started_but_resumed(
    reason: BlockedReason, world: UpgradeWorld
) -> None:
    world.register(status=OrgStatus.BLOCKED, blocked_reason=reason)

    with pytest.raises(NothingToMigrate, match=reason):
        world.start()


def test_an_unknown_org_cannot_be_started(world: UpgradeWorld) -> None:
    with pytest.raises(OrgNotFound):
        world.start()


def test_a_blocked_org_is_resumed_where_it_stood_without_asking_again(
    world: UpgradeWorld,
) -> None:
    world.installing()
    world.upgrades.fail(world.org_id, PLATFORM_CACHE)
    assert world.check().outcome is MigrationOutcome.BLOCKED

    resumed = world.resume()

    assert resumed.attempt == 2
    assert world.org.status is OrgStatus.UPGRADE_REQUIRED
    assert world.prepare() == Verdict(Next.INSTALL)
    assert world.install().next is Next.POLL
    world.upgrades.finish(world.org_id)
    assert world.check() == TO_BE_AUTHORIZED


def test_consent_survives_an_attempt_that_did_not_get_that_far(world: UpgradeWorld) -> None:
    world.installing()
    world.upgrades.fail(world.org_id, PLATFORM_CACHE)
    world.check()
    world.resume()
    world.upgrades.refuse_to_describe(world.org_id, "Invalid InstallationKey")
    assert world.prepare().outcome is MigrationOutcome.BLOCKED
    world.upgrades.refuse_to_describe(world.org_id, "")

    world.resume()

    assert world.prepare() == Verdict(Next.INSTALL)


@pytest.mark.parametrize("changed", ["terms", "version"])
def test_consent_to_something_else_does_not_count(changed: str, world: UpgradeWorld) -> None:
    world.installing()
    world.upgrades.fail(world.org_id, PLATFORM_CACHE)
    world.check()
    world.resume()
    if changed == "terms":
        terms = replace(world.settings.terms, version="2")
        world.settings = replace(world.settings, terms=terms)
    else:
        other = replace(a_target(), version_id="04t5g000000OtherAAC")
        world.settings = replace(world.settings, version_id=other.version_id)
        world.offers(other)

    assert world.prepare().next is Next.ASK
    assert world.migration.approval is None


def test_a_refusal_is_not_carried_over(world: UpgradeWorld) -> None:
    world.begin()
    world.prepare()
    world.ask()
    world.answer(accepted=False)
    world.follow_up()

    world.resume()

    assert world.prepare().next is Next.ASK


def test_after_a_stop_consent_is_asked_for_anew(world: UpgradeWorld) -> None:
    world.consented()
    world.stop()

    world.resume()

    assert world.prepare().next is Next.ASK


def test_what_is_under_way_cannot_be_resumed(world: UpgradeWorld) -> None:
    world.begin()

    with pytest.raises(NothingToMigrate, match="under way"):
        world.resume()


def test_what_was_never_begun_cannot_be_resumed(world: UpgradeWorld) -> None:
    world.register()

    with pytest.raises(NothingToMigrate, match="has had no migration"):
        world.resume()


def test_what_is_authorized_is_resumed_with_its_proof(world: UpgradeWorld) -> None:
    world.upgraded()
    authorization = world.authorization()
    authorization.ask()
    authorization.authorize()
    world.stop()

    assert world.resume().step is MigrationStep.AUTHORIZED


def test_a_dead_run_can_be_resumed_at_once(world: UpgradeWorld) -> None:
    world.consented()
    world.workflow.fail(f"{world.org_id}-1", "the run aborted")

    assert world.resume().attempt == 2

    assert world.prepare() == Verdict(Next.INSTALL)


def test_a_stop_lets_the_org_go_and_ends_the_run(world: UpgradeWorld) -> None:
    world.installing()

    stopped = world.stop()

    assert stopped.outcome is MigrationOutcome.STOPPED
    assert stopped.detail == "Stopped: change freeze"
    assert world.org.active_attempt is None
    assert world.org.status is OrgStatus.UPGRADE_REQUIRED
    assert world.workflow.running == set()
    assert world.check() == Verdict(Next.END, outcome=MigrationOutcome.STOPPED)


def test_an_install_that_goes_on_after_a_stop_is_followed_by_the_next_attempt(
    world: UpgradeWorld,
) -> None:
    world.installing()
    world.stop()
    world.start()

    assert world.prepare().next is Next.POLL

    assert world.upgrades.posted(world.org_id) == 1


def test_what_is_not_under_way_cannot_be_stopped(world: UpgradeWorld) -> None:
    world.register()

    with pytest.raises(NothingToMigrate):
        world.stop()


def test_a_broken_migration_blocks_its_org_and_tells(world: UpgradeWorld) -> None:
    world.begin()

    ended = broken(world, "States.Runtime: no such function")

    assert ended.outcome is MigrationOutcome.BROKE
    assert ended.said == "States.Runtime: no such function"
    assert world.org.status is OrgStatus.BLOCKED
    assert world.told == [NoticeKind.UPGRADE_BLOCKED]


def test_what_has_ended_does_not_break(world: UpgradeWorld) -> None:
    world.begin()
    stopped = world.stop()

    assert broken(world, "aborted") == stopped


def test_a_late_failure_of_an_old_attempt_does_not_move_the_org(world: UpgradeWorld) -> None:
    world.begin()
    orphan = a_migration(attempt=7)
    world.migrations.save(orphan)
    world.attempt = 7

    broken(world, "late")

    assert world.org.active_attempt == 1
    assert world.org.status is OrgStatus.UPGRADE_REQUIRED


def test_the_newest_migration_is_found_and_any_other_by_its_number(world: UpgradeWorld) -> None:
    world.begin()
    world.stop()
    world.start()

    def find(attempt: int | None) -> Migration:
        return find_migration(
            world.org_id[:15], attempt, orgs=world.orgs, migrations=world.migrations
        )

    assert find(None).attempt == 2
    assert find(1).outcome is MigrationOutcome.STOPPED
    for missing in (0, 3):
        with pytest.raises(MigrationNotFound, match=f"no migration {missing}"):
            find(missing)


def test_an_org_without_migrations_says_how_to_begin(world: UpgradeWorld) -> None:
    world.register()

    with pytest.raises(MigrationNotFound) as caught:
        find_migration(world.org_id, None, orgs=world.orgs, migrations=world.migrations)

    assert "migrate start" in caught.value.remedy
    with pytest.raises(OrgNotFound):
        find_migration(org_id_of(9), None, orgs=world.orgs, migrations=world.migrations)
    assert world.org.registered_at < NOW
