from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import (
    NOW,
    TARGET_ID,
    a_failure,
    a_full_snapshot,
    a_snapshot,
    a_target,
    some_permissions,
    some_upgrade_settings,
)
from tests.unit.use_cases.upgrade_world import BEHIND, TO_BE_AUTHORIZED, UpgradeWorld
from zoom_migrator.adapters.memory.upgrades import Fate
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.finding import FindingCode
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.upgrade import InstallRefused, SecurityType

SETTLE = 180


class ProcessDied(Exception):
    """The function's process ends without a word."""


@pytest.fixture
def world() -> UpgradeWorld:
    world = UpgradeWorld()
    world.consented()
    return world


def test_the_version_that_was_consented_to_is_asked_for(world: UpgradeWorld) -> None:
    assert world.install() == Verdict(Next.POLL, 10)

    assert world.upgrades.wanted(world.org_id) == [(TARGET_ID, SecurityType.ALL_USERS)]
    assert world.org.status is OrgStatus.UPGRADING
    assert world.install_in_hand.request_id == world.upgrades.running(world.org_id)[0].request_id
    assert any(line.startswith("install_requested") for line in world.history)


def test_it_is_installed_for_whom_the_admin_chose() -> None:
    world = UpgradeWorld()
    world.begin()
    world.prepare()
    world.ask()
    world.answer(security=SecurityType.ADMINS_ONLY)
    world.follow_up()

    world.install()

    assert world.upgrades.wanted(world.org_id) == [(TARGET_ID, SecurityType.ADMINS_ONLY)]


def test_nothing_is_installed_without_consent(world: UpgradeWorld) -> None:
    world.migrations.save(replace(world.migration, approval=None))

    with pytest.raises(InvariantViolation, match="nobody has consented"):
        world.install()

    assert world.upgrades.posted(world.org_id) == 0


def test_consent_to_one_version_is_not_consent_to_another(world: UpgradeWorld) -> None:
    other = replace(a_target(), version_id="04t5g000000OtherAAC")
    world.migrations.save(replace(world.migration, target=other))

    with pytest.raises(InvariantViolation, match="nobody has consented"):
        world.install()


def test_repeating_the_step_sends_nothing_a_second_time(world: UpgradeWorld) -> None:
    world.install()

    assert world.install().next is Next.POLL

    assert world.upgrades.posted(world.org_id) == 1


def test_an_org_that_was_upgraded_meanwhile_is_to_be_authorized(world: UpgradeWorld) -> None:
    world.seen(a_snapshot("3.29.0.1"))

    assert world.install() == TO_BE_AUTHORIZED

    assert world.upgrades.posted(world.org_id) == 0


def test_an_install_of_the_same_version_by_somebody_else_is_followed(
    world: UpgradeWorld,
) -> None:
    theirs = world.upgrades.begin(world.org_id, TARGET_ID)

    assert world.install().next is Next.POLL

    assert world.install_in_hand.request_id == theirs.request_id
    assert world.upgrades.posted(world.org_id) == 0


def test_an_install_of_another_package_is_waited_for(world: UpgradeWorld) -> None:
    world.upgrades.begin(world.org_id, "04t5g000000OtherAAC")

    assert world.install() == Verdict(Next.INSTALL, 60)

    assert world.upgrades.posted(world.org_id) == 0
    (finding,) = world.migration.findings
    assert finding.code is FindingCode.OTHER_INSTALL_RUNNING


def test_what_blocks_by_now_blocks_although_it_was_consented_to(world: UpgradeWorld) -> None:
    refused = some_permissions(install_packages=False)
    world.seen(replace(a_full_snapshot(BEHIND), permissions=refused))

    assert world.install().outcome is MigrationOutcome.BLOCKED

    assert world.migration.failure_code == FindingCode.INSTALL_NOT_PERMITTED
    assert world.upgrades.posted(world.org_id) == 0


def test_a_request_whose_answer_was_lost_is_found_instead_of_repeated(
    world: UpgradeWorld,
) -> None:
    world.upgrades.next_installs(world.org_id, Fate.ANSWER_LOST)

    assert world.install() == Verdict(Next.INSTALL, SETTLE)
    assert world.install().next is Next.POLL

    assert world.upgrades.posted(world.org_id) == 1
    assert world.install_in_hand.request_id == world.upgrades.running(world.org_id)[0].request_id


def test_a_request_that_came_to_an_end_unseen_is_found_too(world: UpgradeWorld) -> None:
    world.upgrades.next_installs(world.org_id, Fate.ANSWER_LOST)
    world.install()
    world.upgrades.fail(world.org_id, "Missing Organization Feature: PlatformCache null")

    assert world.install().next is Next.POLL
    assert world.check().outcome is MigrationOutcome.BLOCKED

    assert world.upgrades.posted(world.org_id) == 1
    assert world.org.blocked_reason is BlockedReason.CONTACT_SALESFORCE_SUPPORT


def test_while_a_request_may_still_arrive_the_org_is_only_looked_at(
    world: UpgradeWorld,
) -> None:
    world.upgrades.next_installs(world.org_id, Fate.ON_ITS_WAY)
    world.install()

    world.later(seconds=SETTLE - 10)
    assert world.install() == Verdict(Next.INSTALL, 11)
    world.upgrades.arrive(world.org_id)
    assert world.install().next is Next.POLL

    assert world.upgrades.posted(world.org_id) == 1


def test_a_request_that_never_arrived_is_sent_again_after_plenty_of_time(
    world: UpgradeWorld,
) -> None:
    world.upgrades.next_installs(world.org_id, Fate.LOST)
    world.install()
    world.later(seconds=SETTLE)

    assert world.install().next is Next.POLL

    assert world.upgrades.posted(world.org_id) == 2
    assert len(world.upgrades.running(world.org_id)) == 1


def test_a_crash_after_the_request_was_sent_does_not_send_another(world: UpgradeWorld) -> None:
    world.upgrades.next_installs(world.org_id, ProcessDied())
    with pytest.raises(ProcessDied):
        world.install()

    assert world.install().next is Next.POLL

    assert world.upgrades.posted(world.org_id) == 1


def test_an_earlier_failed_request_is_not_taken_for_the_lost_one(world: UpgradeWorld) -> None:
    world.install()
    world.upgrades.fail(world.org_id, "This package is not yet available")
    assert world.check() == Verdict(Next.INSTALL, 60)
    world.upgrades.next_installs(world.org_id, Fate.LOST)
    world.install()

    assert world.install() == Verdict(Next.INSTALL, SETTLE + 1)


def test_a_request_that_was_surely_not_sent_does_not_count(world: UpgradeWorld) -> None:
    down = a_failure(FailureCode.CONNECTION_FAILED)
    world.upgrades.next_installs(world.org_id, down, Fate.ACCEPTED)

    assert world.install() == Verdict(Next.INSTALL, 60)
    assert world.install().next is Next.POLL

    assert world.install_in_hand.tries == 1


def test_a_login_refused_at_the_last_moment_blocks(world: UpgradeWorld) -> None:
    world.upgrades.next_installs(world.org_id, a_failure(FailureCode.LOGIN_NOT_APPROVED))

    assert world.install().outcome is MigrationOutcome.BLOCKED

    assert world.org.blocked_reason is BlockedReason.LOGIN_NOT_APPROVED


@pytest.mark.parametrize("when", ["check", "facts"])
def test_an_org_that_is_down_is_waited_for(when: str, world: UpgradeWorld) -> None:
    down = a_failure(FailureCode.SERVICE_UNAVAILABLE)
    if when == "check":
        world.seen(down, a_full_snapshot(BEHIND))
    else:
        world.upgrades.next_calls(world.org_id, down)

    assert world.install() == Verdict(Next.INSTALL, 60)
    assert world.install().next is Next.POLL


def test_a_refusal_that_passes_is_tried_again(world: UpgradeWorld) -> None:
    busy = InstallRefused("UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record")
    world.upgrades.next_installs(world.org_id, busy)

    assert world.install() == Verdict(Next.INSTALL, 60)
    assert world.migration.step is MigrationStep.INSTALLING
    assert world.install().next is Next.POLL

    assert world.install_in_hand.tries == 2


def test_a_refusal_that_needs_a_person_blocks_with_what_was_said(world: UpgradeWorld) -> None:
    said = "INSUFFICIENT_ACCESS: insufficient access rights"
    world.upgrades.next_installs(world.org_id, InstallRefused(said))

    assert world.install().outcome is MigrationOutcome.BLOCKED

    assert world.org.blocked_reason is BlockedReason.INSTALL_NOT_ALLOWED
    assert world.migration.said == said


def test_a_newer_version_that_nobody_can_see_blocks(world: UpgradeWorld) -> None:
    said = "A newer version of this package is currently installed."
    world.upgrades.next_installs(world.org_id, InstallRefused(said))

    assert world.install().outcome is MigrationOutcome.BLOCKED

    assert world.migration.failure_code == "newer_version_installed"


def test_an_org_that_is_upgraded_while_it_is_asked_is_to_be_authorized(
    world: UpgradeWorld,
) -> None:
    said = "A newer version of this package is currently installed."
    world.upgrades.next_installs(world.org_id, InstallRefused(said))
    world.seen(a_full_snapshot(BEHIND), a_snapshot("3.30.0.2"))

    assert world.install() == TO_BE_AUTHORIZED


def test_a_newer_version_is_waited_for_where_the_org_goes_down(world: UpgradeWorld) -> None:
    said = "A newer version of this package is currently installed."
    world.upgrades.next_installs(world.org_id, InstallRefused(said))
    world.seen(a_full_snapshot(BEHIND), a_failure(FailureCode.SERVICE_UNAVAILABLE))

    assert world.install() == Verdict(Next.INSTALL, 60)

    assert world.install_in_hand.intended_at is None


def test_what_passes_within_two_hours_does_not_block() -> None:
    world = UpgradeWorld()
    world.consented()
    busy = InstallRefused("UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record")
    world.upgrades.next_installs(world.org_id, *[busy] * 50)
    waits = []

    while world.clock.now() < NOW + timedelta(hours=2):
        verdict = world.install()
        assert verdict.next is Next.INSTALL
        waits.append(verdict.wait_seconds)
        world.later(seconds=verdict.wait_seconds)

    assert waits == sorted(waits)
    assert waits[0] == 60
    assert len(waits) < 15


def test_an_install_is_not_tried_for_ever() -> None:
    world = UpgradeWorld(settings=some_upgrade_settings(max_tries=2))
    world.consented()
    busy = InstallRefused("This package is not yet available")
    world.upgrades.next_installs(world.org_id, busy, busy)

    assert world.install().next is Next.INSTALL
    assert world.install().outcome is MigrationOutcome.BLOCKED

    assert world.upgrades.posted(world.org_id) == 2


def test_no_try_begins_that_would_have_no_time_left() -> None:
    world = UpgradeWorld()
    world.consented()
    busy = InstallRefused("This package is not yet available")
    world.upgrades.next_installs(world.org_id, *[busy] * 50)

    while (verdict := world.install()).next is Next.INSTALL:
        world.later(seconds=verdict.wait_seconds)

    assert verdict.outcome is MigrationOutcome.BLOCKED
    assert world.migration.failure_code == "version_not_available"
    assert world.clock.now() < NOW + world.settings.installing.deadline


def test_requests_that_keep_getting_lost_are_given_up() -> None:
    world = UpgradeWorld(settings=some_upgrade_settings(max_tries=2))
    world.consented()
    world.upgrades.next_installs(world.org_id, Fate.LOST, Fate.LOST)
    for _ in range(2):
        world.install()
        world.later(seconds=SETTLE)

    assert world.install().outcome is MigrationOutcome.BLOCKED

    assert world.migration.failure_code == "too_many_tries"
    assert world.migration.ended_at == NOW + timedelta(seconds=2 * SETTLE)
