"""``zoom-migrator demo advance``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final

import typer

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.telling import counted, days
from zoom_migrator.notice_contracts import MAX_DAYS_AHEAD
from zoom_migrator_cli.command import Json, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.demo.clock_file import ClockFile
from zoom_migrator_cli.demo.shared import ONLY_REMINDERS, clock_of_demo, day_ahead, how_far
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.reminding import Reminded

_DAYS: Final = re.compile("([0-9]{1,3})d")


def _whole_days(text: str) -> int:
    found = _DAYS.fullmatch(text.strip())
    count = int(found[1]) if found else 0
    if not 1 <= count <= MAX_DAYS_AHEAD:
        raise typer.BadParameter(
            f"{text!r}: a number of whole days expected, from 1d to {MAX_DAYS_AHEAD}d"
        )
    return count


def advance(
    context: typer.Context,
    by: Annotated[
        int,
        typer.Argument(metavar="DAYS", parser=_whole_days, help="How many whole days, like 7d."),
    ],
    as_json: Json = False,
) -> None:
    """Move the demo's clock ahead, and have people reminded on each day that passes.

    Reminders are sent for each of these days, one after the other, as its schedule would send
    them. Only reminders of deadlines go by this clock; links, waiting times and state machines
    keep the real time. What was sent is not unsent, so the clock does not go back.

    **Examples**

        zoom-migrator demo advance 7d
        zoom-migrator demo advance 30d --json | jq '.reminded[] | .day, .messages'
    """
    connection: Connection = context.obj
    reminded: list[Document] = []
    with reported_errors(as_json=as_json):
        clock = clock_of_demo(connection)
        with clock.held():
            for ahead, report in _reminded(clock, by, connection):
                if not report.due:
                    continue
                reminded.append(_document(ahead, report, connection))
                if not as_json:
                    say(_words(reminded[-1]))
        ahead = clock.days_ahead
    day = day_ahead(connection, ahead)
    if as_json:
        print_json({"day": day, "days_ahead": ahead, "reminded": reminded})
        return
    if not reminded:
        say(f"Nobody was to be reminded of anything within {days(by)}.")
    say(f"The demo's clock stands at {day}, {how_far(ahead)}. {ONLY_REMINDERS}")


def _reminded(clock: ClockFile, by: int, connection: Connection) -> Iterator[tuple[int, Reminded]]:
    """Go from day to day; where one fails, the clock stands at the day before it.

    Raises:
        MigratorError: The clock would go too far, or reminding failed.
    """
    before = clock.days_ahead
    if before + by > MAX_DAYS_AHEAD:
        raise InvalidSettings(
            f"The demo's clock goes {days(MAX_DAYS_AHEAD)} ahead at most, and is {days(before)} "
            "ahead.",
            remedy="Start the demo anew.",
        )
    for ahead in range(before + 1, before + by + 1):
        report = connection.reminding.remind(days_ahead=ahead)
        clock.set(ahead)
        yield ahead, report


def _document(ahead: int, report: Reminded, connection: Connection) -> Document:
    return {
        "day": day_ahead(connection, ahead),
        "due": report.due,
        "late": report.late,
        "messages": report.messages,
    }


def _words(document: Document) -> str:
    due, late, messages = document["due"], document["late"], document["messages"]
    remark = f", {late:,} of them late" if late else ""
    ordered = counted(messages, "message", "messages")
    return f"{document['day']}: {counted(due, 'org', 'orgs')} due{remark}; {ordered} ordered."
