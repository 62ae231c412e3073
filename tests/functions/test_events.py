"""Every example event is one that its function gets from AWS and really takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.events.models import EventPattern

from scripts.statemachines import DIRECTORY, load
from tests.functions.deployment import Deployment
from tests.functions.events import Event, event_names, function_of, load_event
from tests.functions.resources import function_resources, template
from tests.functions.stages import set_stage

# What is public answers with pages; its own tests show it every event.
PUBLIC = {
    "approve",
    "authorize",
    "cleanup",
    "mute",
    "oauth_callback",
    "slack_interactions",
    "zoom_webhook",
}
OF_MACHINES = [name for name in event_names() if function_of(name) not in PUBLIC]
BAD_ENDS = {
    "record_outcome": "ScanEndedBadlyRule",
    "record_migration_failure": "MigrationEndedBadlyRule",
}
# The machine's own catcher sends this one, and no rule.
CAUGHT = "record_migration_failure/caught_by_the_machine"
OF_RULES = [name for name in OF_MACHINES if function_of(name) in BAD_ENDS and name != CAUGHT]


@pytest.mark.parametrize("name", OF_MACHINES)
def test_its_function_takes_the_event(deployment: Deployment, name: str) -> None:
    set_stage(deployment, name)

    answer = deployment.invoke(function_of(name), load_event(name))

    assert answer
    assert deployment.log("task_failed") == deployment.log("task_crashed") == []


def test_every_function_has_events_and_no_event_is_for_anything_else() -> None:
    assert {function_of(name) for name in event_names()} == set(function_resources().values())


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("PlanScan", ["plan_scan/started_by_operator", "plan_scan/started_by_schedule"]),
        ("RecordFailure", ["summarise_scan/map_failed", "summarise_scan/planning_failed"]),
    ],
)
def test_events_have_the_fields_that_the_state_machine_sends(state: str, names: list[str]) -> None:
    definition = load(DIRECTORY / "scan_fleet.asl.json")
    payload = definition["States"][state]["Arguments"]["Payload"]

    for name in names:
        assert shape(load_event(name)) == shape(payload)


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("PrepareUpgrade", ["prepare_upgrade/first_attempt", "prepare_upgrade/later_attempt"]),
        ("RequestApproval", ["request_approval/first_request", "request_approval/asked_again"]),
        ("FollowUpApproval", ["follow_up_approval/first_attempt"]),
        ("StartInstall", ["start_install/first_attempt"]),
        ("CheckInstall", ["check_install/first_attempt"]),
        ("FollowUpgradeByHand", ["follow_upgrade_by_hand/first_attempt"]),
        (
            "RequestAuthorization",
            ["request_authorization/first_request", "request_authorization/asked_again"],
        ),
        ("FollowUpAuthorization", ["follow_up_authorization/first_attempt"]),
        ("VerifyConnection", ["verify_connection/first_attempt"]),
        ("RequestCleanup", ["request_cleanup/first_request", "request_cleanup/asked_again"]),
        ("FollowUpCleanup", ["follow_up_cleanup/first_attempt"]),
        ("RemoveKeys", ["remove_keys/first_attempt"]),
        ("RecordMigrationFailure", [CAUGHT]),
    ],
)
def test_events_have_the_fields_that_the_machine_of_migrations_sends(
    state: str, names: list[str]
) -> None:
    definition = load(DIRECTORY / "migrate_org.asl.json")
    payload = definition["States"][state]["Arguments"]["Payload"]

    for name in names:
        assert shape(load_event(name)) == shape(payload)


def test_a_migrations_execution_gets_the_input_that_its_events_have() -> None:
    event = load_event("record_migration_failure/failed")

    assert json.loads(event["detail"]["input"]) == load_event("prepare_upgrade/first_attempt")


@pytest.mark.parametrize("name", OF_RULES)
def test_the_rule_lets_the_event_through(name: str) -> None:
    event = load_event(name)

    assert rule_of_bad_ends(function_of(name), event)(event)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "SUCCEEDED"},
        {"status": "RUNNING"},
        {"stateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:another"},
    ],
)
@pytest.mark.parametrize("function", BAD_ENDS)
def test_the_rule_holds_other_events_back(function: str, change: dict[str, str]) -> None:
    event = load_event(f"{function}/failed")
    rule = rule_of_bad_ends(function, event)

    event["detail"] |= change

    assert not rule(event)


@pytest.mark.parametrize("function", BAD_ENDS)
def test_there_is_an_event_for_every_bad_end_that_the_rule_knows(function: str) -> None:
    names = [name for name in OF_RULES if function_of(name) == function]

    seen = {load_event(name)["detail"]["status"] for name in names}

    assert seen == set(pattern(function)["detail"]["status"])


def pattern(function: str) -> dict[str, Any]:
    found: dict[str, Any] = template()["Resources"][BAD_ENDS[function]]["Properties"]
    return dict(json.loads(json.dumps(found["EventPattern"])))


def rule_of_bad_ends(function: str, event: Event) -> Callable[[Any], bool]:
    """The rule of a stack whose state machine is the one the event is about."""
    deployed = pattern(function)
    (machine,) = deployed["detail"]["stateMachineArn"]
    assert machine["Ref"] in ("ScanFleet", "MigrateOrg")
    deployed["detail"]["stateMachineArn"] = [event["detail"]["stateMachineArn"]]
    return EventPattern.load(json.dumps(deployed)).matches_event


def shape(value: object) -> object:
    """The names of all fields, without their values."""
    return {name: shape(part) for name, part in value.items()} if isinstance(value, dict) else None
