from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, an_answer
from tests.unit.use_cases.upgrade_world import BEHIND, UpgradeWorld
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.errors import ConcurrentModification, InvariantViolation, NothingToApprove
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.use_cases.answer_approval import answer_request, open_request

DAY = 86_400


@pytest.fixture
def world() -> UpgradeWorld:
    world = UpgradeWorld()
    world.begin()
    world.prepare()
    return world


def test_asking_names_what_is_asked_and_until_when(world: UpgradeWorld) -> None:
    world.ask()

    assert world.org.status is OrgStatus.UPGRADE_APPROVAL_PENDING
    assert world.approval.version_now == BEHIND
    assert world.approval.expires_at == NOW + timedelta(days=14)
    (notice,) = world.migrations.notices(world.org_id, limit=5)
    assert notice.kind is NoticeKind.UPGRADE_APPROVAL_NEEDED
    assert notice.facts["version_to_come"] == "3.28"


def test_neither_the_store_nor_a_notice_shows_the_token(world: UpgradeWorld) -> None:
    token = world.ask()

    assert token not in repr(world.migration)
    assert token not in world.approval.task_token
    assert token not in repr(world.migrations.notices(world.org_id, limit=5))
    assert token not in repr(world.history)


def test_an_answer_wakes_the_machine_which_then_installs(world: UpgradeWorld) -> None:
    token = world.ask()

    world.answer()

    assert world.callback.completed == [token]
    assert world.follow_up() == Verdict(Next.INSTALL)
    assert world.migration.step is MigrationStep.INSTALLING


def test_a_refusal_ends_the_migration_and_blocks_the_org(world: UpgradeWorld) -> None:
    world.ask()
    world.answer(accepted=False)

    assert world.follow_up() == Verdict(Next.END, outcome=MigrationOutcome.DECLINED)

    assert world.org.blocked_reason is BlockedReason.UPGRADE_DECLINED
    assert world.org.active_attempt is None
    assert world.told[-1] is NoticeKind.UPGRADE_DECLINED
    assert world.upgrades.posted(world.org_id) == 0


def test_nobody_who_owes_an_answer_is_forgotten(world: UpgradeWorld) -> None:
    world.ask()

    world.later(days=3)
    assert world.follow_up() == Verdict(Next.ASK, 3 * DAY)
    world.ask()
    world.later(days=3)
    world.follow_up()

    reminders = [kind for kind in world.told if kind is NoticeKind.UPGRADE_APPROVAL_REMINDER]
    assert len(reminders) == 2


def test_a_reminder_is_recorded_once_however_often_the_step_is_repeated(
    world: UpgradeWorld,
) -> None:
    world.ask()
    world.later(days=3)

    world.follow_up()
    world.follow_up()

    assert world.told.count(NoticeKind.UPGRADE_APPROVAL_REMINDER) == 1


def test_reminders_that_an_outage_held_back_become_one(world: UpgradeWorld) -> None:
    world.ask()
    world.later(days=10)

    assert world.follow_up() == Verdict(Next.ASK, 2 * DAY)

    assert world.told.count(NoticeKind.UPGRADE_APPROVAL_REMINDER) == 1


def test_without_an_answer_the_request_expires(world: UpgradeWorld) -> None:
    world.ask()
    world.later(days=14)

    assert world.follow_up() == Verdict(Next.END, outcome=MigrationOutcome.EXPIRED)

    assert world.approval.status is ApprovalStatus.EXPIRED
    assert world.org.status is OrgStatus.UPGRADE_REQUIRED
    assert world.org.active_attempt is None
    assert world.told[-1] is NoticeKind.UPGRADE_EXPIRED


def test_the_last_wait_ends_when_the_request_expires(world: UpgradeWorld) -> None:
    world.ask()
    world.later(days=13)

    assert world.follow_up() == Verdict(Next.ASK, DAY)


def test_asking_again_replaces_the_token_and_tells_nobody_twice(world: UpgradeWorld) -> None:
    first = world.ask()
    approval_id = world.approval.approval_id
    world.callback.time_out(first)

    second = world.ask()
    world.answer()

    assert world.approval.approval_id == approval_id
    assert world.callback.completed == [second]
    assert world.told.count(NoticeKind.UPGRADE_APPROVAL_NEEDED) == 1


def test_an_answer_between_two_waits_is_not_waited_for_again(world: UpgradeWorld) -> None:
    first = world.ask()
    world.callback.time_out(first)
    world.answer()

    second = world.ask()

    assert world.callback.completed == [second]
    assert world.follow_up() == Verdict(Next.INSTALL)


def test_a_stopped_migration_does_not_wait_for_an_answer(world: UpgradeWorld) -> None:
    world.stop()

    token = world.ask()

    assert world.callback.completed == [token]
    assert world.follow_up() == Verdict(Next.END, outcome=MigrationOutcome.STOPPED)


def test_an_open_request_is_revoked_when_its_migration_is_stopped(world: UpgradeWorld) -> None:
    world.ask()

    world.stop()

    assert world.approval.status is ApprovalStatus.REVOKED
    assert world.approval.task_token == ""
    with pytest.raises(NothingToApprove):
        world.answer()


def test_of_two_answers_at_once_one_counts(world: UpgradeWorld) -> None:
    world.ask()
    request = open_request(world.org_id, orgs=world.orgs, migrations=world.migrations)
    world.answer()

    with pytest.raises(ConcurrentModification):
        answer_request(
            request,
            an_answer(accepted=False),
            migrations=world.migrations,
            vault=world.vault,
            callback=world.callback,
        )

    assert world.approval.status is ApprovalStatus.ACCEPTED


def test_following_up_before_anything_was_asked_asks(world: UpgradeWorld) -> None:
    assert world.follow_up() == Verdict(Next.ASK, 3 * DAY)


def test_following_up_again_after_consent_decides_the_same(world: UpgradeWorld) -> None:
    world.ask()
    world.answer()

    assert world.follow_up() == world.follow_up() == Verdict(Next.INSTALL)


def test_nothing_is_asked_where_it_is_not_known_what(world: UpgradeWorld) -> None:
    world.migrations.save(replace(world.migration, target=None))

    with pytest.raises(InvariantViolation):
        world.ask()
