"""Every way through the scan's state machine, gone with the real functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from local.salesforce import SimulatedOrg
from tests.statemachine.interpreter import runnable
from tests.statemachine.machine import definition
from tests.statemachine.scans import ScanMachine
from tests.statemachine.ways import ways, ways_of
from zoom_migrator.domain.scan import ScanStatus

SCAN_ID = "scan-20261124T050000Z-k3v7qa"
ORG = SimulatedOrg(host="acme.my.salesforce.com")


@dataclass(frozen=True)
class Walk:
    """One way through the machine, and what makes it take that way.

    A state's name ends with ``!`` where the state is left by its Catch.
    """

    situation: str
    prepare: Callable[[ScanMachine], object]
    path: tuple[str, ...]
    batches: tuple[tuple[str, ...], ...] = ()
    record: ScanStatus | None = ScanStatus.COMPLETED

    @property
    def status(self) -> str:
        return "FAILED" if self.path[-1] == "ScanFailed" else "SUCCEEDED"


def a_fleet(machine: ScanMachine) -> None:
    machine.deployment.register(ORG)


def a_planning_without_bucket(machine: ScanMachine) -> None:
    machine.deployment.disturbance.refuse("PutObject", code="SlowDown", status=503)


def a_batch_that_may_not_read_its_orgs(machine: ScanMachine) -> None:
    a_fleet(machine)
    machine.deployment.disturbance.refuse("BatchGetItem", code="AccessDeniedException")


def a_manifest_that_is_spoilt_after_the_planning(machine: ScanMachine) -> None:
    a_fleet(machine)
    machine.functions.after("plan_scan", lambda: machine.deployment.spoil_manifest(SCAN_ID))


def a_table_that_takes_nothing_at_the_end(machine: ScanMachine) -> None:
    a_fleet(machine)
    disturbance = machine.deployment.disturbance
    machine.functions.before("summarise_scan", lambda: disturbance.refuse("PutItem"))


def a_table_that_takes_nothing(machine: ScanMachine) -> None:
    a_fleet(machine)
    machine.deployment.disturbance.refuse("PutItem")


def a_fleet_for_which_one_call_is_not_enough(machine: ScanMachine) -> None:
    a_fleet(machine)
    machine.functions.rush("start_migrations", times=1)


def a_fleet_that_one_call_cannot_watch_over(machine: ScanMachine) -> None:
    a_fleet(machine)
    machine.functions.rush("watch_orgs", times=1)


def results_that_cannot_be_read_by_the_watch(machine: ScanMachine) -> None:
    a_fleet(machine)
    disturbance = machine.deployment.disturbance
    machine.functions.before("watch_orgs", lambda: disturbance.refuse("Query"))
    machine.functions.before("start_migrations", disturbance.stop)


def results_that_cannot_be_read_again(machine: ScanMachine) -> None:
    a_fleet(machine)
    disturbance = machine.deployment.disturbance
    machine.functions.before("start_migrations", lambda: disturbance.refuse("Query"))


SCANNED = ("PlanScan", "IsFleetEmpty", "ScanBatches", "SummariseScan")
WATCHED = ("WatchOrgs", "AreAllWatched")
STARTED = ("StartMigrations", "AreAllStarted")
WALKS = [
    Walk(
        "everything works",
        a_fleet,
        (*SCANNED, *WATCHED, *STARTED, "Completed"),
        batches=(("ScanOrgs",),),
    ),
    Walk(
        "the fleet is empty",
        lambda machine: None,
        ("PlanScan", "IsFleetEmpty", "SummariseScan", *WATCHED, *STARTED, "Completed"),
    ),
    Walk(
        "a batch breaks down",
        a_batch_that_may_not_read_its_orgs,
        (*SCANNED, *WATCHED, *STARTED, "Completed"),
        batches=(("ScanOrgs!", "BatchFailed"),),
    ),
    Walk(
        "watching over the orgs takes two calls",
        a_fleet_that_one_call_cannot_watch_over,
        (*SCANNED, *WATCHED, *WATCHED, *STARTED, "Completed"),
        batches=(("ScanOrgs",),),
    ),
    Walk(
        "the orgs cannot be watched over",
        results_that_cannot_be_read_by_the_watch,
        (*SCANNED, "WatchOrgs!", *STARTED, "Completed"),
        batches=(("ScanOrgs",),),
    ),
    Walk(
        "starting the migrations takes two calls",
        a_fleet_for_which_one_call_is_not_enough,
        (*SCANNED, *WATCHED, *STARTED, *STARTED, "Completed"),
        batches=(("ScanOrgs",),),
    ),
    Walk(
        "the migrations cannot be started",
        results_that_cannot_be_read_again,
        (*SCANNED, *WATCHED, "StartMigrations!", "Completed"),
        batches=(("ScanOrgs",),),
    ),
    Walk(
        "the planning fails",
        a_planning_without_bucket,
        ("PlanScan!", "RecordFailure", "ScanFailed"),
        record=ScanStatus.FAILED,
    ),
    Walk(
        "the map fails",
        a_manifest_that_is_spoilt_after_the_planning,
        ("PlanScan", "IsFleetEmpty", "ScanBatches!", "RecordFailure", "ScanFailed"),
        record=ScanStatus.FAILED,
    ),
    Walk(
        "the summary fails",
        a_table_that_takes_nothing_at_the_end,
        (*SCANNED[:-1], "SummariseScan!", "ScanFailed"),
        batches=(("ScanOrgs",),),
        record=ScanStatus.RUNNING,
    ),
    Walk(
        "nothing can be recorded, not even the failure",
        a_table_that_takes_nothing,
        ("PlanScan!", "RecordFailure!", "ScanFailed"),
        record=None,
    ),
]


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.situation)
def test_the_machine_goes_this_way_if(machine: ScanMachine, walk: Walk) -> None:
    walk.prepare(machine)

    run = machine.run(SCAN_ID)

    assert (run.path, run.batches, run.status) == (walk.path, walk.batches, walk.status)
    scan = machine.deployment.scans.get(SCAN_ID)
    assert (scan.status if scan else None) == walk.record


def test_these_are_all_ways_that_there_are() -> None:
    gone = {way for walk in WALKS for path in (walk.path, *walk.batches) for way in ways(path)}

    assert gone == set(ways_of(definition()))


def test_moto_runs_the_definition_with_two_values_changed() -> None:
    ours, run = definition(), runnable(definition())

    scan_batches = run["States"]["ScanBatches"]
    assert scan_batches["ItemProcessor"]["ProcessorConfig"].pop("ExecutionType") == "STANDARD"
    assert scan_batches["ToleratedFailurePercentage"] == 100
    scan_batches["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] = "EXPRESS"
    assert run == ours
