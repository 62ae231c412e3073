"""Capacity units of the table's calls, from the sizes of the items in them."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, Final

from zoom_migrator.adapters.dynamodb.keys import INDEX_PARTITION

# Source: DynamoDB Developer Guide, "Read and write operations" and "Item sizes and formats".
_BYTES_A_READ: Final = 4_096
_BYTES_A_WRITE: Final = 1_024
_BYTES_OF_A_COLLECTION: Final = 3
WRITES: Final = frozenset(("PutItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"))
type _Document = Mapping[str, Any]


def size_of(item: _Document) -> int:
    """Bytes of an item: names and values."""
    return sum(len(name.encode()) + _size_of_value(value) for name, value in item.items())


def written(operation: str, call: _Document, answer: _Document) -> int:
    """Write units of a call; a write whose condition failed costs as much.

    Raises:
        LookupError: It is unknown what the operation costs.
    """
    match operation:
        case "PutItem":
            return _units_of_put(call["Item"])
        case "DeleteItem":
            return _units_of_put(answer.get("Attributes", {}))
        case "BatchWriteItem":
            requests = (one for each in call["RequestItems"].values() for one in each)
            return sum(_units_of_put(each["PutRequest"]["Item"]) for each in requests)
        case "TransactWriteItems":
            return sum(_units_of_transacted(each["Put"]["Item"]) for each in call["TransactItems"])
    raise LookupError(f"what does {operation} cost?")


def read(operation: str, call: _Document, answer: _Document) -> float:
    """Read units of a call; what is not found costs one.

    Raises:
        LookupError: It is unknown what the operation costs.
    """
    match operation:
        case "GetItem":
            return _of_consistency(call) * _read_units(size_of(answer.get("Item", {})))
        case "Query":
            total = sum(size_of(item) for item in answer.get("Items", ()))
            return _of_consistency(call) * _read_units(total)
        case "BatchGetItem":
            return sum(
                _of_consistency(asked) * _units_of_batch(asked, answer, table)
                for table, asked in call["RequestItems"].items()
            )
    raise LookupError(f"what does {operation} cost?")


def _units_of_batch(asked: _Document, answer: _Document, table: str) -> int:
    found = answer.get("Responses", {}).get(table, ())
    missing = len(asked["Keys"]) - len(found)
    return missing + sum(_read_units(size_of(item)) for item in found)


def _units_of_put(item: _Document) -> int:
    return max(1, ceil(size_of(item) / _BYTES_A_WRITE)) + _units_of_index(item)


def _units_of_transacted(item: _Document) -> int:
    return 2 * max(1, ceil(size_of(item) / _BYTES_A_WRITE)) + _units_of_index(item)


def _units_of_index(item: _Document) -> int:
    # The index holds keys only; a write that leaves them as they are costs less than this.
    return 1 if INDEX_PARTITION in item else 0


def _read_units(size: int) -> int:
    return max(1, ceil(size / _BYTES_A_READ))


def _of_consistency(call: _Document) -> float:
    return 1 if call.get("ConsistentRead") else 0.5


def _size_of_value(value: _Document) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "B":
            return len(content)
        case "M":
            return _BYTES_OF_A_COLLECTION + len(content) + size_of(content)
        case "L":
            sizes = (_size_of_value(each) for each in content)
            return _BYTES_OF_A_COLLECTION + len(content) + sum(sizes)
        case "SS":
            return sum(len(each.encode()) for each in content)
        case _:
            return 1
