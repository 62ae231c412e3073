from __future__ import annotations

import json
from typing import Any

import pytest

from tests.adapters.embedded_aws import client
from tests.functions.deployment import Deployment
from tests.functions.events import Event, load_event
from tests.functions.resources import BUS
from tests.functions.stages import ASTER
from zoom_migrator.domain.errors import InvalidSettings

NOTHING_FAILED: Event = {"batchItemFailures": []}
BOTH = load_event("publish_events/notices_recorded")
SCAN = load_event("publish_events/scan_finished")


@pytest.fixture
def subscriber(deployment: Deployment) -> str:
    """A queue that gets all of the product's events."""
    sqs, events = client("sqs"), client("events")
    url: str = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = json.dumps({"source": ["zoom_migrator"]})
    events.put_rule(Name="all", EventBusName=BUS, EventPattern=pattern)
    target = {"Id": "queue", "Arn": arn["QueueArn"]}
    events.put_targets(Rule="all", EventBusName=BUS, Targets=[target])
    return url


def received(url: str) -> list[dict[str, Any]]:
    answer = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def with_damage(event: Event, number: int) -> Event:
    """The event, with an item that nobody can read."""
    records = json.loads(json.dumps(event["Records"]))
    del records[number]["dynamodb"]["NewImage"]["kind"]
    return {"Records": records}


def test_what_was_recorded_is_published_with_the_name_of_the_org(
    deployment: Deployment, subscriber: str
) -> None:
    deployment.register_example_fleet()

    assert deployment.invoke("publish_events", BOTH) == NOTHING_FAILED

    events = {event["detail-type"]: event for event in received(subscriber)}
    assert set(events) == {"Upgrade Approval Needed", "Authorization Needed"}
    asked = events["Upgrade Approval Needed"]
    assert asked["source"] == "zoom_migrator"
    assert asked["detail"]["schema_version"] == 1
    name = deployment.org(ASTER).registration.display_name
    assert asked["detail"]["org"] == {"id": ASTER, "name": name, "environment": "production"}


def test_a_scan_that_is_over_is_published_with_its_counts(
    deployment: Deployment, subscriber: str
) -> None:
    assert deployment.invoke("publish_events", SCAN) == NOTHING_FAILED

    (event,) = received(subscriber)
    assert (event["detail-type"], event["detail"]["scan"]["org_count"]) == ("Scan Finished", 1_000)


def test_the_same_change_brought_twice_is_the_same_event(
    deployment: Deployment, subscriber: str
) -> None:
    for _ in range(2):
        deployment.invoke("publish_events", SCAN)

    assert len({event["detail"]["event_id"] for event in received(subscriber)}) == 1


def test_while_the_bus_is_out_of_reach_all_is_brought_again(deployment: Deployment) -> None:
    deployment.disturbance.refuse("PutEvents", code="InternalException", status=500)

    answer = deployment.invoke("publish_events", BOTH)

    places = [record["dynamodb"]["SequenceNumber"] for record in BOTH["Records"]]
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == places
    assert deployment.log("bus_unavailable")
    (counted,) = deployment.metrics()
    assert counted == {"EventsPublished": 0, "EventsNotPublished": 2}


def test_what_is_damaged_holds_nothing_up_and_is_counted_for_the_alarm(
    deployment: Deployment, subscriber: str
) -> None:
    answer = deployment.invoke("publish_events", with_damage(BOTH, 0))

    assert answer == NOTHING_FAILED
    assert [event["detail-type"] for event in received(subscriber)] == ["Authorization Needed"]
    (line,) = deployment.log("event_damaged")
    assert (line["level"], line["place"]) == ("ERROR", "111000000000000000001")
    assert deployment.metrics() == [{"EventsPublished": 1, "EventsDamaged": 1}]


def test_a_bus_that_is_not_there_is_an_error(deployment: Deployment) -> None:
    client("events").delete_event_bus(Name=BUS)
    deployment.disturbance.refuse("PutEvents", code="ResourceNotFoundException")

    with pytest.raises(InvalidSettings, match="does not exist"):
        deployment.invoke("publish_events", SCAN)
