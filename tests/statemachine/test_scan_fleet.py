"""What scans leave behind: the state machine and the functions together."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from local.salesforce import SimulatedOrg
from tests.functions.resources import template
from tests.statemachine.scans import ScanMachine
from zoom_migrator.adapters.stepfunctions import StepFunctionsScanWorkflow
from zoom_migrator.domain.scan import ScanOutcome, ScanStatus
from zoom_migrator.domain.status import OrgStatus

SCAN_ID = "scan-20261124T050000Z-k3v7qa"
NEXT_SCAN_ID = "scan-20261125T050000Z-h2c4tb"

EXPECTED = {
    "00Dda00000w6ktuEAA": ScanOutcome.BEHIND,
    "00D5b00000UbQZhEAN": ScanOutcome.BEHIND,
    "00DdQ000000HmXDUA0": ScanOutcome.BEHIND,
    "00DBa00000XaGxFMAV": ScanOutcome.SUFFICIENT,
    "00D5a000003C4LCEA0": ScanOutcome.SUFFICIENT,
    "00D5a00000UhPCjEAN": ScanOutcome.SUFFICIENT,
    "00D8Q00000id017UAA": ScanOutcome.NOT_INSTALLED,
    "00D5a00000surMyEAI": ScanOutcome.REFUSED,
    "00D5j000005eeUfEAI": ScanOutcome.REFUSED,
    "00D8a00000Yg9GrEAJ": ScanOutcome.UNREACHABLE,
    "00DBj00000DM9zfMAD": ScanOutcome.SUFFICIENT,
    "00D5j00000txmdIEAQ": ScanOutcome.BEHIND,
    "00D8g00000SG18ZEAT": ScanOutcome.UNREACHABLE,
    "00D8Q00000hG9WyUAK": ScanOutcome.REFUSED,
    "00DBQ00000wKqU52AK": ScanOutcome.REFUSED,
    "00Ddb00000QGGKsEAP": ScanOutcome.SUFFICIENT,
    "00D5f000003QuMeEAK": ScanOutcome.BEHIND,
}

NOBODY_IS_CONNECTED = {"failed": 0, "is_complete": True}
NO_MIGRATIONS = {
    "started": 0,
    "already_running": 0,
    "superseded": 0,
    "failed": 0,
    "is_complete": True,
}


@pytest.fixture
def fleet(machine: ScanMachine) -> list[str]:
    """The example fleet, to be scanned five orgs at a time."""
    machine.deployment.environment["plan_scan"]["SCAN_BATCH_SIZE"] = "5"
    return machine.deployment.register_example_fleet()


def outcomes(machine: ScanMachine, scan_id: str) -> dict[str, ScanOutcome]:
    return {org: result.outcome for org, result in machine.deployment.results(scan_id).items()}


def test_every_org_of_the_example_fleet_gets_its_result(
    machine: ScanMachine, fleet: list[str]
) -> None:
    run = machine.run(SCAN_ID)

    assert outcomes(machine, SCAN_ID) == EXPECTED
    assert run.output == {
        "scan_id": SCAN_ID,
        "status": "completed",
        "counts": Counter(EXPECTED.values()),
        "health": NOBODY_IS_CONNECTED | {"scan_id": SCAN_ID, "found": {"not_watched": 17}},
        "migrations": NO_MIGRATIONS | {"scan_id": SCAN_ID},
    }
    assert len(run.batches) == 4


def test_an_empty_fleet_is_a_finished_scan(machine: ScanMachine) -> None:
    run = machine.run(SCAN_ID)

    assert run.output == {
        "scan_id": SCAN_ID,
        "status": "completed",
        "counts": {},
        "health": NOBODY_IS_CONNECTED | {"scan_id": SCAN_ID, "found": {}},
        "migrations": NO_MIGRATIONS | {"scan_id": SCAN_ID},
    }
    assert machine.deployment.scan(SCAN_ID).org_count == 0


def test_the_schedule_of_the_template_starts_a_scan_in_its_own_name(machine: ScanMachine) -> None:
    target = template()["Resources"]["ScanSchedule"]["Properties"]["Target"]

    machine.run("7c0e2a3e-52a1-4f3d-9d5b-0f5a8c1f6b42", json.loads(target["Input"]))

    scan = machine.deployment.scan("7c0e2a3e-52a1-4f3d-9d5b-0f5a8c1f6b42")
    assert (scan.trigger, scan.requested_by) == ("schedule", "schedule")


def test_a_scan_started_without_input_is_an_operators(machine: ScanMachine) -> None:
    machine.stepfunctions.start_execution(stateMachineArn=machine.arn, name=SCAN_ID, input="{}")
    machine.end_of(SCAN_ID)

    scan = machine.deployment.scan(SCAN_ID)
    assert (scan.trigger, scan.requested_by) == ("operator", "unknown")


def test_a_disturbance_while_planning_is_retried_by_its_name_and_leaves_no_trace(
    machine: ScanMachine, fleet: list[str]
) -> None:
    # Five attempts of the client library fail the task twice before the third gets through.
    machine.deployment.disturbance.refuse("PutObject", code="SlowDown", status=503, times=10)

    run = machine.run(SCAN_ID)

    assert run.failures == ("StoreUnavailable", "StoreUnavailable")
    assert len(machine.interpreter.waits) == 2
    assert run.status == "SUCCEEDED"
    assert outcomes(machine, SCAN_ID) == EXPECTED


def test_planning_that_keeps_failing_is_given_up_after_four_retries(machine: ScanMachine) -> None:
    machine.deployment.disturbance.refuse("PutObject", code="SlowDown", status=503)

    run = machine.run(SCAN_ID)

    assert run.failures == ("StoreUnavailable",) * 5
    assert (run.status, run.error) == ("FAILED", "StoreUnavailable")
    assert "SlowDown" in run.cause
    scan = machine.deployment.scan(SCAN_ID)
    assert scan.status is ScanStatus.FAILED
    assert scan.failure.startswith("StoreUnavailable: S3 bucket")
    assert "stackTrace" not in scan.failure


def test_a_refusal_is_not_retried(machine: ScanMachine) -> None:
    machine.deployment.disturbance.refuse("PutObject", code="AccessDenied", status=403)

    run = machine.run(SCAN_ID)

    assert run.failures == ("InvalidSettings",)
    assert machine.interpreter.waits == []
    assert machine.deployment.scan(SCAN_ID).failure.startswith("InvalidSettings: ")


@pytest.mark.parametrize("function", ["plan_scan", "scan_orgs", "summarise_scan"])
def test_lambda_without_free_concurrency_is_waited_for(
    machine: ScanMachine, fleet: list[str], function: str
) -> None:
    machine.functions.throttle(function, times=6)

    run = machine.run(SCAN_ID)

    assert set(run.failures) == {"Lambda.TooManyRequestsException"}
    assert run.status == "SUCCEEDED"
    assert outcomes(machine, SCAN_ID) == EXPECTED


def test_the_orgs_of_a_broken_batch_get_no_result_and_all_others_theirs(
    machine: ScanMachine, fleet: list[str]
) -> None:
    second_batch = fleet[5:10]
    machine.deployment.disturbance.refuse(
        "BatchGetItem", code="AccessDeniedException", mentioning=second_batch[0]
    )

    run = machine.run(SCAN_ID)

    assert Counter(run.batches) == {("ScanOrgs",): 3, ("ScanOrgs!", "BatchFailed"): 1}
    assert (run.status, run.output["status"]) == ("SUCCEEDED", "completed")
    assert outcomes(machine, SCAN_ID) == EXPECTED | dict.fromkeys(
        second_batch, ScanOutcome.NO_RESULT
    )
    assert machine.deployment.org(second_batch[0]).status is OrgStatus.REGISTERED


def test_the_next_scan_mends_what_a_broken_batch_left(
    machine: ScanMachine, fleet: list[str]
) -> None:
    machine.deployment.disturbance.refuse(
        "BatchGetItem", code="AccessDeniedException", mentioning=fleet[0]
    )
    machine.run(SCAN_ID)
    machine.deployment.disturbance.stop()

    machine.run(NEXT_SCAN_ID)

    assert outcomes(machine, NEXT_SCAN_ID) == EXPECTED
    assert outcomes(machine, SCAN_ID)[fleet[0]] is ScanOutcome.NO_RESULT


def test_a_batch_that_is_disturbed_for_a_moment_is_retried(
    machine: ScanMachine, fleet: list[str]
) -> None:
    machine.deployment.disturbance.refuse("BatchGetItem", mentioning=fleet[0], times=5)

    run = machine.run(SCAN_ID)

    assert run.failures == ("StoreUnavailable",)
    assert outcomes(machine, SCAN_ID) == EXPECTED


def test_a_map_that_cannot_read_its_manifest_is_retried_and_its_scan_closed(
    machine: ScanMachine, fleet: list[str]
) -> None:
    machine.functions.after("plan_scan", lambda: machine.deployment.spoil_manifest(SCAN_ID))

    run = machine.run(SCAN_ID)

    assert len(machine.interpreter.waits) == 3
    # moto lets no Fail state hand on an error of the States namespace, so only the scan tells it.
    assert run.status == "FAILED"
    scan = machine.deployment.scan(SCAN_ID)
    assert scan.status is ScanStatus.FAILED
    assert scan.failure.startswith("States.ItemReaderFailed")


def test_a_summary_that_fails_leaves_the_scan_to_record_outcome(
    machine: ScanMachine, fleet: list[str]
) -> None:
    disturbance = machine.deployment.disturbance
    machine.functions.before("summarise_scan", lambda: disturbance.refuse("PutItem"))
    run = machine.run(SCAN_ID)
    assert (run.status, run.error) == ("FAILED", "StoreUnavailable")
    assert machine.deployment.scan(SCAN_ID).status is ScanStatus.RUNNING
    disturbance.stop()

    machine.deployment.invoke("record_outcome", machine.status_change(SCAN_ID))

    scan = machine.deployment.scan(SCAN_ID)
    assert scan.status is ScanStatus.FAILED
    assert scan.failure.startswith("StoreUnavailable: DynamoDB table")
    assert outcomes(machine, SCAN_ID) == EXPECTED
    assert scan.counts == Counter(EXPECTED.values())


def test_a_scan_of_which_nothing_could_be_recorded_is_on_record_in_the_end(
    machine: ScanMachine, fleet: list[str]
) -> None:
    machine.deployment.disturbance.refuse("PutItem")
    run = machine.run(SCAN_ID)
    machine.deployment.disturbance.stop()

    machine.deployment.invoke("record_outcome", machine.status_change(SCAN_ID))

    # The first error is told, not that of the attempt to record it.
    assert (run.status, run.error) == ("FAILED", "StoreUnavailable")
    scan = machine.deployment.scan(SCAN_ID)
    assert (scan.status, scan.org_count) == (ScanStatus.FAILED, 0)


def test_record_outcome_does_not_touch_a_scan_that_the_machine_closed_itself(
    machine: ScanMachine, fleet: list[str]
) -> None:
    machine.deployment.disturbance.refuse("PutObject", code="AccessDenied", status=403)
    machine.run(SCAN_ID)
    closed = machine.deployment.scan(SCAN_ID)

    machine.deployment.invoke("record_outcome", machine.status_change(SCAN_ID))

    assert machine.deployment.scan(SCAN_ID) == closed
    assert machine.deployment.metrics() == [{"ScanFailed": 1}]


def test_a_second_scan_finds_the_same_and_the_history_stays(
    machine: ScanMachine, fleet: list[str]
) -> None:
    machine.run(SCAN_ID)
    first = machine.deployment.scan(SCAN_ID)
    statuses = {org_id: machine.deployment.org(org_id).status for org_id in fleet}

    machine.run(NEXT_SCAN_ID)

    assert outcomes(machine, NEXT_SCAN_ID) == outcomes(machine, SCAN_ID) == EXPECTED
    assert {org_id: machine.deployment.org(org_id).status for org_id in fleet} == statuses
    assert machine.deployment.scan(SCAN_ID) == first
    assert machine.deployment.scan(NEXT_SCAN_ID).status_changes == 0
    assert len(machine.deployment.scans.list_recent(limit=10)) == 2


def test_two_scans_at_once_both_complete_and_agree(machine: ScanMachine, fleet: list[str]) -> None:
    machine.start(SCAN_ID)
    machine.start(NEXT_SCAN_ID)

    runs = [machine.end_of(SCAN_ID), machine.end_of(NEXT_SCAN_ID)]

    assert [(run.status, len(run.batches)) for run in runs] == [("SUCCEEDED", 4)] * 2
    assert outcomes(machine, SCAN_ID) == outcomes(machine, NEXT_SCAN_ID) == EXPECTED
    audit = {org_id: machine.deployment.orgs.audit_trail(org_id, limit=9) for org_id in fleet}
    assert max(len(entries) for entries in audit.values()) == 1


def test_the_same_scan_started_twice_runs_once(machine: ScanMachine, fleet: list[str]) -> None:
    workflow = StepFunctionsScanWorkflow(machine.stepfunctions, machine.arn)

    workflow.start(SCAN_ID, requested_by="arn:aws:iam::123456789012:user/ada")
    workflow.start(SCAN_ID, requested_by="arn:aws:iam::123456789012:user/ada")
    machine.end_of(SCAN_ID)
    workflow.start(SCAN_ID, requested_by="arn:aws:iam::123456789012:user/bob")

    executions = machine.stepfunctions.list_executions(stateMachineArn=machine.arn)["executions"]
    assert [execution["name"] for execution in executions] == [SCAN_ID]
    assert len(machine.deployment.log("scan_planned")) == 1
    assert machine.deployment.scan(SCAN_ID).requested_by == "arn:aws:iam::123456789012:user/ada"


def test_orgs_registered_while_a_scan_runs_wait_for_the_next(
    machine: ScanMachine, fleet: list[str]
) -> None:
    late = SimulatedOrg(host="late.my.salesforce.com")
    machine.functions.after("plan_scan", lambda: machine.deployment.register(late))

    machine.run(SCAN_ID)
    machine.run(NEXT_SCAN_ID)

    assert late.org_id not in outcomes(machine, SCAN_ID)
    assert outcomes(machine, NEXT_SCAN_ID)[late.org_id] is ScanOutcome.BEHIND


def test_no_secret_and_no_name_of_a_person_in_an_org_is_in_the_history(
    machine: ScanMachine, fleet: list[str]
) -> None:
    run = machine.run(SCAN_ID)

    everything = run.history + machine.deployment.everything_left_behind()
    assert machine.deployment.app.secrets_in(everything, machine.deployment.running) == []
    assert "migrator@aster.example" not in run.history
    assert "aster.my.salesforce.com" not in run.history
