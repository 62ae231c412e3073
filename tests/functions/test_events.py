"""Every example event is one that its function gets from AWS and really takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.events.models import EventPattern

from scripts.statemachines import DIRECTORY, load
from tests.functions.deployment import Deployment, function_resources, template
from tests.functions.events import Event, event_names, function_of, load_event


@pytest.mark.parametrize("name", event_names())
def test_its_function_takes_the_event(deployment: Deployment, name: str) -> None:
    deployment.register_example_fleet()
    event = load_event(name)

    answer = deployment.invoke(function_of(name), event)

    assert answer["scan_id"] == event.get("scan_id", event.get("detail", {}).get("name"))


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


@pytest.mark.parametrize("name", [name for name in event_names() if "record_outcome/" in name])
def test_the_rule_lets_the_event_through(name: str) -> None:
    event = load_event(name)

    assert rule_of_bad_ends(event)(event)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "SUCCEEDED"},
        {"status": "RUNNING"},
        {"stateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:another"},
    ],
)
def test_the_rule_holds_other_events_back(change: dict[str, str]) -> None:
    event = load_event("record_outcome/failed")
    rule = rule_of_bad_ends(event)

    event["detail"] |= change

    assert not rule(event)


def test_there_is_an_event_for_every_bad_end_that_the_rule_knows() -> None:
    names = [name for name in event_names() if function_of(name) == "record_outcome"]

    seen = {load_event(name)["detail"]["status"] for name in names}

    assert seen == set(pattern()["detail"]["status"])


def pattern() -> dict[str, Any]:
    found: dict[str, Any] = template()["Resources"]["ScanEndedBadlyRule"]["Properties"]
    return dict(json.loads(json.dumps(found["EventPattern"])))


def rule_of_bad_ends(event: Event) -> Callable[[Any], bool]:
    """The rule of a stack whose state machine is the one the event is about."""
    deployed = pattern()
    assert deployed["detail"]["stateMachineArn"] == [{"Ref": "ScanFleet"}]
    deployed["detail"]["stateMachineArn"] = [event["detail"]["stateMachineArn"]]
    return EventPattern.load(json.dumps(deployed)).matches_event


def shape(value: object) -> object:
    """The names of all fields, without their values."""
    return {name: shape(part) for name, part in value.items()} if isinstance(value, dict) else None
