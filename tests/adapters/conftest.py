from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.adapters.embedded_aws import TABLE_NAME, client, create_table, embedded_aws
from zoom_migrator.adapters.dynamodb.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with embedded_aws(monkeypatch):
        yield


@pytest.fixture
def dynamodb(aws: None) -> DynamoDBClient:
    dynamodb: DynamoDBClient = client("dynamodb")
    create_table(dynamodb)
    return dynamodb


@pytest.fixture
def pauses() -> list[float]:
    """How long the table's adapter wanted to wait, each time it did."""
    return []


@pytest.fixture
def table(dynamodb: DynamoDBClient, pauses: list[float]) -> Table:
    return Table(dynamodb, TABLE_NAME, pause=pauses.append, chance=lambda: 1.0)
