"""What one attempt leaves to the next: requests on their way, and consent that may be withdrawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import ADA, TARGET_ID, a_standing_acceptance, a_target
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.adapters.memory.upgrades import Fate
from zoom_migrator.domain.approval import StandingAcceptance
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.use_cases.standing_acceptance import (
    record_standing_acceptance,
    withdraw_standing_acceptance,
)

SETTLE = 180
PLATFORM_CACHE = "Missing Organization Feature: PlatformCache null"
OTHER_VERSION = "04t5g000000OtherAAC"
NOT_YET = "This package is not yet available"


@pytest.fixture
def world() -> UpgradeWorld:
    return UpgradeWorld()


def automatic(world: UpgradeWorld) -> None:
    """Bring an org that upgrades without being asked to where its install is to be asked for."""
    world.begin(policy=UpgradePolicy.AUTO, acceptance=a_standing_acceptance())
    assert world.prepare() == Verdict(Next.INSTALL)


def withdraw(world: UpgradeWorld) -> None:
    withdraw_standing_acceptance(world.org_id, actor=ADA, at=world.clock.now(), orgs=world.orgs)


def accept_beforehand(world: UpgradeWorld, acceptance: StandingAcceptance) -> None:
    record_standing_acceptance(world.org_id, acceptance, orgs=world.orgs)


def the_run_dies(world: UpgradeWorld) -> None:
    world.workflow.fail(f"{world.org_id}-{world.attempt}", "the run aborted")


def test_a_request_that_an_aborted_run_sent_is_not_repeated_by_the_next_attempt(
    world: UpgradeWorld,
) -> None:
    world.consented()
    world.upgrades.next_installs(world.org_id, Fate.ON_ITS_WAY)
    world.install()
    the_run_dies(world)
    world.later(seconds=30)

    world.resume()

    assert world.prepare() == Verdict(Next.INSTALL)
    assert world.install() == Verdict(Next.INSTALL, SETTLE - 30 + 1)
    world.upgrades.arrive(world.org_id)
    assert world.install().next is Next.POLL
    assert world.upgrades.posted(world.org_id) == 1


def test_neither_is_it_after_several_attempts_in_quick_succession(world: UpgradeWorld) -> None:
    automatic(world)
    world.upgrades.next_installs(world.org_id, Fate.ON_ITS_WAY)
    world.install()
    for _ in range(3):
        world.stop()
        world.start()

    world.prepare()

    assert world.install().next is Next.INSTALL
    assert world.upgrades.posted(world.org_id) == 1


def test_a_request_of_an_earlier_attempt_that_never_arrived_does_not_stand_in_the_way(
    world: UpgradeWorld,
) -> None:
    world.consented()
    world.upgrades.next_installs(world.org_id, Fate.LOST)
    world.install()
    the_run_dies(world)
    world.later(seconds=SETTLE)
    world.resume()
    world.prepare()

    assert world.install().next is Next.POLL

    assert world.upgrades.posted(world.org_id) == 2
    assert world.install_in_hand.tries == 1


def test_what_made_an_earlier_request_fail_may_be_mended_by_now(world: UpgradeWorld) -> None:
    world.consented()
    world.upgrades.next_installs(world.org_id, Fate.ANSWER_LOST)
    world.install()
    the_run_dies(world)
    world.upgrades.fail(world.org_id, PLATFORM_CACHE)
    world.later(hours=1)
    world.resume()
    world.prepare()

    assert world.install().next is Next.POLL

    assert world.upgrades.running(world.org_id) != []


def test_consent_given_beforehand_and_withdrawn_since_does_not_carry_over(
    world: UpgradeWorld,
) -> None:
    automatic(world)
    world.install()
    world.upgrades.fail(world.org_id, PLATFORM_CACHE)
    assert world.check().outcome is MigrationOutcome.BLOCKED
    withdraw(world)

    world.resume()

    assert world.prepare().next is Next.ASK
    assert world.upgrades.posted(world.org_id) == 1


def test_consent_withdrawn_before_anything_was_sent_is_asked_for(world: UpgradeWorld) -> None:
    automatic(world)
    withdraw(world)

    assert world.install() == Verdict(Next.PREPARE)
    assert world.prepare().next is Next.ASK

    assert world.upgrades.posted(world.org_id) == 0
    assert world.migration.approval is None


def test_consent_withdrawn_between_two_tries_is_asked_for(world: UpgradeWorld) -> None:
    automatic(world)
    world.install()
    world.upgrades.fail(world.org_id, NOT_YET)
    assert world.check().next is Next.INSTALL
    withdraw(world)

    assert world.install() == Verdict(Next.PREPARE)
    assert world.prepare().next is Next.ASK
    world.ask()
    assert world.org.status is OrgStatus.UPGRADE_APPROVAL_PENDING

    assert world.upgrades.posted(world.org_id) == 1


def test_an_install_that_has_begun_goes_on_although_its_consent_was_withdrawn(
    world: UpgradeWorld,
) -> None:
    automatic(world)
    world.upgrades.next_installs(world.org_id, Fate.ANSWER_LOST)
    world.install()
    withdraw(world)

    assert world.install().next is Next.POLL
    assert world.upgrades.posted(world.org_id) == 1


def test_an_org_that_is_to_be_asked_by_now_is_asked(world: UpgradeWorld) -> None:
    automatic(world)
    registration = replace(world.org.registration, upgrade_policy=UpgradePolicy.ASK)
    world.orgs.save(replace(world.org, registration=registration))

    assert world.install() == Verdict(Next.PREPARE)
    assert world.prepare().next is Next.ASK


def test_consent_given_beforehand_counts_as_it_was_given_last(world: UpgradeWorld) -> None:
    automatic(world)
    accept_beforehand(world, replace(a_standing_acceptance(), security=SecurityType.ADMINS_ONLY))

    assert world.install() == Verdict(Next.PREPARE)
    assert world.prepare() == Verdict(Next.INSTALL)
    world.install()

    assert world.upgrades.wanted(world.org_id) == [(TARGET_ID, SecurityType.ADMINS_ONLY)]


def test_the_same_consent_recorded_anew_changes_nothing(world: UpgradeWorld) -> None:
    automatic(world)
    accept_beforehand(world, replace(a_standing_acceptance(), recorded_at=world.clock.now()))

    assert world.install().next is Next.POLL


def test_an_answer_that_carries_over_is_not_recorded_as_if_it_was_given_again(
    world: UpgradeWorld,
) -> None:
    world.installing()
    world.upgrades.fail(world.org_id, PLATFORM_CACHE)
    world.check()
    world.resume()
    world.prepare()

    answers = [line for line in world.history if line.startswith("approval_answered")]

    assert len(answers) == 1
    assert world.migration.step is MigrationStep.INSTALLING


def test_consent_to_another_version_does_not_carry_over_to_somebody_elses_install(
    world: UpgradeWorld,
) -> None:
    world.installing()
    world.upgrades.fail(world.org_id, PLATFORM_CACHE)
    world.check()
    world.resume()
    world.settings = replace(world.settings, version_id=OTHER_VERSION)
    world.offers(replace(a_target(), version_id=OTHER_VERSION))
    world.upgrades.begin(world.org_id, OTHER_VERSION)
    assert world.prepare().next is Next.POLL
    world.upgrades.fail(world.org_id, NOT_YET)

    assert world.check().next is Next.PREPARE
    assert world.prepare().next is Next.ASK
