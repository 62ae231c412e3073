"""What AWS's errors mean to the product."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from tests.adapters.embedded_aws import REGION, TABLE_NAME
from zoom_migrator.adapters.aws import (
    CONNECT_TIMEOUT_SECONDS,
    MAX_ATTEMPTS,
    aws_calls,
    client_config,
)
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    InvalidSettings,
    InvariantViolation,
    MigratorError,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SUBJECT = f"DynamoDB table {TABLE_NAME}"
ONE_ATTEMPT = Config(retries={"mode": "standard", "total_max_attempts": 1})
# Bound by nobody: a machine-wide reserved port, so connections to it are refused.
NOBODY_LISTENS = "http://127.0.0.1:1"


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> DynamoDBClient:
    return _client(monkeypatch, aws_access_key_id="testing", aws_secret_access_key="testing")


def _client(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> DynamoDBClient:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    session = boto3.Session(region_name=REGION)
    config = client_config(max_connections=1)
    client: DynamoDBClient = session.client(
        "dynamodb", config=config.merge(ONE_ATTEMPT), **settings
    )
    return client


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("ConditionalCheckFailedException", 400, ConcurrentModification),
        ("TransactionConflictException", 400, ConcurrentModification),
        ("ProvisionedThroughputExceededException", 400, StoreUnavailable),
        ("RequestLimitExceeded", 400, StoreUnavailable),
        ("ThrottlingException", 400, StoreUnavailable),
        ("TransactionInProgressException", 400, StoreUnavailable),
        ("SlowDown", 503, StoreUnavailable),
        ("InternalServerError", 500, StoreUnavailable),
        ("SomethingNobodyHeardOf", 502, StoreUnavailable),
        ("AccessDeniedException", 400, InvalidSettings),
        ("AccessDenied", 403, InvalidSettings),
        ("ExpiredTokenException", 400, InvalidSettings),
        ("UnrecognizedClientException", 400, InvalidSettings),
        ("ResourceNotFoundException", 400, InvalidSettings),
        ("NoSuchBucket", 404, InvalidSettings),
        ("StateMachineDoesNotExist", 400, InvalidSettings),
        ("ValidationException", 400, InvariantViolation),
        ("SomethingNobodyHeardOf", 400, InvariantViolation),
    ],
)
def test_an_error_of_aws_becomes_what_it_means(
    dynamodb: DynamoDBClient, code: str, status: int, meaning: type[MigratorError]
) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error("get_item", code, "what AWS says", http_status_code=status)

        with pytest.raises(MigratorError) as raised:
            _read(dynamodb)

    assert type(raised.value) is meaning
    assert raised.value.message.startswith(SUBJECT)
    assert isinstance(raised.value.__cause__, ClientError)


@pytest.mark.parametrize(
    ("reasons", "meaning"),
    [
        (["ConditionalCheckFailed", "None"], ConcurrentModification),
        (["None", "TransactionConflict"], ConcurrentModification),
        (["ConditionalCheckFailed", "ThrottlingError"], ConcurrentModification),
        (["None", "ThrottlingError"], StoreUnavailable),
        (["ProvisionedThroughputExceeded", "None"], StoreUnavailable),
        (["None", "ValidationError"], InvariantViolation),
        (["ItemCollectionSizeLimitExceeded"], InvariantViolation),
    ],
)
def test_a_cancelled_transaction_means_what_its_worst_part_means(
    dynamodb: DynamoDBClient, reasons: list[str], meaning: type[MigratorError]
) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            "Transaction cancelled",
            http_status_code=400,
            modeled_fields={"CancellationReasons": [{"Code": reason} for reason in reasons]},
        )

        with pytest.raises(MigratorError) as raised, aws_calls(SUBJECT):
            dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": {}}}])

    assert type(raised.value) is meaning


def test_an_address_where_nobody_answers_means_that_the_store_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unreachable = _client(
        monkeypatch,
        endpoint_url=NOBODY_LISTENS,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        _read(unreachable)


def test_missing_credentials_are_a_matter_of_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    anonymous = _client(monkeypatch)

    with pytest.raises(InvalidSettings, match="credentials") as raised:
        _read(anonymous)

    assert "credentials" in raised.value.remedy


def test_a_request_that_the_library_refuses_is_a_bug(dynamodb: DynamoDBClient) -> None:
    with pytest.raises(InvariantViolation, match="malformed"), aws_calls(SUBJECT):
        dynamodb.get_item(TableName=TABLE_NAME, Key={"pk": {"S": 1}})


def test_other_errors_pass_through_unchanged() -> None:
    with pytest.raises(ZeroDivisionError), aws_calls(SUBJECT):
        raise ZeroDivisionError


def test_clients_keep_a_connection_for_every_thread_and_give_up_soon() -> None:
    config: Any = client_config(max_connections=64)

    assert config.max_pool_connections == 64
    assert config.connect_timeout == CONNECT_TIMEOUT_SECONDS
    assert config.retries == {"mode": "standard", "total_max_attempts": MAX_ATTEMPTS}


def test_calls_name_the_product_and_the_library_they_come_from() -> None:
    config: Any = client_config(max_connections=1)

    assert re.fullmatch(r"Botocore/[0-9.]+ app/zoom-oauth-migrator", config.user_agent)


def _read(dynamodb: DynamoDBClient) -> None:
    with aws_calls(SUBJECT):
        dynamodb.get_item(TableName=TABLE_NAME, Key={"pk": {"S": "ORG#1"}, "sk": {"S": "ORG"}})
