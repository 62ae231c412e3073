"""``zoom-migrator notices unmute``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape

from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.mute_fleet import unmute_fleet
from zoom_migrator.use_cases.mute_notices import unmute_org
from zoom_migrator_cli.command import Json, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.notices.mutes import (
    AllOrgs,
    OneOrg,
    active,
    insist_on_one,
    mute_document,
    mute_text,
)
from zoom_migrator_cli.ports import mute_ports


def unmute(
    context: typer.Context,
    org: OneOrg = None,
    is_all: AllOrgs = False,
    address: Annotated[
        str,
        typer.Option(
            help="Of somebody who has unsubscribed and wants to be reminded again, of all orgs."
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Have people reminded again of an org, or of all orgs that are not muted by themselves.

    It says who is not reminded even so. Reminders that were missed meanwhile are not made up for:
    the next ones come on their days.

    **Examples**

        zoom-migrator notices unmute 00D5g000001AbCdEAK
        zoom-migrator notices unmute 00D5g000001AbCdEAK --address ada@acme.example
        zoom-migrator notices unmute --all
    """
    connection: Connection = context.obj
    insist_on_one(org, is_all=is_all)
    if is_all and address:
        raise typer.BadParameter("--address goes with an ORG")
    with reported_errors(as_json=as_json):
        found = find_org(org, orgs=connection.orgs) if org is not None else None
        was_muted = _unmute(found, address, connection)
        left = _left(found, connection)
    if as_json:
        _print_document(found, was_muted, left)
    else:
        _print(found, was_muted, left)


def _unmute(org: Org | None, address: str, connection: Connection) -> bool:
    if org is None:
        return unmute_fleet(requested_by=connection.actor, contacts=connection.contacts)
    return unmute_org(
        org.org_id, address=address, requested_by=connection.actor, ports=mute_ports(connection)
    )


def _left(org: Org | None, connection: Connection) -> list[Mute]:
    """Who is not reminded of the org, or of any, even so."""
    mutes = connection.contacts.mutes([org.org_id] if org else [])
    return active(mutes, connection.clock.now().date())


def _print_document(org: Org | None, was_muted: bool, left: Sequence[Mute]) -> None:
    orgs = {org.org_id: org} if org else {}
    print_json(
        {
            "org_id": org.org_id if org else None,
            "was_muted": was_muted,
            "still_muted": [mute_document(mute, orgs) for mute in left],
        }
    )


def _print(org: Org | None, was_muted: bool, left: Sequence[Mute]) -> None:
    what = escape(org.registration.display_name) if org else "All orgs"
    verb = "is" if org else "are"
    say(f"{what} {verb} not muted any more." if was_muted else f"{what} {verb} not muted by that.")
    for mute in left:
        say(f"[yellow]Still not reminded:[/] {escape(mute_text(mute))}")
