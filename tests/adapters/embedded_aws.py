"""An AWS inside the test process (moto), with the resources the adapters work on."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

import boto3
import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.keys import (
    INDEX,
    INDEX_PARTITION,
    INDEX_SORT,
    PARTITION,
    SORT,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeySchemaElementTypeDef

REGION: Final = "eu-central-1"
TABLE_NAME: Final = "orgs"
BUCKET_NAME: Final = "scans"


@contextmanager
def embedded_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS account for the length of the block, whatever the machine's own settings."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    _serve_one_request_at_a_time(monkeypatch)
    with mock_aws():
        yield


def _serve_one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB checks a condition and writes in one step; moto would let threads in between."""
    lock = threading.Lock()
    process = BotocoreStubber.process_request

    def process_alone(self: BotocoreStubber, request: Any) -> Any:
        with lock:
            return process(self, request)

    monkeypatch.setattr(BotocoreStubber, "process_request", process_alone)


def client(
    service: Literal[
        "dynamodb", "events", "kms", "s3", "secretsmanager", "sesv2", "sqs", "stepfunctions"
    ],
    **settings: Any,
) -> Any:
    """A client set up as the product sets it up."""
    config = client_config(max_connections=16, check_parameters=service != "dynamodb")
    return boto3.client(service, region_name=REGION, config=config, **settings)


def create_table(dynamodb: DynamoDBClient, name: str = TABLE_NAME) -> None:
    """A table with the keys and the index of the deployed one."""
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"}
            for attribute in (PARTITION, SORT, INDEX_PARTITION, INDEX_SORT)
        ],
        KeySchema=_keys(PARTITION, SORT),
        GlobalSecondaryIndexes=[
            {
                "IndexName": INDEX,
                "KeySchema": _keys(INDEX_PARTITION, INDEX_SORT),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )


def _keys(partition: str, sort: str) -> list[KeySchemaElementTypeDef]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
