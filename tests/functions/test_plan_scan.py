from __future__ import annotations

import pytest

from local.salesforce import SimulatedOrg
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable
from zoom_migrator.domain.scan import ScanStatus

BY_OPERATOR = "plan_scan/started_by_operator"
BY_SCHEDULE = "plan_scan/started_by_schedule"
SCAN_ID = load_event(BY_OPERATOR)["scan_id"]


def test_a_plan_covers_the_whole_fleet_in_batches(deployment: Deployment) -> None:
    fleet = deployment.register_example_fleet()
    deployment.environment["plan_scan"]["SCAN_BATCH_SIZE"] = "5"

    answer = deployment.invoke("plan_scan", load_event(BY_OPERATOR))

    address = deployment.manifest_address(SCAN_ID)
    assert answer == {
        "scan_id": SCAN_ID,
        "manifest": {"bucket": address["Bucket"], "key": address["Key"]},
        "org_count": 17,
        "batch_count": 4,
    }
    # The functions may write below this prefix only.
    assert address["Key"].startswith(f"scans/{SCAN_ID}/")
    manifest = deployment.manifest(SCAN_ID)
    assert [batch["batch_number"] for batch in manifest] == [1, 2, 3, 4]
    assert [len(batch["org_ids"]) for batch in manifest] == [5, 5, 5, 2]
    assert [org_id for batch in manifest for org_id in batch["org_ids"]] == fleet
    assert {batch["scan_id"] for batch in manifest} == {SCAN_ID}


@pytest.mark.parametrize("name", [BY_OPERATOR, BY_SCHEDULE])
def test_the_record_says_who_started_the_scan_and_when(deployment: Deployment, name: str) -> None:
    event = load_event(name)

    deployment.invoke("plan_scan", event)

    scan = deployment.scan(event["scan_id"])
    assert (scan.trigger, scan.requested_by) == (event["trigger"], event["requested_by"])
    assert scan.started_at.isoformat(timespec="milliseconds") == event["started_at"].replace(
        "Z", "+00:00"
    )
    assert scan.status is ScanStatus.RUNNING


def test_an_event_without_optional_fields_is_planned_all_the_same(deployment: Deployment) -> None:
    deployment.invoke("plan_scan", load_event("plan_scan/without_optional_fields"))

    scan = deployment.scan(SCAN_ID)
    assert (scan.trigger, scan.requested_by) == ("operator", "unknown")


def test_an_empty_fleet_has_no_batches(deployment: Deployment) -> None:
    answer = deployment.invoke("plan_scan", load_event(BY_OPERATOR))

    assert (answer["org_count"], answer["batch_count"]) == (0, 0)
    assert deployment.manifest(SCAN_ID) == []


def test_a_repeated_invocation_keeps_to_the_first_plan(deployment: Deployment) -> None:
    deployment.register(SimulatedOrg(host="acme.my.salesforce.com"))
    first = deployment.invoke("plan_scan", load_event(BY_OPERATOR))
    stored = deployment.items(), deployment.objects()
    deployment.register(SimulatedOrg(host="latecomer.my.salesforce.com"))

    again = deployment.invoke("plan_scan", load_event(BY_OPERATOR), request_id="req-2")

    assert again == first
    assert deployment.objects() == stored[1]
    assert [item for item in deployment.items() if item in stored[0]] == stored[0]


def test_a_plan_that_broke_off_after_the_manifest_is_made_by_the_retry(
    deployment: Deployment,
) -> None:
    deployment.register(SimulatedOrg(host="acme.my.salesforce.com"))
    deployment.disturbance.refuse("PutItem")
    with pytest.raises(StoreUnavailable):
        deployment.invoke("plan_scan", load_event(BY_OPERATOR))
    deployment.disturbance.stop()

    answer = deployment.invoke("plan_scan", load_event(BY_OPERATOR))

    assert answer["org_count"] == 1
    assert deployment.scan(SCAN_ID).org_count == 1


@pytest.mark.parametrize("operation", ["GetItem", "Query", "PutItem", "PutObject"])
def test_throttling_leaves_by_the_name_that_the_machine_retries(
    deployment: Deployment, operation: str
) -> None:
    code = "SlowDown" if operation == "PutObject" else "ThrottlingException"
    deployment.disturbance.refuse(operation, code=code, status=503)

    with pytest.raises(StoreUnavailable, match=code):
        deployment.invoke("plan_scan", load_event(BY_OPERATOR))

    (line,) = deployment.log("task_failed")
    assert (line["error"], line["scan_id"]) == ("StoreUnavailable", SCAN_ID)


def test_a_short_disturbance_is_sat_out(deployment: Deployment) -> None:
    deployment.disturbance.refuse("PutItem", times=2)

    deployment.invoke("plan_scan", load_event(BY_OPERATOR))

    assert deployment.disturbance.refused == ["PutItem", "PutItem"]
    assert deployment.scan(SCAN_ID).status is ScanStatus.RUNNING


def test_a_refusal_is_not_taken_for_a_disturbance(deployment: Deployment) -> None:
    deployment.disturbance.refuse("PutObject", code="AccessDenied", status=403)

    with pytest.raises(InvalidSettings, match="refuses access"):
        deployment.invoke("plan_scan", load_event(BY_OPERATOR))
