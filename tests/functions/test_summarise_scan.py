from __future__ import annotations

from typing import Any

import pytest

from local.salesforce import SimulatedOrg, SimulatedPackage
from tests.adapters.embedded_aws import client
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from zoom_migrator.domain.errors import ScanNotFound, StoreUnavailable
from zoom_migrator.domain.scan import ScanOutcome, ScanStatus

NORMAL = load_event("summarise_scan/every_batch_done")
MAP_FAILED = load_event("summarise_scan/map_failed")
PLANNING_FAILED = load_event("summarise_scan/planning_failed")
SCAN_ID = NORMAL["scan_id"]


@pytest.fixture
def planned(deployment: Deployment) -> list[dict[str, Any]]:
    """The batches of a planned scan: two orgs, one in each."""
    deployment.register(
        SimulatedOrg(host="behind.my.salesforce.com"),
        SimulatedOrg(
            host="ready.my.salesforce.com", packages=[SimulatedPackage(version="3.28.0.2")]
        ),
    )
    deployment.environment["plan_scan"]["SCAN_BATCH_SIZE"] = "1"
    deployment.invoke("plan_scan", load_event("plan_scan/started_by_operator"))
    return list(deployment.manifest(SCAN_ID))


def test_a_scan_is_closed_with_its_counts(
    deployment: Deployment, planned: list[dict[str, Any]]
) -> None:
    for batch in planned:
        deployment.invoke("scan_orgs", batch)

    answer = deployment.invoke("summarise_scan", NORMAL)

    assert answer == {
        "scan_id": SCAN_ID,
        "status": "completed",
        "counts": {"behind": 1, "sufficient": 1},
    }
    scan = deployment.scan(SCAN_ID)
    assert (scan.status, scan.failure, scan.status_changes) == (ScanStatus.COMPLETED, "", 2)
    assert scan.ended_at is not None


def test_orgs_of_a_broken_batch_get_a_result_that_says_so(
    deployment: Deployment, planned: list[dict[str, Any]]
) -> None:
    deployment.invoke("scan_orgs", planned[0])

    answer = deployment.invoke("summarise_scan", NORMAL)

    assert answer["status"] == "completed"
    assert answer["counts"]["no_result"] == 1
    missed = deployment.results(SCAN_ID)[planned[1]["org_ids"][0]]
    assert missed.outcome is ScanOutcome.NO_RESULT
    assert "broke down" in missed.detail


def test_the_metrics_count_the_scan_and_what_it_found(
    deployment: Deployment, planned: list[dict[str, Any]]
) -> None:
    deployment.invoke("scan_orgs", planned[0])

    deployment.invoke("summarise_scan", NORMAL)

    (group,) = deployment.metrics()
    assert group.pop("OrgsNoResult") == 1
    assert group.pop("ScanCompleted") == 1
    assert list(group.values()) == [1]


def test_a_repeated_invocation_counts_nothing_twice(
    deployment: Deployment, planned: list[dict[str, Any]]
) -> None:
    first = deployment.invoke("summarise_scan", NORMAL)
    stored = deployment.items()

    again = deployment.invoke("summarise_scan", NORMAL, request_id="req-2")

    assert again == first
    assert deployment.items() == stored
    assert len(deployment.metrics()) == 1


def test_a_scan_whose_map_failed_keeps_what_it_found_and_says_why(
    deployment: Deployment, planned: list[dict[str, Any]]
) -> None:
    deployment.invoke("scan_orgs", planned[0])

    answer = deployment.invoke("summarise_scan", MAP_FAILED)

    assert answer["status"] == "failed"
    assert sum(answer["counts"].values()) == 2
    scan = deployment.scan(SCAN_ID)
    assert scan.failure.startswith("States.ItemReaderFailed: Unable to read the manifest")
    assert deployment.metrics()[0]["ScanFailed"] == 1


def test_a_failure_of_a_function_is_told_by_its_message_and_not_by_its_stack_trace(
    deployment: Deployment,
) -> None:
    deployment.invoke("summarise_scan", PLANNING_FAILED)

    assert deployment.scan(SCAN_ID).failure == (
        "StoreUnavailable: DynamoDB table zoom-migrator-Table-9Z8Y7X is not available "
        "(ThrottlingException: Rate exceeded)."
    )


def test_a_failure_after_the_scan_was_closed_changes_nothing(
    deployment: Deployment, planned: list[dict[str, Any]]
) -> None:
    deployment.invoke("summarise_scan", NORMAL)

    answer = deployment.invoke("summarise_scan", MAP_FAILED)

    assert answer["status"] == "completed"
    assert deployment.scan(SCAN_ID).failure == ""


@pytest.mark.parametrize("damage", ["gone", "refused", "not an array"])
def test_a_scan_that_failed_is_closed_even_if_its_manifest_cannot_be_read(
    deployment: Deployment, planned: list[dict[str, Any]], damage: str
) -> None:
    deployment.invoke("scan_orgs", planned[0])
    spoil_manifest(deployment, damage)

    answer = deployment.invoke("summarise_scan", MAP_FAILED)

    # Orgs without a result cannot be named without the manifest; what was found is counted.
    assert answer["status"] == "failed"
    assert sum(answer["counts"].values()) == 1
    assert deployment.scan(SCAN_ID).failure.startswith("States.ItemReaderFailed")
    (line,) = deployment.log("manifest_unreadable")
    assert (line["level"], line["scan_id"]) == ("ERROR", SCAN_ID)


def test_a_scan_that_seems_to_be_all_right_is_not_closed_without_its_manifest(
    deployment: Deployment, planned: list[dict[str, Any]]
) -> None:
    spoil_manifest(deployment, "gone")

    with pytest.raises(ScanNotFound, match="no manifest"):
        deployment.invoke("summarise_scan", NORMAL)

    assert deployment.scan(SCAN_ID).status is ScanStatus.RUNNING


def test_a_manifest_that_cannot_be_read_at_the_moment_is_waited_for(
    deployment: Deployment, planned: list[dict[str, Any]]
) -> None:
    deployment.disturbance.refuse("GetObject", code="SlowDown", status=503)

    with pytest.raises(StoreUnavailable):
        deployment.invoke("summarise_scan", MAP_FAILED)

    assert deployment.scan(SCAN_ID).status is ScanStatus.RUNNING


def spoil_manifest(deployment: Deployment, damage: str) -> None:
    if damage == "gone":
        client("s3").delete_object(**deployment.manifest_address(SCAN_ID))
    elif damage == "refused":
        # S3's answer for a missing object to somebody who may not list the bucket.
        deployment.disturbance.refuse("GetObject", code="AccessDenied", status=403)
    else:
        deployment.spoil_manifest(SCAN_ID)
