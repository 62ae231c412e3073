"""Presses on buttons in Slack, taken by the deployed function."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.adapters.embedded_aws import client
from tests.functions.deployment import Deployment
from tests.functions.events import Event, event_names, function_of, load_event
from tests.functions.resources import SLACK_SIGNING_SECRET
from tests.functions.stages import ASTER
from tests.visits import Page
from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import NoticeOrder, PressOrder
from zoom_migrator.domain.notice_wire import order_of
from zoom_migrator.domain.signed_request import signature_of

EVENTS = [name for name in event_names() if function_of(name) == "slack_interactions"]
# What the events are signed with.
LAB_SECRET = "slacksec_lab"
TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
BY_ANOTHER = "slack_interactions/pressed_and_signed_otherwise"
PRESSES = {f"slack_interactions/pressed_{answer}": answer for answer in ChoiceAnswer}


def signed(name: str, *, secret: str = SLACK_SIGNING_SECRET, age: int = 0) -> Event:
    """An example as Slack would send it now."""
    event = load_event(name)
    timestamp = str(int(datetime.now(UTC).timestamp()) - age)
    signature = signature_of(event["body"].encode(), timestamp, secret)
    headers = event["headers"] | {TIMESTAMP: timestamp, SIGNATURE: signature}
    several = {each: [value] for each, value in headers.items()}
    return event | {"headers": headers, "multiValueHeaders": several}


def send(deployment: Deployment, event: Event) -> Page:
    return Page.of(deployment.invoke("slack_interactions", event))


def orders(deployment: Deployment) -> list[NoticeOrder | None]:
    """What is in the queue."""
    url = deployment.created.notice_queue_url
    answer = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [order_of(message["Body"]) for message in answer.get("Messages", [])]


@pytest.mark.parametrize(("name", "pressed"), PRESSES.items())
def test_a_press_is_put_into_the_queue_and_answered_with_nothing(
    deployment: Deployment, name: str, pressed: ChoiceAnswer
) -> None:
    page = send(deployment, signed(name))

    assert (page.status, page.html) == (200, "")
    (order,) = orders(deployment)
    assert isinstance(order, PressOrder)
    assert (order.answer, order.by.user_id, order.by.name) == (pressed, "U012AB3CD", "grace")
    assert ASTER in order.claims
    assert order.reply_url == "https://hooks.slack.com/actions/T012AB3CD/1/secret"
    assert deployment.metrics() == [{"SlackPressTaken": 1}]


def test_a_link_that_was_followed_asks_for_nothing(deployment: Deployment) -> None:
    page = send(deployment, signed("slack_interactions/link_followed"))

    assert (page.status, orders(deployment)) == (200, [])


@pytest.mark.parametrize(
    "how", [{"secret": "another-secret"}, {"secret": ""}, {"age": 400}, {"age": -400}], ids=str
)
def test_what_slack_has_not_signed_just_now_is_refused(
    deployment: Deployment, how: dict[str, str]
) -> None:
    page = send(deployment, signed("slack_interactions/pressed_approve", **how))  # type: ignore[arg-type]

    assert (page.status, page.html) == (401, '{"error": "not_signed"}')
    assert orders(deployment) == []
    assert deployment.log("press_not_signed")


@pytest.mark.parametrize("name", EVENTS)
def test_an_example_that_is_sent_again_long_after_is_refused(
    deployment: Deployment, name: str
) -> None:
    assert send(deployment, load_event(name)).status == 401
    assert orders(deployment) == []


def test_the_examples_are_signed_by_the_secret_that_they_name() -> None:
    for name in EVENTS:
        event = load_event(name)
        expected = signature_of(event["body"].encode(), event["headers"][TIMESTAMP], LAB_SECRET)
        assert (event["headers"][SIGNATURE] == expected) is (name != BY_ANOTHER)


def test_before_there_is_a_signing_secret_nothing_counts_as_signed(deployment: Deployment) -> None:
    empty = json.dumps({"bot_token": "", "signing_secret": "", "webhook_url": ""})
    arn = deployment.created.slack_secret_arn
    client("secretsmanager").put_secret_value(SecretId=arn, SecretString=empty)

    page = send(deployment, signed("slack_interactions/pressed_approve", secret=""))

    assert (page.status, page.html) == (401, '{"error": "not_signed"}')
    assert orders(deployment) == []


def test_that_there_is_no_signing_secret_alarms_nobody(deployment: Deployment) -> None:
    empty = json.dumps({"bot_token": "", "signing_secret": "", "webhook_url": ""})
    arn = deployment.created.slack_secret_arn
    client("secretsmanager").put_secret_value(SecretId=arn, SecretString=empty)

    send(deployment, signed("slack_interactions/pressed_approve"))

    (line,) = deployment.log("machine_answered")
    assert (line["level"], line["outcome"]) == ("INFO", "not_set_up")
    assert not deployment.log("press_not_signed")
    assert deployment.metrics() == [{"SlackPressNotSetUp": 1}]


def test_a_malformed_secret_is_an_error_that_names_no_value(deployment: Deployment) -> None:
    arn = deployment.created.slack_secret_arn
    client("secretsmanager").put_secret_value(SecretId=arn, SecretString="canary")

    page = send(deployment, signed("slack_interactions/pressed_approve"))

    assert page.status == 503
    assert json.loads(page.html)["error"] == "not_set_up"
    assert "canary" not in deployment.output.getvalue()


@pytest.mark.parametrize("operation", ["SendMessage", "GetSecretValue"])
def test_slack_tells_whoever_pressed_while_something_is_out_of_reach(
    deployment: Deployment, operation: str
) -> None:
    deployment.disturbance.refuse(operation)
    assert send(deployment, signed("slack_interactions/pressed_approve")).status == 503
    deployment.disturbance.stop()

    assert send(deployment, signed("slack_interactions/pressed_approve")).status == 200
    assert len(orders(deployment)) == 1


@pytest.mark.parametrize("variable", ["TABLE_NAME", "SLACK_SECRET_ARN", "NOTICE_QUEUE_URL"])
def test_a_missing_variable_is_an_answer_and_an_error_in_the_log(
    deployment: Deployment, variable: str
) -> None:
    del deployment.environment["slack_interactions"][variable]

    assert send(deployment, signed("slack_interactions/pressed_approve")).status == 503

    (line,) = deployment.log("page_failed")
    assert variable in line["reason"]


def test_no_secret_and_no_address_to_reply_to_is_printed(deployment: Deployment) -> None:
    event = signed("slack_interactions/pressed_approve")
    send(deployment, event)

    printed = deployment.output.getvalue()
    for secret in (SLACK_SIGNING_SECRET, "hooks.slack.com", event["headers"][SIGNATURE]):
        assert secret not in printed
