"""What every way of installing packages does: over HTTP, and in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.salesforce import (
    Collision,
    Fault,
    FaultKind,
    InstallBehaviour,
    PublishedVersion,
    RunningOrg,
    SalesforceSimulator,
    SimulatedOrg,
)
from tests.adapters.salesforce.lab import CONSUMER_KEY, HOST, Lab, public_pem
from tests.adapters.salesforce.upgrade_lab import orders_in, upgrades_in
from tests.builders import (
    NOW,
    TARGET_ID,
    a_failure,
    a_registration,
    a_snapshot,
    a_target,
    an_install_request,
)
from zoom_migrator.adapters.memory.salesforce import MemorySalesforceGateway
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.memory.upgrades import Fate, InMemoryUpgradeGateway
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.domain.check import CheckFailure, OrgSnapshot
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.upgrade import (
    InstallAccepted,
    InstallRefused,
    InstallRequest,
    InstallStatus,
    InstallUncertain,
    SecurityType,
    UpgradeFacts,
)
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import SalesforceGateway, UpgradeGateway

ALL_USERS = SecurityType.ALL_USERS
UNKNOWN_ID = "04t5g0000000009AAA"
TARGET = PublishedVersion(version="3.28.0.1", version_id=TARGET_ID)


class World(Protocol):
    """One org that offers the target, and how it is moved on."""

    registration: OrgRegistration
    nobody: OrgRegistration

    @property
    def upgrades(self) -> UpgradeGateway: ...
    @property
    def salesforce(self) -> SalesforceGateway: ...
    def protect(self) -> None: ...
    def by_hand(self) -> str: ...
    def finish(self, request_id: str) -> None: ...
    def fail(self, request_id: str, message: str) -> None: ...
    def lose(self, *, arrives: bool) -> None: ...
    def keep_out(self) -> None: ...
    def orders(self) -> int: ...


class InMemory:
    def __init__(self) -> None:
        self.salesforce = MemorySalesforceGateway()
        self.upgrades = InMemoryUpgradeGateway(self.salesforce, SettableClock(NOW))
        self.registration = a_registration(1)
        self.nobody = a_registration(2)
        self._org_id = self.registration.org_id
        self.salesforce.will_answer(self._org_id, a_snapshot("3.23.0.4"))
        self.upgrades.offer(self._org_id, a_target(validation="NO_ERRORS_DETECTED"))

    def protect(self) -> None:
        self.upgrades.refuse_to_describe(
            self._org_id,
            "INSTALL_KEY_REQUIRED: Please provide installationkey when querying against"
            " SubscriberPackageVersion that is protected by installationkey",
        )

    def by_hand(self) -> str:
        return self.upgrades.begin(self._org_id, TARGET_ID).request_id

    def finish(self, request_id: str) -> None:
        self.upgrades.finish(self._org_id)

    def fail(self, request_id: str, message: str) -> None:
        self.upgrades.fail(self._org_id, message)

    def lose(self, *, arrives: bool) -> None:
        fate = Fate.ANSWER_LOST if arrives else Fate.LOST
        self.upgrades.next_installs(self._org_id, fate)

    def keep_out(self) -> None:
        failure = a_failure(FailureCode.SESSION_REJECTED)
        self.upgrades.next_installs(self._org_id, failure)

    def orders(self) -> int:
        return self.upgrades.posted(self._org_id)


class OverHttp:
    def __init__(self, lab: Lab, org: RunningOrg) -> None:
        lab.simulator.publish(TARGET)
        org.document.install = InstallBehaviour(never_ends=True, collision=Collision.ALLOWED)
        self.upgrades = upgrades_in(lab)
        self.salesforce = lab.gateway()
        self.registration = lab.registration(org)
        self.nobody = a_registration(2)
        self._lab, self._org = lab, org

    def protect(self) -> None:
        self._lab.simulator.publish(TARGET.model_copy(update={"installation_key": "sesame"}))

    def by_hand(self) -> str:
        return self._org.installs.by_hand(TARGET_ID, seconds=60)

    def finish(self, request_id: str) -> None:
        self._org.installs.end(request_id)

    def fail(self, request_id: str, message: str) -> None:
        self._org.installs.end(request_id, error=message)

    def lose(self, *, arrives: bool) -> None:
        self._break(FaultKind.RESET_MID if arrives else FaultKind.RESET_BEFORE)

    def keep_out(self) -> None:
        self._break(FaultKind.SESSION_EXPIRED)

    def orders(self) -> int:
        return orders_in(self._lab.simulator)

    def _break(self, kind: FaultKind) -> None:
        fault = Fault(kind=kind, path="PackageInstallRequest", method="POST", times=1)
        self._org.faults.add(fault)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    with SalesforceSimulator(
        consumer_key=CONSUMER_KEY, public_key_pem=public_pem(key), clock=lambda: NOW.timestamp()
    ) as simulator:
        yield Lab(simulator, AppCredentials(CONSUMER_KEY, key), SettableClock(NOW))


@pytest.fixture(params=["in_memory", "over_http"])
def world(request: pytest.FixtureRequest, lab: Lab) -> Iterator[World]:
    if request.param == "in_memory":
        yield InMemory()
        return
    lab.simulator.world.clear()
    yield OverHttp(lab, lab.simulator.add(SimulatedOrg(host=HOST)))


def ordered(world: World, security: SecurityType = ALL_USERS) -> str:
    """The id of an install that was accepted."""
    answer = world.upgrades.install(world.registration, TARGET_ID, security)
    assert isinstance(answer, InstallAccepted), answer
    return answer.request_id


def looked_up(world: World, request_id: str) -> InstallRequest:
    found = world.upgrades.request(world.registration, request_id)
    assert isinstance(found, InstallRequest), found
    return found


def listed(world: World) -> tuple[InstallRequest, ...]:
    facts = world.upgrades.facts(world.registration, TARGET_ID)
    assert isinstance(facts, UpgradeFacts), facts
    return facts.requests


def installed(world: World) -> PackageVersion:
    snapshot = world.salesforce.check(world.registration)
    assert isinstance(snapshot, OrgSnapshot), snapshot
    assert snapshot.package is not None
    return snapshot.package.version


def test_an_org_that_offers_the_target_describes_it(world: World) -> None:
    facts = world.upgrades.facts(world.registration, TARGET_ID)

    assert facts == UpgradeFacts(a_target(validation="NO_ERRORS_DETECTED"))


def test_an_id_of_15_characters_names_the_same_version(world: World) -> None:
    facts = world.upgrades.facts(world.registration, TARGET_ID[:15])

    assert isinstance(facts, UpgradeFacts)
    assert facts.target == a_target(validation="NO_ERRORS_DETECTED")


def test_a_version_that_the_org_does_not_know_is_none(world: World) -> None:
    assert world.upgrades.facts(world.registration, UNKNOWN_ID) == UpgradeFacts(None)


def test_a_version_that_the_org_does_not_know_is_refused(world: World) -> None:
    answer = world.upgrades.install(world.registration, UNKNOWN_ID, ALL_USERS)

    assert isinstance(answer, InstallRefused)
    assert answer.message.startswith("INVALID_CROSS_REFERENCE_KEY: ")
    assert listed(world) == ()


def test_a_protected_version_is_neither_described_nor_installed(world: World) -> None:
    world.protect()

    facts = world.upgrades.facts(world.registration, TARGET_ID)
    answer = world.upgrades.install(world.registration, TARGET_ID, ALL_USERS)

    assert isinstance(facts, UpgradeFacts)
    assert facts.target is None
    assert isinstance(answer, InstallRefused)
    assert facts.refusal == answer.message
    assert listed(world) == ()


@pytest.mark.parametrize("security", SecurityType)
def test_an_accepted_install_runs_and_is_listed_everywhere(
    world: World, security: SecurityType
) -> None:
    request_id = ordered(world, security)

    expected = an_install_request(request_id=request_id)
    assert looked_up(world, request_id) == expected
    assert listed(world) == (expected,)
    facts = world.upgrades.facts(world.registration, TARGET_ID)
    assert isinstance(facts, UpgradeFacts)
    assert facts.requests == (expected,)
    assert installed(world) == PackageVersion(3, 23, 0, 4)


def test_an_install_that_succeeds_shows_in_the_next_check(world: World) -> None:
    request_id = ordered(world)

    world.finish(request_id)

    assert looked_up(world, request_id).status is InstallStatus.SUCCESS
    assert installed(world) == PackageVersion(3, 28, 0, 1)


def test_an_install_that_fails_says_why_only_when_asked_for_by_its_id(world: World) -> None:
    request_id = ordered(world)

    world.fail(request_id, "Missing Organization Feature: PlatformCache null")

    failed = looked_up(world, request_id)
    assert failed.status is InstallStatus.ERROR
    assert failed.errors == ("Missing Organization Feature: PlatformCache null",)
    assert listed(world) == (replace(failed, errors=()),)
    assert installed(world) == PackageVersion(3, 23, 0, 4)


def test_somebody_elses_install_is_listed_as_well(world: World) -> None:
    request_id = world.by_hand()

    assert listed(world) == (an_install_request(request_id=request_id),)
    assert world.orders() == 0


@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_answer_is_uncertain_and_the_list_tells_whether_the_order_arrived(
    world: World, arrives: bool
) -> None:
    world.lose(arrives=arrives)

    answer = world.upgrades.install(world.registration, TARGET_ID, ALL_USERS)

    assert isinstance(answer, InstallUncertain)
    assert len(listed(world)) == int(arrives)
    assert world.orders() == 1


def test_an_order_that_is_not_let_in_is_a_failure_and_begins_nothing(world: World) -> None:
    world.keep_out()

    answer = world.upgrades.install(world.registration, TARGET_ID, ALL_USERS)

    assert isinstance(answer, CheckFailure)
    assert answer.code is FailureCode.SESSION_REJECTED
    assert listed(world) == ()


def test_a_request_that_nobody_made_is_none(world: World) -> None:
    assert world.upgrades.request(world.registration, "0Hf5g0000000009CAA") is None


@pytest.mark.parametrize(
    "ask",
    [
        lambda upgrades, org: upgrades.facts(org, TARGET_ID),
        lambda upgrades, org: upgrades.request(org, "0Hf5g0000000001CAA"),
        lambda upgrades, org: upgrades.install(org, TARGET_ID, ALL_USERS),
    ],
)
def test_an_org_that_is_not_there_is_a_failure_not_an_exception(
    world: World, ask: Callable[[UpgradeGateway, OrgRegistration], object]
) -> None:
    answer = ask(world.upgrades, world.nobody)

    assert isinstance(answer, CheckFailure)


def test_installs_ordered_from_several_threads_are_each_sent_once(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: ordered(world), range(8)))

    assert len(set(ids)) == 8
    assert world.orders() == 8
    assert {one.request_id for one in listed(world)} == set(ids)
