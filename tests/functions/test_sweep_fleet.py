from __future__ import annotations

import json

import pytest

from local.salesforce import SimulatedOrg
from tests.adapters.embedded_aws import client
from tests.builders import a_migration, an_org, org_id_of
from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.resources import template
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.status import OrgStatus

EVENT = load_event("sweep_fleet/by_the_schedule")
NOTHING = {"moved": 0, "named": 0, "failed": 0, "expired": 0, "is_complete": True}
NOTHING_COUNTED = {
    "OrgsMovedOn": 0,
    "OrgsWithoutNextStep": 0,
    "OrgsNotSwept": 0,
    "BackupsExpired": 0,
}


def executions(deployment: Deployment) -> list[str]:
    """Names of the executions that were started."""
    found = client("stepfunctions").list_executions(
        stateMachineArn=deployment.created.migrations_arn
    )
    return sorted(execution["name"] for execution in found["executions"])


def never_started(deployment: Deployment, number: int = 1) -> str:
    """An org whose migration was stored, and whose state machine was never started."""
    org = an_org(number, status=OrgStatus.UPGRADE_REQUIRED, attempts=1, active_attempt=1)
    deployment.migrations.save(a_migration(number), org=deployment.orgs.save(org))
    return org_id_of(number)


def blocked(deployment: Deployment, number: int = 1) -> str:
    """An org that is blocked, and nobody knows by what."""
    deployment.orgs.save(an_org(number, status=OrgStatus.BLOCKED))
    return org_id_of(number)


def test_the_schedule_of_the_template_sends_the_event() -> None:
    target = template()["Resources"]["SweepSchedule"]["Properties"]["Target"]

    assert json.loads(target["Input"]) == EVENT


def test_a_fleet_in_which_everything_moves_is_left_alone(deployment: Deployment) -> None:
    deployment.register(SimulatedOrg(host="acme.my.salesforce.com"))

    assert deployment.invoke("sweep_fleet", EVENT) == NOTHING
    assert deployment.metrics() == [NOTHING_COUNTED]


def test_a_run_that_was_never_started_is_started(deployment: Deployment) -> None:
    org_id = never_started(deployment)

    assert deployment.invoke("sweep_fleet", EVENT) == NOTHING | {"moved": 1}

    assert executions(deployment) == [f"{org_id}-1"]
    assert deployment.metrics() == [NOTHING_COUNTED | {"OrgsMovedOn": 1}]


def test_an_org_whose_migration_is_over_is_let_go(deployment: Deployment) -> None:
    org = an_org(status=OrgStatus.AUTHORIZATION_PENDING, attempts=1, active_attempt=1)
    deployment.orgs.save(org)

    assert deployment.invoke("sweep_fleet", EVENT)["moved"] == 1

    assert deployment.org(org.org_id).active_attempt is None


def test_what_only_a_person_can_move_on_is_named_in_the_log(deployment: Deployment) -> None:
    org_id = blocked(deployment)

    assert deployment.invoke("sweep_fleet", EVENT) == NOTHING | {"named": 1}

    (line,) = deployment.log("org_has_no_next_step")
    assert (line["level"], line["org_id"]) == ("WARNING", org_id)
    assert (line["kind"], line["reason"]) == ("no_reason", "blocked by nothing known")
    assert deployment.metrics() == [NOTHING_COUNTED | {"OrgsWithoutNextStep": 1}]
    (summary,) = deployment.log("fleet_swept")
    assert (summary["named"], summary["is_complete"]) == (1, True)


def test_an_org_that_cannot_be_moved_costs_no_other_anything(deployment: Deployment) -> None:
    stuck, other = never_started(deployment, 1), never_started(deployment, 2)
    deployment.disturbance.refuse("StartExecution", mentioning=stuck)

    answer = deployment.invoke("sweep_fleet", EVENT)

    assert answer == NOTHING | {"moved": 1, "failed": 1}
    assert executions(deployment) == [f"{other}-1"]
    assert deployment.log("org_not_swept")[0]["org_id"] == stuck


def test_a_second_sweep_finds_nothing_more_to_do(deployment: Deployment) -> None:
    never_started(deployment)
    deployment.invoke("sweep_fleet", EVENT)

    again = deployment.invoke("sweep_fleet", EVENT, request_id="req-2")

    # The machine of these tests does nothing and ends well, so the migration is found dead.
    assert again["failed"] == 0
    assert len(executions(deployment)) == 1


def test_where_time_is_short_it_says_so(deployment: Deployment) -> None:
    never_started(deployment)

    answer = deployment.invoke("sweep_fleet", EVENT, seconds_left=20)

    assert answer == NOTHING | {"is_complete": False}
    assert executions(deployment) == []


def test_a_fleet_that_cannot_be_read_fails_the_sweep(deployment: Deployment) -> None:
    deployment.disturbance.refuse("Query")
    deployment.disturbance.refuse("Scan")

    with pytest.raises(StoreUnavailable):
        deployment.invoke("sweep_fleet", EVENT)
