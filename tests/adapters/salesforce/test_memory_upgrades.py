"""The orgs in memory that install packages, where they can do more than be asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import (
    NOW,
    TARGET_ID,
    a_failure,
    a_registration,
    a_snapshot,
    a_target,
    after,
)
from zoom_migrator.adapters.memory.salesforce import MemorySalesforceGateway
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.memory.upgrades import Fate, InMemoryUpgradeGateway
from zoom_migrator.domain.check import CheckResult, OrgSnapshot
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.upgrade import (
    InstallAccepted,
    InstallAnswer,
    InstallRefused,
    InstallRequest,
    InstallStatus,
    InstallUncertain,
    SecurityType,
    UpgradeFacts,
)

ORG = a_registration(1)
ORG_ID = ORG.org_id
ALL_USERS = SecurityType.ALL_USERS


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture
def salesforce() -> MemorySalesforceGateway:
    salesforce = MemorySalesforceGateway()
    salesforce.will_answer(ORG_ID, a_snapshot("3.23.0.4"))
    return salesforce


@pytest.fixture
def upgrades(salesforce: MemorySalesforceGateway, clock: SettableClock) -> InMemoryUpgradeGateway:
    upgrades = InMemoryUpgradeGateway(salesforce, clock)
    upgrades.offer(ORG_ID, a_target())
    return upgrades


def version_in(result: CheckResult) -> str:
    assert isinstance(result, OrgSnapshot)
    assert result.package is not None
    return result.package.version.full


def install(upgrades: InMemoryUpgradeGateway) -> InstallAnswer:
    answer = upgrades.install(ORG, TARGET_ID, ALL_USERS)
    assert isinstance(answer, (InstallAccepted, InstallRefused, InstallUncertain)), answer
    return answer


def test_orders_meet_their_fates_in_turn_and_all_later_ones_are_accepted(
    upgrades: InMemoryUpgradeGateway,
) -> None:
    refused = InstallRefused("X: no")
    upgrades.next_installs(ORG_ID, refused, Fate.LOST, Fate.ACCEPTED)

    answers = [install(upgrades) for _ in range(4)]

    assert answers[0] == refused
    assert isinstance(answers[1], InstallUncertain)
    assert [type(answer) for answer in answers[2:]] == [InstallAccepted] * 2
    assert upgrades.posted(ORG_ID) == 4
    assert upgrades.wanted(ORG_ID) == [(TARGET_ID, ALL_USERS)] * 4
    assert len(upgrades.running(ORG_ID)) == 2


def test_an_order_that_was_not_sent_does_not_count(upgrades: InMemoryUpgradeGateway) -> None:
    upgrades.next_installs(ORG_ID, a_failure())

    assert upgrades.install(ORG, TARGET_ID, ALL_USERS) == a_failure()
    assert upgrades.posted(ORG_ID) == 0


def test_an_order_on_its_way_arrives_late(
    upgrades: InMemoryUpgradeGateway, clock: SettableClock
) -> None:
    upgrades.next_installs(ORG_ID, Fate.ON_ITS_WAY)
    answer = install(upgrades)
    before = upgrades.running(ORG_ID)

    clock.advance(timedelta(minutes=1))
    upgrades.arrive(ORG_ID)
    upgrades.arrive(ORG_ID)

    assert isinstance(answer, InstallUncertain)
    assert before == []
    (arrived,) = upgrades.running(ORG_ID)
    assert arrived.created_at == after(minutes=1)


def test_a_process_can_die_after_its_order_has_arrived(upgrades: InMemoryUpgradeGateway) -> None:
    upgrades.next_installs(ORG_ID, ConnectionAbortedError("killed"))

    with pytest.raises(ConnectionAbortedError):
        upgrades.install(ORG, TARGET_ID, ALL_USERS)

    assert len(upgrades.running(ORG_ID)) == upgrades.posted(ORG_ID) == 1


def test_any_call_can_be_made_to_fail_or_to_raise(upgrades: InMemoryUpgradeGateway) -> None:
    upgrades.next_calls(ORG_ID, a_failure(), ZeroDivisionError("a bug"), a_failure())

    assert upgrades.facts(ORG, TARGET_ID) == a_failure()
    with pytest.raises(ZeroDivisionError):
        upgrades.request(ORG, "0Hf5g0000000001CAA")
    assert upgrades.install(ORG, TARGET_ID, ALL_USERS) == a_failure()
    assert isinstance(upgrades.facts(ORG, TARGET_ID), UpgradeFacts)
    assert upgrades.posted(ORG_ID) == 0


def test_a_version_can_show_later_than_its_install_ends(
    upgrades: InMemoryUpgradeGateway, salesforce: MemorySalesforceGateway
) -> None:
    install(upgrades)
    upgrades.finish(ORG_ID, shows=False)
    not_yet = version_in(salesforce.check(ORG))

    upgrades.begin(ORG_ID, TARGET_ID)
    upgrades.finish(ORG_ID)

    assert not_yet == "3.23.0.4"
    assert version_in(salesforce.check(ORG)) == "3.28.0.1"


def test_another_packages_install_changes_no_version(
    upgrades: InMemoryUpgradeGateway, salesforce: MemorySalesforceGateway
) -> None:
    upgrades.begin(ORG_ID, "04t5g0000000009AAA")

    upgrades.finish(ORG_ID)

    assert version_in(salesforce.check(ORG)) == "3.23.0.4"


def test_an_install_can_be_lost_track_of_and_forgotten(upgrades: InMemoryUpgradeGateway) -> None:
    answer = install(upgrades)
    assert isinstance(answer, InstallAccepted)
    upgrades.lose_track(ORG_ID)
    lost = upgrades.request(ORG, answer.request_id)

    upgrades.forget(ORG_ID)

    assert isinstance(lost, InstallRequest)
    assert lost.status is InstallStatus.UNKNOWN
    assert upgrades.request(ORG, answer.request_id) is None


def test_the_newest_of_several_installs_ends_first(upgrades: InMemoryUpgradeGateway) -> None:
    first = upgrades.begin(ORG_ID, TARGET_ID)
    upgrades.begin(ORG_ID, TARGET_ID)

    upgrades.fail(ORG_ID, "no")

    assert upgrades.running(ORG_ID) == [first]


def test_only_an_install_that_runs_can_end_and_only_an_org_that_was_set_up_can_be_told(
    upgrades: InMemoryUpgradeGateway,
) -> None:
    with pytest.raises(InvariantViolation, match="No install is running"):
        upgrades.finish(ORG_ID)
    with pytest.raises(InvariantViolation, match="not set up"):
        upgrades.posted(a_registration(2).org_id)
