"""Calls of the table: keys and items in, items out, AWS's errors translated."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import aws_calls
from zoom_migrator.adapters.dynamodb.keys import (
    INDEX,
    INDEX_PARTITION,
    PARTITION,
    SORT,
    Item,
    key,
)
from zoom_migrator.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

# Source: DynamoDB API reference, BatchGetItem and BatchWriteItem.
_KEYS_A_CALL: Final = 100
_WRITES_A_CALL: Final = 25
_FRUITLESS_CALLS: Final = 8
_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 2.0
_WRITE_ID: Final = "write_id"


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to be true of a stored item, besides its revision.

    Attributes:
        expression: Begins with `` AND ``.
    """

    expression: str
    names: Mapping[str, str]
    values: Mapping[str, AttributeValueTypeDef]


class Table:
    """The product's table.

    Safe to use from several threads, as the client is. All methods raise what
    :func:`~zoom_migrator.adapters.aws.aws_calls` raises.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        *,
        pause: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Take what the table is reached by.

        Args:
            client: A client set up with :func:`~zoom_migrator.adapters.aws.client_config`.
            name: Name of the table.
            pause: Waits this many seconds, between calls that left something undone.
            chance: Draws from 0 to 1 how much of the longest pause is waited, so that many who
                were throttled together do not come back together.
        """
        self._client = client
        self._name = name
        self._pause = pause
        self._chance = chance

    def get(self, partition: str, sort: str) -> Item | None:
        """One item, or None."""
        with self._calls():
            answer = self._client.get_item(
                TableName=self._name, Key=key(partition, sort), ConsistentRead=True
            )
        return answer.get("Item")

    def get_many(self, keys: Iterable[Item]) -> Iterator[Item]:
        """The items there are of these keys, which must differ, in no particular order."""
        for chunk in batched(keys, _KEYS_A_CALL, strict=False):
            found: list[Item] = []
            self._until_done(chunk, partial(self._get_some, found))
            yield from found

    def query(
        self,
        partition: str,
        sort_prefix: str,
        *,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """The items of a partition whose sort key begins like this, ordered by it."""
        request: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": f"{PARTITION} = :partition AND begins_with({SORT}, :prefix)",
            "ExpressionAttributeValues": {
                ":partition": {"S": partition},
                ":prefix": {"S": sort_prefix},
            },
            "ScanIndexForward": not newest_first,
            "ConsistentRead": True,
        }
        return self._pages(request, limit)

    def query_index(
        self, partition: str, *, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[str]:
        """The table partitions of what the index lists in one of its own, in its order."""
        request: dict[str, Any] = {
            "TableName": self._name,
            "IndexName": INDEX,
            "KeyConditionExpression": f"{INDEX_PARTITION} = :partition",
            "ExpressionAttributeValues": {":partition": {"S": partition}},
            "ProjectionExpression": PARTITION,
            "ScanIndexForward": not newest_first,
        }
        return (item[PARTITION]["S"] for item in self._pages(request, limit))

    def put(self, item: Item) -> None:
        """Store an item, replacing what is stored under its key."""
        with self._calls():
            self._client.put_item(TableName=self._name, Item=item)

    def put_many(self, items: Iterable[Item]) -> None:
        """Store items whose keys must differ; not all or nothing."""
        for chunk in batched(items, _WRITES_A_CALL, strict=False):
            self._until_done(chunk, self._put_some)

    def put_revision(
        self,
        item: Item,
        *,
        replaces: int,
        along: Sequence[Item] = (),
        only_if: Condition | None = None,
    ) -> None:
        """Store an item if the one it replaces is stored, and others along with it or not at all.

        Args:
            item: An item with a ``revision``.
            replaces: The revision that must be stored; 0 if nothing may be stored yet.
            along: At most 99 items that are stored unconditionally.
            only_if: What has to be true of the stored item besides; not with ``replaces`` 0.

        Raises:
            ConcurrentModification: Another revision is stored, or it is not as it has to be.
        """
        self._put_together([self._put_if(item, replaces, only_if)], along)

    def put_revisions(self, items: Sequence[tuple[Item, int]], *, along: Sequence[Item]) -> None:
        """Store items if those that they replace are stored, all or nothing.

        Args:
            items: Each with a ``revision``, and the revision that must be stored; 0 if nothing
                may be stored yet. The keys of all items must differ.
            along: Items that are stored unconditionally; at most 100 with the others.

        Raises:
            ConcurrentModification: Another revision of one of them is stored.
        """
        self._put_together([self._put_if(item, old) for item, old in items], along)

    def delete(self, partition: str, sort: str, *, only_if: Condition | None = None) -> bool:
        """Delete an item, and say whether there was one.

        Where an answer is lost and the call sent again, False may also mean that it is gone since.

        Args:
            only_if: What has to be true of the stored item; of none it is never true.

        Raises:
            ConcurrentModification: The item is not as it has to be, or there is none.
        """
        request: dict[str, Any] = {
            "TableName": self._name,
            "Key": key(partition, sort),
            "ReturnValues": "ALL_OLD",
        }
        if only_if is not None:
            request["ConditionExpression"] = only_if.expression.removeprefix(" AND ")
            request["ExpressionAttributeValues"] = dict(only_if.values)
            if only_if.names:
                request["ExpressionAttributeNames"] = dict(only_if.names)
        with self._calls():
            answer = self._client.delete_item(**request)
        return "Attributes" in answer

    def _put_together(self, puts: Sequence[dict[str, Any]], along: Sequence[Item]) -> None:
        # The client library sends a write again whose answer was lost, and then the condition
        # fails on what it stored itself. The id tells that apart from somebody else's write.
        # One item that bears it is proof for all: they were stored together, even if another of
        # them has been changed since.
        write_id = secrets.token_hex(8)
        for put in puts:
            put["Item"] = put["Item"] | {_WRITE_ID: {"S": write_id}}
        with self._calls():
            try:
                if along or len(puts) > 1:
                    writes: list[Any] = [{"Put": put} for put in puts]
                    self._client.transact_write_items(
                        TransactItems=writes + [self._put_always(item) for item in along]
                    )
                else:
                    self._client.put_item(**puts[0])
            except ClientError as error:
                if write_id not in _write_ids_found(error):
                    raise

    def _put_if(
        self, item: Item, replaces: int, only_if: Condition | None = None
    ) -> dict[str, Any]:
        put: dict[str, Any] = {
            "TableName": self._name,
            "Item": item,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if replaces == 0:
            return put | {"ConditionExpression": f"attribute_not_exists({PARTITION})"}
        more = only_if or Condition("", {}, {})
        return put | {
            "ConditionExpression": f"#revision = :replaces{more.expression}",
            "ExpressionAttributeNames": {"#revision": "revision", **more.names},
            "ExpressionAttributeValues": {":replaces": {"N": str(replaces)}, **more.values},
        }

    def _put_always(self, item: Item) -> TransactWriteItemTypeDef:
        return {"Put": {"TableName": self._name, "Item": item}}

    def _pages(self, request: dict[str, Any], limit: int | None) -> Iterator[Item]:
        left = limit
        while left is None or left > 0:
            if left is not None:
                request["Limit"] = left
            with self._calls():
                page = self._client.query(**request)
            yield from page["Items"]
            if left is not None:
                left -= len(page["Items"])
            if not page.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _get_some(self, found: list[Item], keys: Sequence[Item]) -> Sequence[Item]:
        answer = self._client.batch_get_item(
            RequestItems={self._name: {"Keys": keys, "ConsistentRead": True}}
        )
        found += answer["Responses"].get(self._name, [])
        unprocessed = answer["UnprocessedKeys"].get(self._name)
        return unprocessed["Keys"] if unprocessed else ()

    def _put_some(self, items: Sequence[Item]) -> Sequence[Item]:
        answer = self._client.batch_write_item(
            RequestItems={self._name: [{"PutRequest": {"Item": item}} for item in items]}
        )
        return [
            each["PutRequest"]["Item"] for each in answer["UnprocessedItems"].get(self._name, [])
        ]

    def _until_done(
        self, items: Sequence[Item], send: Callable[[Sequence[Item]], Sequence[Item]]
    ) -> None:
        """Send again what DynamoDB left undone because it is throttling.

        Raises:
            StoreUnavailable: Too many calls in a row did nothing.
        """
        fruitless = 0
        while items:
            with self._calls():
                undone = send(items)
            fruitless = fruitless + 1 if len(undone) == len(items) else 0
            if fruitless == _FRUITLESS_CALLS:
                raise StoreUnavailable(f"DynamoDB table {self._name} keeps throttling.")
            if undone:
                longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0**fruitless)
                self._pause(longest * self._chance())
            items = undone

    def _calls(self) -> AbstractContextManager[None]:
        return aws_calls(f"DynamoDB table {self._name}")


def _write_ids_found(error: ClientError) -> set[str]:
    """The ids of the writes that failed conditions met."""
    response: dict[str, Any] = dict(error.response)
    reasons = response.get("CancellationReasons") or [response]
    met = [reason["Item"] for reason in reasons if "Item" in reason]
    return {item[_WRITE_ID]["S"] for item in met if _WRITE_ID in item}
