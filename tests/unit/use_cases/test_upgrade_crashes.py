"""The whole migration, with a crash or a second worker at every call to the outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, cast

import pytest

from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.domain.errors import ConcurrentModification, NothingToApprove
from zoom_migrator.domain.migration import MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.status import OrgStatus

# More calls than any schedule makes; the last ones never happen, which is checked.
CALLS = 75


class Disturbance(Enum):
    """What happens at one call.

    ``CRASH_BEFORE``: the process dies before it. ``CRASH_AFTER``: it happens, and the process
    dies before it learns of it. ``SECOND_WORKER``: another process runs the same step meanwhile.
    """

    CRASH_BEFORE = auto()
    CRASH_AFTER = auto()
    SECOND_WORKER = auto()


class ProcessDied(Exception):
    """The process is gone; Step Functions runs the step again."""


@dataclass
class Schedule:
    """Counts the calls that steps make to the outside, and disturbs one of them."""

    at: int
    disturbance: Disturbance
    second_worker: Callable[[], object] = lambda: None
    calls: int = 0
    has_struck: bool = False

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.has_struck or self.calls != self.at:
            return function(*args, **kwargs)
        self.has_struck = True
        if self.disturbance is Disturbance.CRASH_BEFORE:
            raise ProcessDied
        if self.disturbance is Disturbance.SECOND_WORKER:
            self.second_worker()
            return function(*args, **kwargs)
        function(*args, **kwargs)
        raise ProcessDied


class Disturbed:
    """A port whose calls a schedule counts."""

    def __init__(self, port: object, schedule: Schedule) -> None:
        self._port = port
        self._schedule = schedule

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._schedule.call(function, *args, **kwargs)

        return call


@dataclass
class Machine:
    """Runs the steps of one migration as the state machine does, with a disturbance."""

    schedule: Schedule
    world: UpgradeWorld = field(default_factory=UpgradeWorld)
    most_installs_at_once: int = 0

    def __post_init__(self) -> None:
        self.world.begin(policy=UpgradePolicy.ASK)
        self.authorization = self.world.authorization()
        self.steps: dict[Next, Callable[[UpgradeWorld], Verdict]] = {
            Next.PREPARE: UpgradeWorld.prepare,
            Next.ASK: _ask_and_follow_up,
            Next.INSTALL: UpgradeWorld.install,
            Next.POLL: UpgradeWorld.check,
            Next.AUTHORIZE: self._ask_and_authorize,
        }

    def run(self) -> Verdict:
        """Go on until the org is authorized; what comes then has schedules of its own."""
        verdict = Verdict(Next.PREPARE)
        for _ in range(100):
            if verdict.next in (Next.VERIFY, Next.END):
                return verdict
            if verdict.next not in (Next.ASK, Next.AUTHORIZE):
                self.world.later(seconds=verdict.wait_seconds)
            verdict = self._step(verdict.next)
        raise AssertionError("the migration does not come to an end")

    def _step(self, what: Next) -> Verdict:
        step = self.steps[what]
        self.schedule.second_worker = lambda: step(self.world)
        disturbed = _with_disturbed_ports(self.world, self.schedule)
        while True:
            try:
                verdict = step(disturbed)
            except (ProcessDied, ConcurrentModification):
                continue
            finally:
                self._let_the_org_work()
            return verdict

    def _ask_and_authorize(self, world: UpgradeWorld) -> Verdict:
        steps = copy(self.authorization)
        steps.orgs, steps.migrations = world.orgs, world.migrations
        steps.task_vault, steps.callback = world.vault, world.callback
        steps.ask()
        if self.world.migration.step is MigrationStep.AWAITING_AUTHORIZATION:
            # What crashes while somebody authorizes has tests of its own.
            self.authorization.authorize()
        return steps.follow_up()

    def _let_the_org_work(self) -> None:
        running = self.world.upgrades.running(self.world.org_id)
        self.most_installs_at_once = max(self.most_installs_at_once, len(running))
        started = self.world.migration.install
        if running and started is not None and started.request_id:
            self.world.upgrades.finish(self.world.org_id)


def _ask_and_follow_up(world: UpgradeWorld) -> Verdict:
    world.ask()
    waits = world.migration.approval is not None and world.migration.approval.answer is None
    if waits:
        # A person whose answer is there already has nothing more to do.
        with suppress(NothingToApprove):
            world.answer()
    return world.follow_up()


def _with_disturbed_ports(world: UpgradeWorld, schedule: Schedule) -> UpgradeWorld:
    disturbed = object.__new__(UpgradeWorld)
    disturbed.__dict__.update(world.__dict__)
    for name in ("orgs", "migrations", "salesforce", "upgrades", "vault", "callback"):
        setattr(disturbed, name, cast(Any, Disturbed(getattr(world, name), schedule)))
    return disturbed


@pytest.mark.parametrize("disturbance", Disturbance)
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_whatever_happens_the_org_is_upgraded_by_one_install_and_authorized(
    at: int, disturbance: Disturbance
) -> None:
    machine = Machine(Schedule(at, disturbance))

    verdict = machine.run()

    world = machine.world
    assert verdict == Verdict(Next.VERIFY)
    assert world.org.status is OrgStatus.AUTHORIZED
    assert world.org.active_attempt == 1
    assert world.upgrades.posted(world.org_id) == 1
    assert machine.most_installs_at_once == 1
    assert sorted(world.told) == [
        NoticeKind.AUTHORIZATION_NEEDED,
        NoticeKind.CONNECTED,
        NoticeKind.UPGRADE_APPROVAL_NEEDED,
        NoticeKind.UPGRADE_DONE,
    ]


def test_the_schedules_reach_every_call() -> None:
    machine = Machine(Schedule(0, Disturbance.CRASH_BEFORE))

    machine.run()

    assert 20 < machine.schedule.calls < CALLS
