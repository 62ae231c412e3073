"""``zoom-migrator notices addresses``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from zoom_migrator.domain.mute import TRY_CHANNEL_AGAIN_AFTER
from zoom_migrator.domain.telling import one_line
from zoom_migrator.notice_settings import WEBHOOK
from zoom_migrator_cli.command import Json, Yes, console, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.layout import columns_table, moment, named
from zoom_migrator_cli.notices.allow import lift
from zoom_migrator_cli.notices.contacts import FleetContacts, contacts_of_fleet
from zoom_migrator_cli.notices.mutes import mute_text
from zoom_migrator_cli.stuck import name_of

_NAMED: Final = 10


def addresses(
    context: typer.Context,
    allow: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Send to this e-mail address, or to this Slack channel, again from now on; "
            f"`{WEBHOOK}` is the channel of the incoming webhook.",
        ),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Show to whom nothing is sent, why, and who is not reminded.

    An e-mail address is stopped where mail to it bounced for good, or where its owner called it
    spam; a Slack channel where Slack refused for good. The operators are told in their place. A
    channel is tried once more after a day by itself, an address never.

    **Examples**

        zoom-migrator notices addresses
        zoom-migrator notices addresses --allow ada@acme.example
        zoom-migrator notices addresses --allow C012AB3CD
        zoom-migrator notices addresses --json | jq '.addresses[] | select(.cause == "bounce")'
    """
    connection: Connection = context.obj
    if allow is not None:
        lift(allow.strip(), connection, may_ask=not yes, as_json=as_json)
        return
    with reported_errors(as_json=as_json):
        found = contacts_of_fleet(connection)
    if as_json:
        print_json(found.documents())
    else:
        _print(found)


def _print(found: FleetContacts) -> None:
    if not (found.stopped or found.troubles or found.mutes):
        say("Nothing keeps anybody from being told.")
    if found.stopped:
        say("[bold]Addresses that nothing is sent to[/]; `--allow ADDRESS` lifts that")
        console.print(_addresses_table(found))
    if found.troubles:
        say("[bold]Slack channels that take nothing[/]; `--allow CHANNEL` has one tried at once")
        console.print(_channels_table(found))
    if found.mutes:
        say("[bold]Who is not reminded[/]; `zoom-migrator notices unmute` ends it")
        console.print(_mutes_table(found))


def _addresses_table(found: FleetContacts) -> Table:
    table = columns_table("Address", "Since", "Why, and who is not told by it")
    for each in found.stopped:
        why = f"{each.cause}: {one_line(each.detail)}" if each.detail else each.cause
        orgs = _org_names(found.orgs_of_address(each.address), found)
        if each.address == found.operators_email:
            orgs = "the operators"
        table.add_row(escape(each.address), moment(each.at), f"{escape(why)}\n{orgs}")
    return table


def _channels_table(found: FleetContacts) -> Table:
    table = columns_table("Channel", "Since", "Why, until when, and whose notices go by mail")
    for each in found.troubles:
        again = f"tried once more after {moment(each.at + TRY_CHANNEL_AGAIN_AFTER)}"
        orgs = _org_names(found.orgs_of_channel(each.channel), found)
        table.add_row(
            escape(each.channel or WEBHOOK),
            moment(each.since),
            f"{escape(one_line(each.error))}, {again}\n{orgs}",
        )
    return table


def _mutes_table(found: FleetContacts) -> Table:
    table = columns_table("Org", "Since", "Who, until when, and why")
    for mute in found.mutes:
        org = named(name_of(mute.org_id, found.orgs), mute.org_id) if mute.org_id else "all orgs"
        why = one_line(f"{mute.reason}, by {mute.by}" if mute.reason else f"by {mute.by}")
        table.add_row(org, moment(mute.at), escape(f"{mute_text(mute)}\n{why}"))
    return table


def _org_names(org_ids: Sequence[str], found: FleetContacts) -> str:
    """Some orgs by name; the others are counted."""
    names = [escape(name_of(org_id, found.orgs)) for org_id in org_ids[:_NAMED]]
    more = len(org_ids) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "") or "[dim]no org[/]"
