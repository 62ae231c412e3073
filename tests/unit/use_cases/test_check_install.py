import pytest

from tests.builders import TARGET_ID, a_failure, a_full_snapshot, a_snapshot
from tests.unit.use_cases.upgrade_world import BEHIND, TO_BE_AUTHORIZED, UpgradeWorld
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import BlockedReason, OrgStatus


@pytest.fixture
def world() -> UpgradeWorld:
    world = UpgradeWorld()
    world.installing()
    return world


def test_an_install_that_goes_on_is_waited_for_longer_and_longer(world: UpgradeWorld) -> None:
    checks = len(world.salesforce.checked)

    first = world.check()
    world.later(minutes=3)
    second = world.check()

    assert first == Verdict(Next.POLL, 10)
    assert second == Verdict(Next.POLL, 90)
    assert len(world.salesforce.checked) == checks


def test_the_new_version_leads_to_the_authorization(world: UpgradeWorld) -> None:
    world.upgrades.finish(world.org_id)

    assert world.check() == TO_BE_AUTHORIZED

    assert world.migration.step is MigrationStep.AWAITING_AUTHORIZATION
    assert world.org.status is OrgStatus.AUTHORIZATION_PENDING
    assert world.org.active_attempt == 1
    assert world.told[-1] is NoticeKind.UPGRADE_DONE
    (notice, *_) = world.migrations.notices(world.org_id, limit=1)
    assert notice.facts["version_now"] == "3.28"


def test_an_install_that_ended_while_nobody_looked_counts(world: UpgradeWorld) -> None:
    world.upgrades.finish(world.org_id)
    world.later(days=3)

    assert world.check() == TO_BE_AUTHORIZED


def test_success_that_does_not_show_yet_is_waited_for(world: UpgradeWorld) -> None:
    world.upgrades.finish(world.org_id, shows=False)

    assert world.check() == Verdict(Next.POLL, 10)
    world.seen(a_snapshot("3.28.0.1"))
    assert world.check() == TO_BE_AUTHORIZED


def test_success_that_never_shows_is_no_success(world: UpgradeWorld) -> None:
    world.upgrades.finish(world.org_id, shows=False)
    world.check()
    world.later(minutes=15)

    assert world.check().outcome is MigrationOutcome.BLOCKED

    assert world.migration.failure_code == "version_not_confirmed"
    assert world.org.blocked_reason is BlockedReason.UPGRADE_FAILED


@pytest.mark.parametrize(
    "message",
    [
        "This app can't be upgraded: Platform Cache Partitions Missing feature",
        "Missing Organization Feature: PlatformCache null",
        "Oauth Fail! Can't find verify code in cache",
    ],
)
def test_a_lack_of_platform_cache_leads_to_salesforce_support(
    message: str, world: UpgradeWorld
) -> None:
    world.upgrades.fail(world.org_id, message)

    assert world.check().outcome is MigrationOutcome.BLOCKED

    assert world.org.blocked_reason is BlockedReason.CONTACT_SALESFORCE_SUPPORT
    assert world.migration.said == message
    assert "Salesforce Support" in world.migration.remedy
    (notice, *_) = world.migrations.notices(world.org_id, limit=1)
    assert notice.kind is NoticeKind.UPGRADE_BLOCKED
    assert notice.facts["said"] == message


def test_an_unknown_message_is_shown_and_not_swallowed(world: UpgradeWorld) -> None:
    world.upgrades.fail(world.org_id, "The moon is in the wrong phase.")

    assert world.check().outcome is MigrationOutcome.BLOCKED

    assert world.migration.said == "The moon is in the wrong phase."
    assert world.migration.failure_code == "unknown"


def test_a_failure_without_any_message_blocks_too(world: UpgradeWorld) -> None:
    world.upgrades.fail(world.org_id)

    assert world.check().outcome is MigrationOutcome.BLOCKED

    assert world.migration.said == "no reason was given"


def test_a_failure_that_passes_is_tried_again(world: UpgradeWorld) -> None:
    world.upgrades.fail(world.org_id, "This package is not yet available")

    assert world.check() == Verdict(Next.INSTALL, 60)
    assert world.install().next is Next.POLL

    assert world.upgrades.posted(world.org_id) == 2
    assert len(world.upgrades.running(world.org_id)) == 1


def test_a_failure_does_not_matter_where_the_version_is_there(world: UpgradeWorld) -> None:
    world.upgrades.fail(world.org_id, "A newer version of this package is currently installed")
    world.seen(a_snapshot("3.30.0.1"))

    assert world.check() == TO_BE_AUTHORIZED


def test_a_newer_version_that_is_not_there_blocks(world: UpgradeWorld) -> None:
    world.upgrades.fail(world.org_id, "A newer version of this package is currently installed")

    assert world.check().outcome is MigrationOutcome.BLOCKED

    assert world.org.blocked_reason is BlockedReason.TARGET_NOT_USABLE


def test_an_install_that_never_ends_is_given_up_at_its_deadline(world: UpgradeWorld) -> None:
    world.later(hours=3)

    assert world.check().outcome is MigrationOutcome.BLOCKED

    assert world.migration.failure_code == "install_too_slow"


@pytest.mark.parametrize("how", ["forgotten", "unknown"])
def test_an_install_of_which_nothing_is_known_is_decided_by_the_version(
    how: str, world: UpgradeWorld
) -> None:
    if how == "forgotten":
        world.upgrades.forget(world.org_id)
    else:
        world.upgrades.lose_track(world.org_id)

    assert world.check().next is Next.POLL
    world.seen(a_snapshot("3.28.0.1"))
    assert world.check() == TO_BE_AUTHORIZED


def test_an_org_that_is_down_is_waited_for_and_patience_begins_anew(
    world: UpgradeWorld,
) -> None:
    down = a_failure(FailureCode.SERVICE_UNAVAILABLE)
    world.upgrades.next_calls(world.org_id, down)

    assert world.check() == Verdict(Next.POLL, 60)
    assert world.migration.waiting_since is not None
    assert world.check().next is Next.POLL
    assert world.migration.waiting_since is None


def test_an_org_that_goes_down_before_the_version_is_read_is_waited_for(
    world: UpgradeWorld,
) -> None:
    world.upgrades.finish(world.org_id, shows=False)
    world.seen(a_failure(FailureCode.SERVICE_UNAVAILABLE), a_snapshot("3.28.0.1"))

    assert world.check() == Verdict(Next.POLL, 60)
    assert world.check() == TO_BE_AUTHORIZED


def test_a_login_refused_meanwhile_blocks_and_resuming_follows_the_install(
    world: UpgradeWorld,
) -> None:
    world.upgrades.next_calls(world.org_id, a_failure(FailureCode.LOGIN_NOT_APPROVED))
    assert world.check().outcome is MigrationOutcome.BLOCKED

    world.resume()

    assert world.prepare().next is Next.POLL
    assert world.upgrades.posted(world.org_id) == 1


def test_a_removed_package_ends_the_migration(world: UpgradeWorld) -> None:
    world.upgrades.fail(world.org_id, "whatever")
    world.seen(a_snapshot(None))

    assert world.check().outcome is MigrationOutcome.NOT_INSTALLED

    assert world.org.status is OrgStatus.NOT_INSTALLED


def test_somebody_elses_install_that_failed_leads_to_the_question() -> None:
    world = UpgradeWorld()
    world.begin()
    world.upgrades.begin(world.org_id, TARGET_ID)
    world.prepare()
    world.upgrades.fail(world.org_id, "This package is not yet available")

    assert world.check() == Verdict(Next.PREPARE, 60)
    assert world.prepare().next is Next.ASK
    world.ask()

    assert world.org.status is OrgStatus.UPGRADE_APPROVAL_PENDING
    assert world.upgrades.posted(world.org_id) == 0


def test_looking_again_once_it_is_done_changes_nothing(world: UpgradeWorld) -> None:
    world.upgrades.finish(world.org_id)
    first = world.check()
    world.seen(a_full_snapshot(BEHIND))

    assert world.check() == first
    assert world.told.count(NoticeKind.UPGRADE_DONE) == 1
