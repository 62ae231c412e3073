"""DynamoDB attributes as Python values again, by name and type."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from zoom_migrator.adapters.dynamodb.keys import PARTITION, SORT, Item
from zoom_migrator.domain.errors import InvariantViolation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_log = logging.getLogger(__name__)


class Fields:
    """Reads values by name and type.

    Every method raises :class:`InvariantViolation`, naming item and attribute, where something
    else is stored than the method is to read, or nothing is and there is no default.
    """

    def __init__(self, values: Mapping[str, object], place: str) -> None:
        """Take the values, and where they are stored."""
        self._values = values
        self._place = place

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def text(self, name: str, default: str | None = None) -> str:
        """A text."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise self._unreadable(name)
        return value

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        value = self._values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._unreadable(name)
        return value

    def number_or_none(self, name: str) -> int | None:
        """A whole number, or None where there is none."""
        return self.number(name) if name in self._values else None

    def flag(self, name: str) -> bool:
        """A truth value; False where there is none."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise self._unreadable(name)
        return value

    def parsed[T](self, name: str, parse: Callable[[str], T]) -> T | None:
        """A text turned into something else, or None where there is none."""
        if name not in self._values:
            return None
        try:
            return parse(self.text(name))
        except ValueError:
            raise self._unreadable(name) from None

    def moment(self, name: str) -> datetime:
        """A time."""
        value = self.parsed(name, datetime.fromisoformat)
        if value is None:
            raise self._unreadable(name)
        return value

    def choice[E: StrEnum](self, name: str, kind: type[E]) -> E:
        """A member of an enumeration."""
        value = self.parsed(name, kind)
        if value is None:
            raise self._unreadable(name)
        return value

    def texts[T](self, name: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """A sequence of texts, each turned into something else; empty where there is none."""
        value = self._values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self._unreadable(name)
        try:
            return tuple(parse(entry) for entry in value)
        except ValueError:
            raise self._unreadable(name) from None

    def inner(self, name: str) -> Fields | None:
        """The parts of a value that has parts, or None where there is none."""
        if name not in self._values:
            return None
        return self._parts(self._values[name], name)

    def required(self, name: str) -> Fields:
        """The parts of a value that has parts and has to be there."""
        parts = self.inner(name)
        if parts is None:
            raise self._unreadable(name)
        return parts

    def inners(self, name: str) -> tuple[Fields, ...]:
        """The parts of each value of a sequence; empty where there is none."""
        values = self._values.get(name, [])
        if not isinstance(values, list):
            raise self._unreadable(name)
        return tuple(self._parts(value, name) for value in values)

    def _parts(self, value: object, name: str) -> Fields:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise self._unreadable(name) from None
        if not isinstance(value, dict):
            raise self._unreadable(name)
        return Fields(value, f"{self._place} / {name}")

    def _unreadable(self, name: str) -> InvariantViolation:
        return InvariantViolation(
            f"Attribute {name!r} of item {self._place} is missing or unreadable.",
            remedy="Was the item written by a newer release, or changed by hand?",
        )


def fields_of(item: Item) -> Fields:
    """The attributes of an item; those of a type that the product does not store are left out."""
    values = {name: _value(attribute) for name, attribute in item.items()}
    return Fields(
        {name: value for name, value in values.items() if value is not None},
        f"{values.get(PARTITION)} / {values.get(SORT)}",
    )


def _value(attribute: AttributeValueTypeDef) -> object:
    if "S" in attribute:
        return attribute["S"]
    if "N" in attribute:
        return int(attribute["N"]) if attribute["N"].lstrip("-").isdecimal() else None
    if "L" in attribute:
        return [_value(entry) for entry in attribute["L"]]
    return attribute.get("BOOL")


def readable[T](items: Iterable[Item], decode: Callable[[Item], T]) -> Iterator[T]:
    """Decode items, leaving out (and logging) those that cannot be read.

    One damaged item must not hide all others from a list, nor stop the scan of a whole fleet.
    """
    for item in items:
        try:
            decoded = decode(item)
        except InvariantViolation as error:
            _log.error("item_unreadable", extra={"reason": error.message})
        else:
            yield decoded
