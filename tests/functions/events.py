"""The example events: what each function gets from AWS, in every variant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
DIRECTORY: Final = ROOT / "events"
# What the product itself publishes goes to no function of that name.
OF_THE_PRODUCTS_OWN_BUS: Final = ("schemas", "examples")

type Event = dict[str, Any]


def event_names() -> list[str]:
    """All events, such as ``plan_scan/started_by_schedule``."""
    files = (path.relative_to(DIRECTORY) for path in DIRECTORY.rglob("*") if path.is_file())
    return sorted(
        str(path.with_suffix("")) for path in files if path.parts[0] not in OF_THE_PRODUCTS_OWN_BUS
    )


def function_of(name: str) -> str:
    """The function that an event is for."""
    return name.partition("/")[0]


def load_event(name: str) -> Event:
    """The event of that name."""
    return dict(json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8")))
