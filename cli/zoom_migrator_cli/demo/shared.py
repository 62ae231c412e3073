"""What the commands of the demo share: whose clock they may move, and on which day it stands."""

from __future__ import annotations

import os
from datetime import UTC, date, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.telling import days
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.demo.clock_file import ClockFile

CLOCK_VARIABLE: Final = "ZOOM_MIGRATOR_DEMO_CLOCK"
"""Names the file that keeps the clock; `make demo` prints it with the other variables."""

ONLY_REMINDERS: Final = (
    "Only reminders of deadlines go by it; links, waiting times and state machines keep the real "
    "time."
)


def clock_of_demo(connection: Connection) -> ClockFile:
    """The clock of the demo that the command line is pointed at.

    Raises:
        InvalidSettings: It is pointed at anything else, where telling people cannot be undone.
    """
    name = os.environ.get(CLOCK_VARIABLE, "")
    if name and _is_of_this_machine(connection.endpoint_url or ""):
        return ClockFile(Path(name))
    lacks = f"{CLOCK_VARIABLE} is not set" if not name else "this AWS is not on this machine"
    raise InvalidSettings(
        f"Only the demo has a clock that can be moved, and {lacks}.",
        remedy="Set the variables that `make demo` prints, AWS_ENDPOINT_URL among them.",
    )


def day_ahead(connection: Connection, days_ahead: int) -> date:
    """The day so many days from now, in UTC."""
    return connection.clock.now().astimezone(UTC).date() + timedelta(days=days_ahead)


def how_far(days_ahead: int) -> str:
    """How far the clock is ahead, in words."""
    return f"{days(days_ahead)} ahead" if days_ahead else "today"


def _is_of_this_machine(endpoint_url: str) -> bool:
    try:
        host = urlsplit(endpoint_url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
