from __future__ import annotations

import pytest

from local.salesforce import SimulatedOrg
from tests.adapters.embedded_aws import client
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.scan import ScanOutcome, ScanStatus

FAILED = load_event("record_outcome/failed")
SCAN_ID = FAILED["detail"]["name"]


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        (
            "record_outcome/failed",
            "StoreUnavailable: DynamoDB table zoom-migrator-Table-9Z8Y7X is not available "
            "(ThrottlingException: Rate exceeded).",
        ),
        ("record_outcome/failed_in_the_older_form", "FAILED"),
        ("record_outcome/timed_out", "TIMED_OUT"),
        ("record_outcome/aborted", "ABORTED"),
        (
            "record_outcome/aborted_with_reason",
            "Maintenance: Stopped by ada@acme.example: the connected app is being replaced.",
        ),
    ],
)
def test_a_scan_that_ended_badly_is_closed_with_the_reason(
    deployment: Deployment, name: str, failure: str
) -> None:
    (org,) = deployment.register(SimulatedOrg(host="acme.my.salesforce.com"))
    event = load_event(name)
    scan_id = event["detail"]["name"]
    plan = load_event("plan_scan/without_optional_fields")
    deployment.invoke("plan_scan", plan | {"scan_id": scan_id})

    answer = deployment.invoke("record_outcome", event)

    assert answer == {"scan_id": scan_id, "status": "failed"}
    scan = deployment.scan(scan_id)
    assert (scan.status, scan.failure) == (ScanStatus.FAILED, failure)
    assert scan.counts == {ScanOutcome.NO_RESULT: 1}
    assert deployment.results(scan_id)[org.org_id].outcome is ScanOutcome.NO_RESULT


def test_the_bad_end_is_counted_once_however_often_the_event_comes(
    deployment: Deployment,
) -> None:
    deployment.invoke("plan_scan", load_event("plan_scan/started_by_operator"))

    for delivery in range(3):
        deployment.invoke("record_outcome", FAILED, request_id=f"req-{delivery}")

    assert deployment.metrics() == [{"ScanFailed": 1}]


def test_a_scan_that_the_machine_closed_itself_stays_as_it_is(deployment: Deployment) -> None:
    deployment.invoke("plan_scan", load_event("plan_scan/started_by_operator"))
    deployment.invoke("summarise_scan", load_event("summarise_scan/map_failed"))
    closed = deployment.scan(SCAN_ID)

    deployment.invoke("record_outcome", FAILED)

    assert deployment.scan(SCAN_ID) == closed


def test_a_scan_that_was_never_planned_is_on_record(deployment: Deployment) -> None:
    deployment.invoke("record_outcome", load_event("record_outcome/aborted"))

    scan = deployment.scan(SCAN_ID)
    assert (scan.status, scan.failure, scan.org_count) == (ScanStatus.FAILED, "ABORTED", 0)
    assert [each.scan_id for each in deployment.scans.list_recent(limit=5)] == [SCAN_ID]


def test_a_scan_is_closed_even_if_its_manifest_is_gone(deployment: Deployment) -> None:
    deployment.register(SimulatedOrg(host="acme.my.salesforce.com"))
    deployment.invoke("plan_scan", load_event("plan_scan/started_by_operator"))
    client("s3").delete_object(**deployment.manifest_address(SCAN_ID))

    deployment.invoke("record_outcome", FAILED)

    assert deployment.scan(SCAN_ID).status is ScanStatus.FAILED


def test_what_cannot_be_stored_is_delivered_again(deployment: Deployment) -> None:
    deployment.invoke("plan_scan", load_event("plan_scan/started_by_operator"))
    deployment.disturbance.refuse("PutItem", code="InternalServerError", status=500)
    # Lambda repeats an event whose handler raised, and puts it into the dead-letter queue then.
    with pytest.raises(StoreUnavailable):
        deployment.invoke("record_outcome", FAILED)
    deployment.disturbance.stop()

    deployment.invoke("record_outcome", FAILED)

    assert deployment.scan(SCAN_ID).status is ScanStatus.FAILED


def test_the_log_names_the_scan(deployment: Deployment) -> None:
    deployment.invoke("record_outcome", FAILED)

    (line,) = deployment.log("scan_outcome_recorded")
    assert (line["scan_id"], line["status"]) == (SCAN_ID, "failed")
