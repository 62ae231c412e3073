from __future__ import annotations

from dataclasses import replace

import pytest

from tests.adapters.embedded_aws import client
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.domain.errors import ScanNotFound, StoreUnavailable
from zoom_migrator.domain.org import StartPolicy
from zoom_migrator.domain.status import OrgStatus

NAME = "start_migrations/after_a_scan"
EVENT = load_event(NAME)
SCAN_ID = EVENT["scan_id"]
BIRCH = "00D5b00000UbQZhEAN"
NOTHING = {
    "scan_id": SCAN_ID,
    "started": 0,
    "already_running": 0,
    "superseded": 0,
    "failed": 0,
    "is_complete": True,
}


def left_to_scans(deployment: Deployment, *org_ids: str) -> None:
    """Let scans start the migrations of these orgs."""
    for org_id in org_ids:
        org = deployment.org(org_id)
        registration = replace(org.registration, start_policy=StartPolicy.SCAN)
        deployment.orgs.save(replace(org, registration=registration))


def executions(deployment: Deployment) -> list[str]:
    """Names of the executions that were started."""
    found = client("stepfunctions").list_executions(
        stateMachineArn=deployment.created.migrations_arn
    )
    return sorted(execution["name"] for execution in found["executions"])


def test_orgs_that_have_their_version_and_are_left_to_scans_get_one_to_be_authorized(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    seen = load_event("scan_orgs/batch")["org_ids"]
    pending = [
        org_id
        for org_id in seen
        if deployment.org(org_id).status is OrgStatus.AUTHORIZATION_PENDING
    ]
    left_to_scans(deployment, *pending)

    answer = deployment.invoke("start_migrations", EVENT)

    assert pending
    assert answer == NOTHING | {"started": len(pending)}
    assert executions(deployment) == sorted(f"{org_id}-1" for org_id in pending)


def test_orgs_that_are_behind_and_left_to_scans_get_a_migration_each(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    left_to_scans(deployment, ASTER, BIRCH)
    deployment.forget_lines()

    answer = deployment.invoke("start_migrations", EVENT)

    assert answer == NOTHING | {"started": 2}
    assert executions(deployment) == sorted([f"{ASTER}-1", f"{BIRCH}-1"])
    migration = deployment.migration(ASTER)
    assert (migration.trigger, migration.requested_by) == ("scan", f"scan:{SCAN_ID}")
    (counted,) = [line for line in deployment.lines() if "_aws" in line]
    assert counted["MigrationStarted"] == [1, 1]


def test_orgs_of_which_operators_dispose_are_left_alone(deployment: Deployment) -> None:
    set_stage(deployment, NAME)

    answer = deployment.invoke("start_migrations", EVENT)

    assert answer == NOTHING
    assert executions(deployment) == []
    assert deployment.org(ASTER).status is OrgStatus.UPGRADE_REQUIRED


def test_a_repeated_invocation_starts_nothing_twice(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    left_to_scans(deployment, ASTER)
    deployment.invoke("start_migrations", EVENT)

    again = deployment.invoke("start_migrations", EVENT, request_id="req-2")

    assert again["started"] == 0
    assert executions(deployment) == [f"{ASTER}-1"]


def test_where_time_is_short_the_rest_is_left_to_another_call(deployment: Deployment) -> None:
    set_stage(deployment, NAME)
    left_to_scans(deployment, ASTER)

    short = deployment.invoke("start_migrations", EVENT, seconds_left=20)
    long = deployment.invoke("start_migrations", EVENT)

    assert (short["started"], short["is_complete"]) == (0, False)
    assert (long["started"], long["is_complete"]) == (1, True)


def test_an_org_whose_run_cannot_be_started_costs_no_other_its_own(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    left_to_scans(deployment, ASTER, BIRCH)
    deployment.disturbance.refuse("StartExecution", mentioning=ASTER)

    answer = deployment.invoke("start_migrations", EVENT)

    assert answer == NOTHING | {"started": 1, "failed": 1}
    (line,) = deployment.log("migration_not_started")
    assert (line["level"], line["org_id"], line["scan_id"]) == ("WARNING", ASTER, SCAN_ID)


def test_a_scan_that_nobody_knows_is_refused(deployment: Deployment) -> None:
    with pytest.raises(ScanNotFound):
        deployment.invoke("start_migrations", EVENT)


def test_results_that_cannot_be_read_leave_by_the_name_that_the_machine_retries(
    deployment: Deployment,
) -> None:
    set_stage(deployment, NAME)
    deployment.disturbance.refuse("Query")

    with pytest.raises(StoreUnavailable):
        deployment.invoke("start_migrations", EVENT)
