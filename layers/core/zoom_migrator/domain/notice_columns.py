"""The columns of the fleet file that say how people are told, with the rule of each."""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from zoom_migrator.domain.fleet_columns import shown

# Sources: Slack's ids of channels begin with C or G; its names are lower-case letters, digits,
# hyphens and underscores, up to 80 of them.
_CHANNEL_ID: Final = re.compile(r"[CG][A-Z0-9]{7,20}")
_CHANNEL_NAME: Final = re.compile(r"#?(?P<name>[\w-]{1,80})")


def slack_channel(text: str) -> str:
    """A Slack channel, by its id or as ``#name``; empty for the fleet's own."""
    named = _CHANNEL_NAME.fullmatch(text)
    if not text or _CHANNEL_ID.fullmatch(text) is not None:
        return text
    if named is None or named["name"] != named["name"].lower():
        raise ValueError(
            f"{shown(text)!r} is not a Slack channel: its id, such as C012AB3CD, or its name in "
            "lower case"
        )
    return f"#{named['name']}"


def time_zone(text: str) -> str:
    """The name of a time zone; empty for the fleet's own."""
    if text and text not in _time_zones():
        raise ValueError(f"{shown(text)!r} is not a time zone such as Europe/Berlin")
    return text


@cache
def _time_zones() -> frozenset[str]:
    """All of them; a file has many rows, and the list is read from many files."""
    return frozenset(available_timezones())
