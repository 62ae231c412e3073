from __future__ import annotations

from typing import Any

import pytest

from local.salesforce import (
    Fault,
    FaultKind,
    Phase,
    SimulatedKeyRow,
    SimulatedOrg,
    SimulatedPackage,
)
from tests.adapters.embedded_aws import client
from tests.builders import a_registration, an_org
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from zoom_migrator.adapters.dynamodb.keys import ORG, key, org_partition
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import BatchProgress, ScanOutcome
from zoom_migrator.domain.status import OrgStatus

BATCH = "scan_orgs/batch"
SCAN_ID = load_event(BATCH)["scan_id"]

BEHIND = SimulatedOrg(host="behind.my.salesforce.com")
READY = SimulatedOrg(
    host="ready.my.salesforce.com", packages=[SimulatedPackage(version="3.28.0.2")]
)
WITHOUT = SimulatedOrg(host="without.my.salesforce.com", packages=[], key_rows=[])


def a_batch(*orgs: Org) -> dict[str, Any]:
    return {**load_event(BATCH), "org_ids": sorted(org.org_id for org in orgs)}


def test_each_org_of_the_batch_gets_a_result_and_a_status(deployment: Deployment) -> None:
    deployment.register_example_fleet()
    event = load_event(BATCH)

    answer = deployment.invoke("scan_orgs", event)

    assert answer == {"scan_id": SCAN_ID, "batch_number": 1, "checked": 5}
    results = deployment.results(SCAN_ID)
    assert {result.org_id: result.outcome for result in results.values()} == {
        "00D5a000003C4LCEA0": ScanOutcome.SUFFICIENT,
        "00D5a00000UhPCjEAN": ScanOutcome.SUFFICIENT,
        "00D5b00000UbQZhEAN": ScanOutcome.BEHIND,
        "00D8a00000Yg9GrEAJ": ScanOutcome.UNREACHABLE,
        "00Dda00000w6ktuEAA": ScanOutcome.BEHIND,
    }
    assert results["00D5b00000UbQZhEAN"].version == "3.9.0.1"
    assert deployment.org("00D5b00000UbQZhEAN").status is OrgStatus.UPGRADE_REQUIRED
    assert deployment.org("00D5a000003C4LCEA0").status is OrgStatus.AUTHORIZATION_PENDING
    assert deployment.org("00D8a00000Yg9GrEAJ").status is OrgStatus.REGISTERED


def test_the_progress_of_the_batch_is_on_record(deployment: Deployment) -> None:
    orgs = deployment.register(BEHIND, READY)

    deployment.invoke("scan_orgs", a_batch(*orgs))

    assert deployment.scans.progress(SCAN_ID) == [
        BatchProgress(scan_id=SCAN_ID, batch_number=1, checked=2, total=2)
    ]


def test_a_change_of_status_is_in_the_audit_trail_with_the_scan_behind_it(
    deployment: Deployment,
) -> None:
    (org,) = deployment.register(BEHIND)

    deployment.invoke("scan_orgs", a_batch(org))

    (entry,) = deployment.orgs.audit_trail(org.org_id, limit=5)
    assert entry.actor == f"scan:{SCAN_ID}"
    assert entry.detail == "registered -> upgrade_required"


def test_a_repeated_batch_finds_the_same_and_leaves_no_second_trace(
    deployment: Deployment,
) -> None:
    orgs = deployment.register(BEHIND, READY, WITHOUT)
    first = deployment.invoke("scan_orgs", a_batch(*orgs))
    outcomes = {org: result.outcome for org, result in deployment.results(SCAN_ID).items()}
    count = len(deployment.items())

    again = deployment.invoke("scan_orgs", a_batch(*orgs), request_id="req-2")

    assert again == first
    assert {org: r.outcome for org, r in deployment.results(SCAN_ID).items()} == outcomes
    assert len(deployment.items()) == count
    assert [len(deployment.orgs.audit_trail(org.org_id, limit=9)) for org in orgs] == [1, 1, 1]


def test_a_batch_that_broke_off_while_recording_is_finished_by_the_retry(
    deployment: Deployment,
) -> None:
    orgs = deployment.register(BEHIND, READY)
    deployment.disturbance.refuse("BatchWriteItem", code="ProvisionedThroughputExceededException")
    with pytest.raises(StoreUnavailable):
        deployment.invoke("scan_orgs", a_batch(*orgs))
    deployment.disturbance.stop()

    deployment.invoke("scan_orgs", a_batch(*orgs))

    assert len(deployment.results(SCAN_ID)) == 2


def test_an_org_that_makes_the_check_crash_costs_no_other_org_its_result(
    deployment: Deployment,
) -> None:
    # Only by hand can an id with a wrong checksum get into the table; the login chokes on it.
    bad_id = "00D5a000003C4LCZZZ"
    document = SimulatedOrg(host="crash.my.salesforce.com")
    deployment.simulator.add(document)
    bad = deployment.orgs.save(
        an_org(
            registration=a_registration(
                org_id=bad_id, host=document.host, username=document.users[0].username
            )
        )
    )
    good = deployment.register(BEHIND, READY)

    deployment.invoke("scan_orgs", a_batch(bad, *good))

    results = deployment.results(SCAN_ID)
    assert results[bad_id].failure_code is FailureCode.INTERNAL_ERROR
    assert [results[org.org_id].failure_code for org in good] == [None, None]
    line = deployment.log("check_crashed")[0]
    assert (line["org_id"], line["scan_id"], line["batch_number"]) == (bad_id, SCAN_ID, 1)


def test_an_org_whose_record_cannot_be_changed_costs_no_other_org_its_result(
    deployment: Deployment,
) -> None:
    bad, *good = deployment.register(BEHIND, READY, WITHOUT)
    # A time without a zone cannot be compared with any other.
    change_item(bad.org_id, "checked_at", "2026-11-24T05:00:00")

    deployment.invoke("scan_orgs", a_batch(bad, *good))

    results = deployment.results(SCAN_ID)
    assert results[bad.org_id].outcome is ScanOutcome.NO_RESULT
    assert {results[org.org_id].outcome for org in good} == {
        ScanOutcome.SUFFICIENT,
        ScanOutcome.NOT_INSTALLED,
    }
    assert deployment.log("record_crashed")[0]["org_id"] == bad.org_id


def test_an_org_whose_item_is_damaged_costs_no_other_org_its_result(
    deployment: Deployment,
) -> None:
    bad, *good = deployment.register(BEHIND, READY)
    change_item(bad.org_id, "status", "no status that there is")

    answer = deployment.invoke("scan_orgs", a_batch(bad, *good))

    results = deployment.results(SCAN_ID)
    assert answer["checked"] == 2
    assert results[bad.org_id].outcome is ScanOutcome.NO_RESULT
    assert results[good[0].org_id].outcome is ScanOutcome.SUFFICIENT
    assert bad.org_id in deployment.log("item_unreadable")[0]["reason"]


def test_an_org_removed_since_the_plan_has_no_result_and_is_not_asked(
    deployment: Deployment,
) -> None:
    (org,) = deployment.register(BEHIND)
    event = a_batch(org)
    client("dynamodb").delete_item(TableName=TABLE, Key=key(org_partition(org.org_id), ORG))

    deployment.invoke("scan_orgs", event)

    result = deployment.results(SCAN_ID)[org.org_id]
    assert (result.outcome, result.detail) == (ScanOutcome.NO_RESULT, "no longer registered")
    assert deployment.simulator.requests == []


def test_a_failing_check_does_not_erase_what_was_known(deployment: Deployment) -> None:
    (org,) = deployment.register(READY)
    deployment.invoke("scan_orgs", a_batch(org))
    known = deployment.org(org.org_id).snapshot
    deployment.running[0].faults.add(Fault(kind=FaultKind.MAINTENANCE))

    deployment.invoke("scan_orgs", {**a_batch(org), "scan_id": "scan-2"})

    after = deployment.org(org.org_id)
    assert after.snapshot == known
    assert after.status is OrgStatus.AUTHORIZATION_PENDING
    assert after.failure is not None
    assert after.failure.code is FailureCode.SERVICE_UNAVAILABLE


def test_orgs_with_passing_trouble_are_asked_a_second_time(deployment: Deployment) -> None:
    (org,) = deployment.register(READY)
    deployment.running[0].faults.add(
        Fault(kind=FaultKind.RESET_BEFORE, phase=Phase.TOOLING, times=1)
    )

    deployment.invoke("scan_orgs", a_batch(org))

    assert deployment.results(SCAN_ID)[org.org_id].outcome is ScanOutcome.SUFFICIENT
    assert len(deployment.simulator.requests_to(READY.host, Phase.TOKEN)) == 2


def test_a_check_costs_three_requests(deployment: Deployment) -> None:
    (org,) = deployment.register(READY)

    deployment.invoke("scan_orgs", a_batch(org))

    assert [request.phase for request in deployment.simulator.requests] == [
        Phase.TOKEN,
        Phase.TOOLING,
        Phase.COMPOSITE,
    ]
    assert deployment.results(SCAN_ID)[org.org_id].http_calls == 3


def test_stored_keys_are_noticed_and_never_read(deployment: Deployment) -> None:
    with_keys, blank = deployment.register(
        BEHIND,
        SimulatedOrg(
            host="blank.my.salesforce.com",
            key_rows=[SimulatedKeyRow(api_key=False, api_secret=False)],
        ),
    )

    deployment.invoke("scan_orgs", a_batch(with_keys, blank))

    found = [deployment.org(org.org_id).snapshot for org in (with_keys, blank)]
    assert [snapshot.keys.presence for snapshot in found if snapshot] == [
        KeyPresence.PRESENT,
        KeyPresence.ABSENT,
    ]


def test_no_check_is_begun_that_could_not_be_recorded_any_more(deployment: Deployment) -> None:
    (org,) = deployment.register(READY)

    deployment.invoke("scan_orgs", a_batch(org), seconds_left=20)

    assert deployment.results(SCAN_ID)[org.org_id].failure_code is FailureCode.SCAN_OUT_OF_TIME
    assert deployment.simulator.requests == []


@pytest.mark.parametrize(
    "secret",
    [
        # What CloudFormation makes of the template before an operator has filled it.
        '{"consumer_key": "", "private_key": "", "consumer_secret": "", "placeholder": "x7Kq"}',
        "not JSON",
    ],
    ids=["as the template creates it", "malformed"],
)
def test_without_credentials_every_org_says_so_and_none_is_asked(
    deployment: Deployment, secret: str
) -> None:
    orgs = deployment.register(BEHIND, READY)
    client("secretsmanager").put_secret_value(SecretId=deployment.secret_arn, SecretString=secret)

    deployment.invoke("scan_orgs", a_batch(*orgs))

    results = deployment.results(SCAN_ID).values()
    assert {result.failure_code for result in results} == {FailureCode.CREDENTIALS_MISSING}
    assert deployment.simulator.requests == []


def test_a_batch_whose_credentials_cannot_be_read_at_present_is_left_to_the_retry(
    deployment: Deployment,
) -> None:
    orgs = deployment.register(BEHIND, READY)
    deployment.disturbance.refuse("GetSecretValue", code="InternalServiceError", status=500)
    with pytest.raises(StoreUnavailable):
        deployment.invoke("scan_orgs", a_batch(*orgs))
    deployment.disturbance.stop()

    deployment.invoke("scan_orgs", a_batch(*orgs))

    results = deployment.results(SCAN_ID).values()
    assert {result.outcome for result in results} == {ScanOutcome.BEHIND, ScanOutcome.SUFFICIENT}


def test_a_function_that_may_not_read_the_table_says_so(deployment: Deployment) -> None:
    orgs = deployment.register(READY)
    deployment.disturbance.refuse("BatchGetItem", code="AccessDeniedException")

    with pytest.raises(InvalidSettings, match="refuses access"):
        deployment.invoke("scan_orgs", a_batch(*orgs))


def change_item(org_id: str, attribute: str, value: str) -> None:
    """Change an org's item behind the product's back."""
    client("dynamodb").update_item(
        TableName=TABLE,
        Key=key(org_partition(org_id), ORG),
        UpdateExpression="SET #attribute = :value",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues={":value": {"S": value}},
    )
