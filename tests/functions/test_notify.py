"""Telling people, and acting on what they press, as deployed: beside a Slack and a mail service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from local.slack import Fault, FaultKind, SlackSimulator
from tests.adapters.embedded_aws import REGION, client
from tests.functions.deployment import Deployment, forget_apps
from tests.functions.events import Event, event_names, function_of, load_event
from tests.functions.resources import TABLE
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.adapters.dynamodb.deliveries import DynamoDbDeliveryRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.delivery import Channel, Delivery, DeliveryStatus
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.domain.notice_wire import body_of

NOTHING_FAILED: Event = {"batchItemFailures": []}
SENDER = "zoom@migrator.example"
OPERATORS = "operators@migrator.example"
EVENTS = [name for name in event_names() if function_of(name) == "notify"]


@pytest.fixture
def slack(deployment: Deployment) -> Iterator[SlackSimulator]:
    """A Slack that the product posts to, and whose presses reach the deployed pages."""
    with SlackSimulator() as simulator:
        app = simulator.app
        app.interactivity_url = f"{deployment.pages.base_url}/slack/interactions"
        secret = {"bot_token": app.bot_token, "signing_secret": app.signing_secret}
        client("secretsmanager").put_secret_value(
            SecretId=deployment.created.slack_secret_arn, SecretString=json.dumps(secret)
        )
        boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity=SENDER)
        deployment.environment["notify"] |= {
            "SLACK_CONNECT_TO": simulator.base_url,
            "SLACK_DEFAULT_CHANNEL": "#zoom-migration",
            "MAIL_FROM": SENDER,
            "MAIL_CONFIGURATION_SET": "",
            "OPERATORS_EMAIL": OPERATORS,
        }
        yield simulator


@pytest.fixture
def asked(deployment: Deployment, slack: SlackSimulator) -> Event:
    """An admin has been asked for an approval; the message that orders to tell of it."""
    set_stage(deployment, "follow_up_approval/first_attempt")
    deployment.forget_lines()
    return orders_of(deployment, NoticeKind.UPGRADE_APPROVAL_NEEDED)


def orders_of(deployment: Deployment, kind: NoticeKind) -> Event:
    """An order to tell of the newest notice of a kind, in a message of the queue."""
    notices = deployment.migrations.notices(ASTER, limit=9)
    (ref,) = [notice.ref for notice in notices if notice.kind is kind]
    return {"Records": [record(1, body_of(SendOrder((ref,))))]}


def record(number: int, body: str) -> Event:
    """A message as SQS hands it to the function."""
    return {"messageId": f"message-{number}", "body": body, "eventSource": "aws:sqs"}


def deliveries() -> dict[Channel, Delivery]:
    found = DynamoDbDeliveryRepository(Table(client("dynamodb"), TABLE)).list_of(ASTER, limit=9)
    return {each.key.recipient.channel: each for each in found}


def waiting(deployment: Deployment) -> Event:
    """What is in the queue, as SQS hands it to the function."""
    url = deployment.created.notice_queue_url
    answer = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return {"Records": [record(each, message["Body"]) for each, message in enumerate(messages)]}


def test_people_are_told_in_slack_and_by_mail_each_once(
    deployment: Deployment, slack: SlackSimulator, asked: Event
) -> None:
    for _ in range(2):
        assert deployment.invoke("notify", asked) == NOTHING_FAILED

    found = deliveries()
    assert {channel: each.status for channel, each in found.items()} == {
        Channel.SLACK: DeliveryStatus.SENT,
        Channel.EMAIL: DeliveryStatus.SENT,
    }
    assert len(slack.messages_in("zoom-migration")) == 1
    counted = {name: number for group in deployment.metrics() for name, number in group.items()}
    assert counted["NoticesSent"] == 2


def test_a_press_in_slack_is_recorded_and_the_message_says_by_whom(
    deployment: Deployment, slack: SlackSimulator, asked: Event
) -> None:
    deployment.invoke("notify", asked)

    assert slack.press("approve") == ""
    assert deployment.invoke("notify", waiting(deployment)) == NOTHING_FAILED

    approval = deployment.migration(ASTER).approval
    assert approval is not None
    assert approval.answer is not None
    assert approval.answer.recorded_by.startswith("slack:T")
    (message,) = slack.messages_in("zoom-migration")
    assert "ada.operator approved the upgrade" in message.text


def test_a_channel_that_is_gone_is_told_to_the_operators_by_mail(
    deployment: Deployment, slack: SlackSimulator, asked: Event
) -> None:
    slack.channel("zoom-migration").is_archived = True

    assert deployment.invoke("notify", asked) == NOTHING_FAILED

    found = DynamoDbDeliveryRepository(Table(client("dynamodb"), TABLE)).list_of(ASTER, limit=9)
    ended = {each.key.recipient: each.status for each in found}
    assert {(recipient.channel, status) for recipient, status in ended.items()} == {
        (Channel.SLACK, DeliveryStatus.FAILED),
        (Channel.EMAIL, DeliveryStatus.SENT),
    }
    assert OPERATORS in {recipient.address for recipient in ended}


def test_what_slack_wants_later_is_put_back_and_not_lost(
    deployment: Deployment, slack: SlackSimulator, asked: Event
) -> None:
    slack.faults.add(Fault(kind=FaultKind.RATE_LIMITED, times=1))

    assert deployment.invoke("notify", asked) == NOTHING_FAILED

    assert deliveries()[Channel.SLACK].status is DeliveryStatus.WAITING
    # It is kept back in the queue for as long as Slack said, so it is called here by hand.
    assert deployment.invoke("notify", asked) == NOTHING_FAILED
    assert deliveries()[Channel.SLACK].status is DeliveryStatus.SENT


@pytest.mark.parametrize("body", ["", "canary", "{}", '{"order": "dance"}'])
def test_what_is_no_order_comes_again_until_it_is_a_dead_letter(
    deployment: Deployment, slack: SlackSimulator, asked: Event, body: str
) -> None:
    event = {"Records": [record(9, body), *asked["Records"]]}

    answer = deployment.invoke("notify", event)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-9"}]}
    assert deliveries()[Channel.SLACK].status is DeliveryStatus.SENT
    assert "canary" not in deployment.output.getvalue()


def test_while_the_store_is_out_of_reach_all_orders_come_again(
    deployment: Deployment, slack: SlackSimulator, asked: Event
) -> None:
    deployment.disturbance.refuse("BatchGetItem")

    answer = deployment.invoke("notify", asked)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    (line,) = deployment.log("notify_failed")
    assert (line["level"], line["error"]) == ("ERROR", "StoreUnavailable")
    assert slack.messages_in("zoom-migration") == []


@pytest.mark.parametrize("name", EVENTS)
def test_where_there_is_neither_slack_nor_mail_nobody_is_told_and_it_is_said(
    deployment: Deployment, name: str
) -> None:
    set_stage(deployment, "follow_up_approval/first_attempt")

    deployment.invoke("notify", load_event(name))

    assert deliveries() == {}
    assert deployment.log("task_failed") == []


def test_no_secret_link_or_address_is_printed(
    deployment: Deployment, slack: SlackSimulator, asked: Event
) -> None:
    deployment.invoke("notify", asked)
    slack.press("decline")
    deployment.invoke("notify", waiting(deployment))
    forget_apps()

    printed = deployment.output.getvalue()
    for secret in (*slack.secret_values(), "/approve/", "@aster.example", "hooks.slack.com"):
        assert secret not in printed
