"""Disturbs the calls of a real client the way DynamoDB and networks do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LEFT_UNDONE = {"BatchGetItem": "UnprocessedKeys", "BatchWriteItem": "UnprocessedItems"}


def record_operations(dynamodb: DynamoDBClient) -> list[str]:
    """The names of all operations called from now on."""
    called: list[str] = []
    _events(dynamodb).register("before-call.dynamodb", lambda model, **_: called.append(model.name))
    return called


def record_requests(dynamodb: DynamoDBClient) -> list[dict[str, Any]]:
    """The parameters of all calls from now on."""
    asked: list[dict[str, Any]] = []
    _events(dynamodb).register(
        "provide-client-params.dynamodb", lambda params, **_: asked.append(params)
    )
    return asked


def leave_everything_undone(
    dynamodb: DynamoDBClient, operation: str, *, times: int | None = None
) -> None:
    """Answer a batch operation so many times (None: always) as a throttling table does."""
    left = [times]

    def answer(params: dict[str, Any], **_: object) -> tuple[Any, dict[str, Any]] | None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                return None
        asked = json.loads(params["body"])["RequestItems"]
        http = SimpleNamespace(status_code=HTTPStatus.OK)
        return http, {"Responses": {}, _LEFT_UNDONE[operation]: asked}

    _events(dynamodb).register(f"before-call.dynamodb.{operation}", answer)


def do_a_few_at_a_time(dynamodb: DynamoDBClient, operation: str, *, few: int) -> None:
    """Let a batch operation do only its first few, and say that the rest is left undone."""
    rest: dict[str, Any] = {}

    def keep_few(params: dict[str, Any], **_: object) -> dict[str, Any]:
        rest.clear()
        ((table, asked),) = params["RequestItems"].items()
        entries = asked["Keys"] if operation == "BatchGetItem" else asked
        if len(entries) > few:
            rest[table] = _like(asked, entries[few:])
        return {**params, "RequestItems": {table: _like(asked, entries[:few])}}

    def report_rest(parsed: dict[str, Any], **_: object) -> None:
        parsed[_LEFT_UNDONE[operation]] = dict(rest)

    _events(dynamodb).register(f"provide-client-params.dynamodb.{operation}", keep_few)
    _events(dynamodb).register(f"after-call.dynamodb.{operation}", report_rest)


def _events(dynamodb: DynamoDBClient) -> Any:
    # The type stubs know no handlers that answer something, which is what these are for.
    return dynamodb.meta.events


def _like(asked: Any, entries: Any) -> Any:
    return {**asked, "Keys": list(entries)} if isinstance(asked, dict) else list(entries)


@contextmanager
def answer_lost(
    dynamodb: DynamoDBClient, operation: str, *, meanwhile: Callable[[], object] = lambda: None
) -> Iterator[None]:
    """Lose the answer of the next call after it took effect, so that it is sent once more.

    Args:
        meanwhile: Called before it is sent again.
    """
    lost: list[bool] = []

    def lose(**_: object) -> float | None:
        if lost:
            return None
        lost.append(True)
        meanwhile()
        return 0.0

    event = f"needs-retry.dynamodb.{operation}"
    _events(dynamodb).register_first(event, lose)
    try:
        yield
    finally:
        _events(dynamodb).unregister(event, lose)
    assert lost, f"{operation} was not called"
