"""``zoom-migrator demo clock``."""

from __future__ import annotations

import typer

from zoom_migrator_cli.command import Json, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.demo.shared import ONLY_REMINDERS, clock_of_demo, day_ahead, how_far


def clock(context: typer.Context, as_json: Json = False) -> None:
    """Show on which day the demo's clock stands, in UTC.

    Only reminders of deadlines go by it; links, waiting times and state machines keep the real
    time.

    **Examples**

        zoom-migrator demo clock
        zoom-migrator demo clock --json | jq -r .day
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        ahead = clock_of_demo(connection).days_ahead
    day = day_ahead(connection, ahead)
    if as_json:
        print_json({"day": day, "days_ahead": ahead})
    else:
        say(f"The demo's clock stands at {day}, {how_far(ahead)}. {ONLY_REMINDERS}")
