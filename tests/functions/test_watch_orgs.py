from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from local.salesforce import SimulatedOrg, SimulatedPackage, SimulatedUser
from tests.builders import a_registration
from tests.functions.aging import grow_older
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.webhook_worlds import connect
from tests.functions.zoom_app import ZOOM_ADMIN
from zoom_migrator.domain.errors import ScanNotFound, StoreUnavailable
from zoom_migrator.domain.status import OrgStatus

EVENT = load_event("watch_orgs/after_a_scan")
SCAN_ID = EVENT["scan_id"]
A_WEEK = timedelta(days=7, minutes=1).total_seconds()


@pytest.fixture
def org_id(deployment: Deployment) -> str:
    """An org that is connected, has its version, and was just scanned."""
    return connected_with(deployment, "3.28.0.2")


def connected_with(deployment: Deployment, version: str) -> str:
    """A connected org in which a scan saw this version; returns its id."""
    registration = a_registration()
    document = SimulatedOrg(
        org_id=registration.org_id,
        host=registration.host,
        users=[SimulatedUser(username=registration.username)],
        packages=[SimulatedPackage(version=version)],
    )
    deployment.running.append(deployment.simulator.add(document))
    connect(deployment)
    scan(deployment)
    return registration.org_id


def scan(deployment: Deployment) -> None:
    """Let a scan see the fleet as it is."""
    plan = load_event("plan_scan/started_by_operator") | {"scan_id": SCAN_ID}
    planned = deployment.invoke("plan_scan", plan)
    org_ids = list(deployment.orgs.list_ids())
    batch = {"scan_id": planned["scan_id"], "batch_number": 1, "org_ids": org_ids}
    deployment.invoke("scan_orgs", batch)
    deployment.forget_lines()


def watched(**found: int) -> dict[str, object]:
    return {"scan_id": SCAN_ID, "found": found, "failed": 0, "is_complete": True}


def test_an_org_that_was_proven_a_moment_ago_is_left_alone(
    deployment: Deployment, org_id: str
) -> None:
    assert deployment.invoke("watch_orgs", EVENT) == watched(well=1)
    assert deployment.zoom.requests == []


def test_a_proof_that_is_a_week_old_is_made_anew(deployment: Deployment, org_id: str) -> None:
    grow_older(TABLE, A_WEEK)

    assert deployment.invoke("watch_orgs", EVENT) == watched(proven=1)
    proof = deployment.org(org_id).verification
    assert proof is not None
    assert proof.at > datetime.now(UTC) - timedelta(minutes=1)
    assert deployment.metrics() == [{"GrantProven": 1}]
    # What was proven a moment ago is not due.
    assert deployment.invoke("watch_orgs", EVENT) == watched(well=1)


def test_a_grant_that_is_gone_is_found_though_nobody_told_of_it(
    deployment: Deployment, org_id: str
) -> None:
    grow_older(TABLE, A_WEEK)
    deployment.zoom.remove_app(ZOOM_ADMIN, deployment.zoom_app, notify=False)

    assert deployment.invoke("watch_orgs", EVENT) == watched(lost=1)

    org = deployment.org(org_id)
    assert (org.status, org.active_attempt) == (OrgStatus.DISCONNECTED, 1)
    counted = {name: number for group in deployment.metrics() for name, number in group.items()}
    assert counted["GrantLost"] == counted["OrgsDisconnected"] == 1


def test_a_package_that_went_down_is_told_of(deployment: Deployment) -> None:
    org_id = connected_with(deployment, "3.26.0.1")

    assert deployment.invoke("watch_orgs", EVENT) == watched(moved=1)

    assert deployment.org(org_id).status is OrgStatus.UPGRADE_REQUIRED
    assert deployment.metrics() == [{"HealthChanged": 1}]


def test_an_org_that_cannot_be_looked_at_costs_no_other_anything(
    deployment: Deployment, org_id: str
) -> None:
    grow_older(TABLE, A_WEEK)
    deployment.disturbance.refuse("GetItem", mentioning=f"ORG#{org_id}")

    answer = deployment.invoke("watch_orgs", EVENT)

    assert answer == watched() | {"failed": 1}
    (line,) = deployment.log("health_not_checked")
    assert (line["level"], line["org_id"], line["scan_id"]) == ("WARNING", org_id, SCAN_ID)
    assert deployment.metrics() == [{"HealthNotChecked": 1}]


def test_where_time_is_short_the_rest_is_left_to_another_call(
    deployment: Deployment, org_id: str
) -> None:
    short = deployment.invoke("watch_orgs", EVENT, seconds_left=50)
    long = deployment.invoke("watch_orgs", EVENT)

    assert (short["found"], short["is_complete"]) == ({}, False)
    assert (long["found"], long["is_complete"]) == ({"well": 1}, True)


def test_a_call_goes_on_behind_the_orgs_of_those_before_it(
    deployment: Deployment, org_id: str
) -> None:
    answer = deployment.invoke("watch_orgs", load_event("watch_orgs/after_another_call"))

    # It is not asked about again, and not counted again.
    assert answer == watched(unproven=1)
    assert deployment.zoom.requests == []
    assert deployment.metrics() == []


def test_orgs_on_their_way_are_not_watched(deployment: Deployment, org_id: str) -> None:
    org = deployment.org(org_id)
    deployment.orgs.save(replace(org, status=OrgStatus.AUTHORIZATION_PENDING))

    assert deployment.invoke("watch_orgs", EVENT) == watched(not_watched=1)


def test_a_scan_that_nobody_knows_is_refused(deployment: Deployment) -> None:
    with pytest.raises(ScanNotFound):
        deployment.invoke("watch_orgs", EVENT)


def test_results_that_cannot_be_read_leave_by_the_name_that_the_machine_retries(
    deployment: Deployment, org_id: str
) -> None:
    deployment.disturbance.refuse("Query")

    with pytest.raises(StoreUnavailable):
        deployment.invoke("watch_orgs", EVENT)
