"""Python values as DynamoDB attributes, and back.

What stands on its own is an attribute of its own; what has parts (a snapshot, say) is one attribute
holding JSON text. DynamoDB's own mappings would cost the client library twice the time on every
write and three times on every read, and no access pattern looks into one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.dynamodb.keys import PARTITION, SORT, Item, timestamp
from zoom_migrator.domain.errors import InvariantViolation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Plain = str | bool | int | list[Plain] | dict[str, Plain]

# An item may have 400 KB. What Salesforce says has no bound of its own, so it gets one here.
MAX_TEXT_CHARACTERS: Final = 2_000
MAX_LIST_ENTRIES: Final = 1_000

_log = logging.getLogger(__name__)


def item_of(values: Mapping[str, object]) -> Item:
    """Encode values by attribute name; what is None is left out.

    Texts, whole numbers, truth values, dates, times, and tuples and dictionaries of these are
    known. Texts and tuples are cut to their bounds.

    Raises:
        InvariantViolation: A value is of another type, or a time has no time zone.
    """
    return {name: _attribute(_plain(value)) for name, value in values.items() if value is not None}


def _plain(value: object) -> Plain:
    if isinstance(value, str):
        return _bounded(value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if part is not None}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value[:MAX_LIST_ENTRIES]]
    raise InvariantViolation(f"A {type(value).__name__} cannot be stored.")


def _attribute(value: Plain) -> AttributeValueTypeDef:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, dict):
        return {"S": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}
    return {"L": [_attribute(entry) for entry in value]}


def _bounded(text: str) -> str:
    if not text.isascii():
        # Half of a surrogate pair, which a JSON answer may hold, is not valid UTF-8.
        text = text.encode("utf-8", "replace").decode("utf-8")
    if len(text) <= MAX_TEXT_CHARACTERS:
        return text
    return text[: MAX_TEXT_CHARACTERS - 1] + "…"


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
        value = self._values[name]
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
