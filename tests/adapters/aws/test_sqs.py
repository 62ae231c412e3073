"""What only the queue of orders does that SQS keeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from tests.adapters.embedded_aws import client
from zoom_migrator.adapters.sqs import SqsProbeQueue, message_of, probe_order
from zoom_migrator.domain.errors import (
    InvalidSettings,
    InvalidTaskInput,
    InvariantViolation,
    StoreUnavailable,
)
from zoom_migrator.domain.zoom_event import ProbeOrder

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/probes"
ORDER = ProbeOrder("client", "account", "user", is_signed=True)
# A message exactly as the first release puts it. Messages may wait while a release is deployed.
MESSAGE = (
    '{"version": 1, "client_id": "client", "account_id": "account", "user_id": "user", '
    '"is_signed": true}'
)


@pytest.fixture
def sqs(aws: None) -> SQSClient:
    sqs: SQSClient = client("sqs")
    return sqs


def test_an_order_is_put_as_it_will_stay_readable(sqs: SQSClient) -> None:
    with Stubber(sqs) as stub:
        stub.add_response("send_message", {}, {"QueueUrl": URL, "MessageBody": MESSAGE})

        SqsProbeQueue(sqs, URL).put(ORDER)

        stub.assert_no_pending_responses()
    assert probe_order(MESSAGE) == ORDER


def test_what_a_later_release_adds_is_ignored() -> None:
    assert probe_order(_message(asked_by="webhook")) == ORDER


@pytest.mark.parametrize(
    "body",
    [
        "",
        "canary",
        "[" * 100_000,
        "[]",
        "null",
        '"canary"',
        "{}",
        '{"event": "canary"}',
    ],
)
def test_what_is_no_order_is_refused_without_repeating_it(body: str) -> None:
    with pytest.raises(InvalidTaskInput) as told:
        probe_order(body)

    assert "canary" not in str(told.value)


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": ""},
        {"account_id": 7},
        {"user_id": "x" * 129},
        {"user_id": None},
        {"is_signed": "true"},
        {"is_signed": 1},
        {"version": "1"},
    ],
)
def test_an_order_with_a_malformed_part_is_refused_instead_of_guessed(
    change: dict[str, Any],
) -> None:
    with pytest.raises(InvalidTaskInput, match="not an order"):
        probe_order(_message(**change))


@pytest.mark.parametrize("name", ["version", "client_id", "account_id", "user_id", "is_signed"])
def test_an_order_without_a_part_is_refused(name: str) -> None:
    message = json.loads(MESSAGE)
    del message[name]

    with pytest.raises(InvalidTaskInput, match="not an order"):
        probe_order(json.dumps(message))


def test_a_message_of_another_version_is_left_to_who_knows_it() -> None:
    with pytest.raises(InvalidTaskInput, match="version 2; only 1"):
        probe_order(_message(version=2))


def test_a_queue_that_does_not_exist_is_a_matter_of_settings(sqs: SQSClient) -> None:
    missing = f"{sqs.meta.endpoint_url}/123456789012/probes"

    with pytest.raises(InvalidSettings, match="does not exist"):
        SqsProbeQueue(sqs, missing).put(ORDER)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("RequestThrottled", StoreUnavailable),
        ("KmsThrottled", StoreUnavailable),
        ("AccessDenied", InvalidSettings),
        ("KmsAccessDenied", InvalidSettings),
        ("QueueDoesNotExist", InvalidSettings),
        ("InvalidMessageContents", InvariantViolation),
    ],
)
def test_an_order_that_is_not_taken_says_why_and_repeats_nothing_of_it(
    sqs: SQSClient, code: str, meaning: type[Exception]
) -> None:
    with Stubber(sqs) as stub:
        stub.add_client_error("send_message", code, "refused", http_status_code=400)

        with pytest.raises(meaning, match="SQS queue https://sqs") as told:
            SqsProbeQueue(sqs, URL).put(ORDER)

    assert "account" not in str(told.value)


def _message(**change: object) -> str:
    return json.dumps(json.loads(message_of(ORDER)) | change)
