"""The ways an org goes over HTTP, and where each of them ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.adapters.faults.fault import Fault
from tests.cleanups import PROBE
from tests.unit.crash_schedules import scenarios
from tests.unit.crash_schedules.beginnings import (
    a_disconnected_org,
    a_half_restored_org,
    an_approved_org,
    an_asked_org,
    an_authorized_org,
    an_org_with_an_old_grant,
)
from tests.unit.crash_schedules.explore import Scenario
from tests.unit.crash_schedules.upgrades import an_org_behind
from tests.unit.crash_schedules.worlds import CrashWorld, Rows
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.verification import PackageConnection


@dataclass(frozen=True)
class Way:
    """A way an org goes.

    Attributes:
        begin: Makes the state that every run starts from, with these rows of keys.
        scenario: The same way in memory: how it goes, and what would be wrong at its end.
        lossless: What is wrong at its end, although nothing that Zoom issued was lost.
        requests: How many requests it takes at least.
        faults: What is tried at every one of them.
    """

    name: str
    begin: Callable[[Rows], Any]
    scenario: Scenario[Any]
    lossless: Callable[[Any], str]
    requests: int
    faults: tuple[Fault, ...] = tuple(Fault)


def _nothing_more(_world: object) -> str:
    return ""


def _connected(world: CrashWorld) -> str:
    grant = world.grant_of()
    if grant.status is not GrantStatus.LIVE:
        return f"the grant is {grant.status}"
    return "" if world.zoom.is_live(world.pair_of()) else "the stored tokens are worth nothing"


def _ends_as(status: OrgStatus) -> Callable[[CrashWorld], str]:
    def wrong(world: CrashWorld) -> str:
        if world.org.status is not status:
            return f"the org ends as {world.org.standing}"
        return _connected(world)

    return wrong


def _proven(world: CrashWorld) -> str:
    seen = {proof.package for proof in world.migration.verifications}
    if seen != {PackageConnection.PROVEN}:
        return f"the package's own connection is {sorted(seen)}"
    return _ends_as(OrgStatus.CLEANUP_APPROVAL_PENDING)(world)


WAYS: Final = (
    Way("upgrade", lambda _: an_org_behind(), scenarios.UPGRADE, _nothing_more, 19),
    Way("authorization", an_asked_org, scenarios.AUTHORIZATION, _ends_as(OrgStatus.AUTHORIZED), 3),
    Way("refresh", an_org_with_an_old_grant, scenarios.REFRESH, _connected, 1),
    Way("proof", lambda rows: an_authorized_org(rows, probe=PROBE), scenarios.PROOF, _proven, 10),
    Way("cleanup", an_approved_org, scenarios.CLEANUP, _ends_as(OrgStatus.MIGRATED), 15),
    Way("loss", a_disconnected_org, scenarios.LOSS, _ends_as(OrgStatus.AUTHORIZED), 5),
    Way("restore", a_half_restored_org, scenarios.RESTORE, _nothing_more, 6),
    # Its parts are tried with everything; what is left here is what one part leaves to the next.
    Way(
        "the whole way",
        an_asked_org,
        scenarios.WHOLE,
        _ends_as(OrgStatus.MIGRATED),
        26,
        (Fault.LATE_ANSWER, Fault.LATE_REQUEST, Fault.RESET_AFTER),
    ),
)
