"""Time that passes: everything that is stored grows older, and the clocks stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from tests.adapters.embedded_aws import client
from zoom_migrator.adapters.dynamodb.keys import PARTITION, SORT

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)")
# An item is found by these.
_KEYS: Final = (PARTITION, SORT)


def grow_older(table: str, seconds: float) -> None:
    """Make every time in a table lie so much further back."""
    older = _older_by(timedelta(seconds=seconds))
    for item in client("dynamodb").scan(TableName=table)["Items"]:
        keys = {name: item.pop(name) for name in _KEYS}
        text = json.dumps(item)
        changed = _MOMENT.sub(older, text)
        if changed != text:
            client("dynamodb").put_item(TableName=table, Item=json.loads(changed) | keys)


def _older_by(much: timedelta) -> Callable[[re.Match[str]], str]:
    def older(found: re.Match[Any]) -> str:
        return (datetime.fromisoformat(found[0]) - much).isoformat()

    return older
