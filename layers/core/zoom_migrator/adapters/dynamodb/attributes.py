"""Python values as DynamoDB attributes; ``fields`` reads them back.

What stands on its own is an attribute of its own; what has parts (a snapshot, say) is one attribute
holding JSON text. DynamoDB's own mappings would cost the client library twice the time on every
write and three times on every read, and no access pattern looks into one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.dynamodb.keys import Item, timestamp
from zoom_migrator.domain.errors import InvariantViolation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Plain = str | bool | int | list[Plain] | dict[str, Plain]

# An item may have 400 KB. What Salesforce says has no bound of its own, so it gets one here.
MAX_TEXT_CHARACTERS: Final = 2_000
MAX_LIST_ENTRIES: Final = 1_000
# Made once: ``json.dumps`` would make one for every value.
_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def item_of(values: Mapping[str, object]) -> Item:
    """Encode values by attribute name; what is None is left out.

    Texts, whole numbers, truth values, dates, times, and tuples and dictionaries of these are
    known. Texts and tuples are cut to their bounds.

    Raises:
        InvariantViolation: A value is of another type, or a time has no time zone.
    """
    return {name: _attribute(value) for name, value in values.items() if value is not None}


def _attribute(value: object) -> AttributeValueTypeDef:
    if isinstance(value, str):
        # Nearly all are short and plain, and a call for each would take longer than all the rest.
        is_plain = value.isascii() and len(value) <= MAX_TEXT_CHARACTERS
        return {"S": value if is_plain else _bounded(value)}
    if isinstance(value, datetime):
        return {"S": timestamp(value)}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, tuple):
        return {"L": [_attribute(entry) for entry in value[:MAX_LIST_ENTRIES]]}
    plain = _plain(value)
    return {"S": plain if isinstance(plain, str) else _json(plain)}


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


def _bounded(text: str) -> str:
    if not text.isascii():
        # Half of a surrogate pair, which a JSON answer may hold, is not valid UTF-8.
        text = text.encode("utf-8", "replace").decode("utf-8")
    if len(text) <= MAX_TEXT_CHARACTERS:
        return text
    return text[: MAX_TEXT_CHARACTERS - 1] + "…"
