"""The way of an upgrade in the schedules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.builders import an_org
from tests.unit.crash_schedules.machine import Machine
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.domain.migration import Next, Verdict
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.status import OrgStatus

_STEPS: Final = 60


class CrashUpgradeWorld(UpgradeWorld):
    """One org that is to be upgraded, and a second one that is none of its business."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.bystander = self.orgs.save(an_org(2, status=OrgStatus.UPGRADE_REQUIRED))


_STEP: Final[dict[Next, Callable[[UpgradeWorld], Verdict]]] = {
    Next.PREPARE: UpgradeWorld.prepare,
    Next.INSTALL: UpgradeWorld.install,
    Next.POLL: UpgradeWorld.check,
}


def an_org_behind() -> CrashUpgradeWorld:
    """An org whose migration has begun."""
    world = CrashUpgradeWorld()
    world.begin(policy=UpgradePolicy.ASK)
    return world


def upgrade(machine: Machine[CrashUpgradeWorld]) -> None:
    """Do as the state machine and people do, until the org waits to be authorized."""
    verdict = Verdict(Next.PREPARE)
    for _ in range(_STEPS):
        if verdict.next in (Next.END, Next.AUTHORIZE):
            return
        if verdict.next is Next.ASK:
            machine.do(UpgradeWorld.ask)
            machine.do(UpgradeWorld.answer)
            verdict = machine.do(UpgradeWorld.follow_up) or verdict
        else:
            machine.world.later(seconds=verdict.wait_seconds)
            verdict = machine.do(_STEP[verdict.next]) or verdict
        _let_the_org_work(machine.world)
    machine.ledger.broken(6, "the upgrade does not come to an end")


def _let_the_org_work(world: CrashUpgradeWorld) -> None:
    """The org takes its time, so that whoever looks too early finds the install running."""
    install = world.migration.install
    if world.upgrades.running(world.org_id) and install is not None and install.request_id:
        world.upgrades.finish(world.org_id)
