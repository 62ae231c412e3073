from dataclasses import replace

import pytest

from tests.builders import a_failure, a_snapshot
from tests.unit.use_cases.upgrade_world import TO_BE_AUTHORIZED, UpgradeWorld
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.migration import MigrationOutcome, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.status import OrgStatus


@pytest.fixture
def world() -> UpgradeWorld:
    world = UpgradeWorld()
    world.begin(policy=UpgradePolicy.MANUAL)
    world.prepare()
    return world


def test_the_org_is_looked_at_again_and_again_less_and_less_often(world: UpgradeWorld) -> None:
    first = world.follow_by_hand()
    world.later(hours=4)
    second = world.follow_by_hand()
    world.later(days=2)
    third = world.follow_by_hand()

    assert [each.next for each in (first, second, third)] == [Next.BY_HAND] * 3
    assert [each.wait_seconds for each in (first, second, third)] == [600, 7_200, 21_600]


def test_an_upgrade_by_hand_is_noticed(world: UpgradeWorld) -> None:
    world.seen(a_snapshot("3.28.0.1"))

    assert world.follow_by_hand() == TO_BE_AUTHORIZED

    assert world.org.status is OrgStatus.AUTHORIZATION_PENDING
    assert world.told[-1] is NoticeKind.UPGRADE_DONE


def test_whoever_is_to_upgrade_is_reminded_once_each_time(world: UpgradeWorld) -> None:
    world.later(days=3)
    world.follow_by_hand()
    world.follow_by_hand()
    world.later(days=3)
    world.follow_by_hand()

    assert world.told.count(NoticeKind.UPGRADE_BY_HAND_REMINDER) == 2
    first, reminder, _ = reversed(world.migrations.notices(world.org_id, limit=5))
    assert reminder.facts == first.facts


def test_it_is_not_waited_for_ever(world: UpgradeWorld) -> None:
    world.later(days=14)

    assert world.follow_by_hand() == Verdict(Next.END, outcome=MigrationOutcome.EXPIRED)

    assert world.org.status is OrgStatus.UPGRADE_REQUIRED
    assert world.told[-1] is NoticeKind.UPGRADE_EXPIRED


def test_an_upgrade_in_the_last_minute_counts(world: UpgradeWorld) -> None:
    world.later(days=14)
    world.seen(a_snapshot("3.28.0.1"))

    assert world.follow_by_hand() == TO_BE_AUTHORIZED


@pytest.mark.parametrize("code", [FailureCode.SERVICE_UNAVAILABLE, FailureCode.LOGIN_NOT_APPROVED])
def test_an_org_that_cannot_be_looked_at_is_waited_for(
    code: FailureCode, world: UpgradeWorld
) -> None:
    world.seen(a_failure(code))

    assert world.follow_by_hand().next is Next.BY_HAND
    assert world.org.failure is not None


def test_a_removed_package_ends_the_wait(world: UpgradeWorld) -> None:
    world.seen(a_snapshot(None))

    assert world.follow_by_hand().outcome is MigrationOutcome.NOT_INSTALLED


def test_a_stopped_migration_is_not_waited_for(world: UpgradeWorld) -> None:
    world.stop()

    assert world.follow_by_hand() == Verdict(Next.END, outcome=MigrationOutcome.STOPPED)


def test_a_wait_without_an_end_is_a_bug(world: UpgradeWorld) -> None:
    world.migrations.save(replace(world.migration, by_hand_until=None))

    with pytest.raises(InvariantViolation):
        world.follow_by_hand()
