"""``zoom-migrator notices mute``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from rich.markup import escape

from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.mute_fleet import mute_fleet
from zoom_migrator.use_cases.mute_notices import mute_org
from zoom_migrator_cli.answers.person import OptionalReason
from zoom_migrator_cli.command import Json, Yes, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.notices.mutes import (
    REMINDERS,
    STILL_SENT,
    AllOrgs,
    OneOrg,
    insist_on_one,
    mute_document,
)
from zoom_migrator_cli.ports import mute_ports


def mute(
    context: typer.Context,
    until: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DATE", help="The day on which reminders come again."
        ),
    ],
    org: OneOrg = None,
    is_all: AllOrgs = False,
    reason: OptionalReason = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Spare everybody reminders about an org, or about all orgs, until a day.

    It says what is sent all the same, and asks where all orgs are meant. What an org waits for
    goes on waiting, and its deadline does not move. A new day takes the place of the one before.

    **Examples**

        zoom-migrator notices mute 00D5g000001AbCdEAK --until 2026-08-01 --reason "change freeze"
        zoom-migrator notices mute --all --until 2026-01-07 --reason "holidays"
    """
    connection: Connection = context.obj
    insist_on_one(org, is_all=is_all)
    day = _day_to_come(until, connection)
    with reported_errors(as_json=as_json):
        found = find_org(org, orgs=connection.orgs) if org is not None else None
        deadline = deadline_of(found, connection.deadline) if found else connection.deadline
        if found is None and not (yes or as_json):
            typer.confirm(f"Have nobody reminded of any org until {day}?", abort=True)
        muted = _mute(found, day, reason or "", connection)
    if as_json:
        print_json(
            mute_document(muted, {found.org_id: found} if found else {})
            | {"muted_kinds": REMINDERS, "jwt_ends": deadline}
        )
    else:
        _print(found, day, deadline)


def _day_to_come(until: datetime, connection: Connection) -> date:
    day = until.date()
    if day <= connection.clock.now().date():
        raise typer.BadParameter(f"{day} is not to come", param_hint="--until")
    return day


def _mute(org: Org | None, until: date, reason: str, connection: Connection) -> Mute:
    actor = connection.actor
    if org is None:
        return mute_fleet(
            until=until,
            requested_by=actor,
            reason=reason,
            contacts=connection.contacts,
            clock=connection.clock,
        )
    return mute_org(
        org.org_id,
        until=until,
        requested_by=actor,
        reason=reason,
        ports=mute_ports(connection),
    )


def _print(org: Org | None, until: date, deadline: date) -> None:
    what = escape(org.registration.display_name) if org else "any org"
    say(f"Nobody is reminded of {what} before {until}; on that day reminders come again.")
    say(STILL_SENT)
    if deadline < until:
        whose = "the org" if org else "the fleet"
        say(f"[yellow]Before that day, on {deadline}, JWT ends for {whose}.[/]")
