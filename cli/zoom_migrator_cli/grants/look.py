"""``zoom-migrator grants list`` and ``show``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator_cli.command import Json, console, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.grants.documents import grant_document
from zoom_migrator_cli.grants.shared import GrantOrOrg, SharedGrant, every_grant, found_grant
from zoom_migrator_cli.grants.words import to_do_about
from zoom_migrator_cli.layout import columns_table, facts_table, moment, named, without_blanks

_STYLES: Final = {
    GrantStatus.LIVE: "green",
    GrantStatus.DEAD: "bold red",
    GrantStatus.UNKNOWN: "yellow",
}


def list_(
    context: typer.Context,
    status: Annotated[
        list[GrantStatus] | None, typer.Option(help="Only grants with this status; repeatable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List all grants: who gave them, which orgs use them, and whether they are alive.

    Zoom keeps one grant for each user and app, so orgs with one Zoom admin share one.

    **Examples**

        zoom-migrator grants list
        zoom-migrator grants list --status dead --status unknown
        zoom-migrator grants list --json | jq -r '.[] | select(.status != "live") | .orgs[].org_id'
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = every_grant(connection, status or ())
    if as_json:
        now = connection.clock.now()
        print_json([grant_document(shared, now) for shared in found])
    elif found:
        console.print(_table(found))
    elif status:
        say("No such grant.")
    else:
        say("No grant yet: nobody has authorized an org at Zoom.")


def show(context: typer.Context, grant: GrantOrOrg, as_json: Json = False) -> None:
    """Show everything known of a grant; its tokens are never shown.

    **Examples**

        zoom-migrator grants show 00D5g000001AbCdEAK
        zoom-migrator grants show 5d1f0c9e3b7a4c6d8e2f1a0b9c8d7e6f --json
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        shared = found_grant(grant, connection)
    document = grant_document(shared, connection.clock.now())
    if as_json:
        print_json(document)
        return
    del document["orgs"]
    console.print(f"[bold]{escape(shared.grant.email)}[/]:", _standing(shared))
    console.print(facts_table(without_blanks(document)))
    print_users(shared)


def print_users(shared: SharedGrant) -> None:
    """Say which orgs use a grant."""
    if not shared.users:
        say("\nNo org uses it.")
        return
    noun = "org uses" if len(shared.users) == 1 else "orgs use"
    say(f"\n[bold]{len(shared.users)} {noun} it[/]")
    for org_id, name in shared.users:
        say(f"  {org_id}  {escape(name) or '[dim]not registered any more[/]'}")


def _table(found: Sequence[SharedGrant]) -> Table:
    table = columns_table("Grant", "Zoom admin", "Orgs that use it, and what to do")
    for shared in found:
        grant = shared.grant
        users = (named(name, org_id) for org_id, name in shared.users)
        table.add_row(
            Text.assemble(
                grant.grant_id, "\n", _standing(shared), f"\ntokens of {moment(grant.issued_at)}"
            ),
            escape(f"{grant.email}\n{grant.subject.account_id}"),
            "\n".join((*users, escape(to_do_about(grant)))),
        )
    return table


def _standing(shared: SharedGrant) -> Text:
    grant = shared.grant
    label = f"{grant.status} ({grant.problem})" if grant.problem else str(grant.status)
    return Text(label, style=_STYLES[grant.status])
