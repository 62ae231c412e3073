"""``zoom-migrator migrate watch``, ``stop`` and ``resume``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from zoom_migrator.use_cases.find_migration import find_migration
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.resume_migration import resume_migration
from zoom_migrator.use_cases.stop_migration import stop_migration
from zoom_migrator_cli.command import Json, OrgId, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.migrate.documents import migration_document
from zoom_migrator_cli.migrate.follow import Timeout, follow

_SOME_GONE = (
    "Old keys were being removed, and some may be gone already. What is left of them, and whether "
    "they can be put back: `zoom-migrator jwt show {org_id}`"
)
_GOES_ON = (
    "Salesforce may have begun the install, and cannot be told to stop it: what it began goes on. "
    "The next scan sees the version that comes of it."
)


def watch(context: typer.Context, org: OrgId, timeout: Timeout = 60, as_json: Json = False) -> None:
    """Follow an org's migration until a person is needed or it is over.

    Ctrl-C ends the watching; the migration goes on.

    **Examples**

        zoom-migrator migrate watch 00D5g000001AbCdEAK
        zoom-migrator migrate watch 00D5g000001AbCdEAK --timeout 240 --json
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = find_org(org, orgs=connection.orgs)
        newest = find_migration(
            found.org_id, None, orgs=connection.orgs, migrations=connection.migrations
        )
        follow(found, newest.attempt, connection, timeout=timeout, as_json=as_json)


def stop(
    context: typer.Context,
    org: OrgId,
    reason: Annotated[
        str, typer.Option(help="Why, for the audit trail.", show_default=False)
    ] = "no reason given",
    as_json: Json = False,
) -> None:
    """Stop an org's migration; links and requests for consent that are open end with it.

    An install that Salesforce has begun goes on. No scan begins the org again; you have to, with
    `migrate start`. While old keys are being removed it is refused, for minutes at most.

    **Examples**

        zoom-migrator migrate stop 00D5g000001AbCdEAK --reason "change freeze until January"
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = find_org(org, orgs=connection.orgs)
        stopped = stop_migration(
            found.org_id,
            requested_by=connection.actor,
            reason=reason,
            orgs=connection.orgs,
            migrations=connection.migrations,
            workflow=connection.migration_workflow,
            clock=connection.clock,
        )
    install = stopped.install
    may_go_on = install is not None and bool(install.request_id or install.intended_at)
    some_gone = stopped.removal is not None
    if as_json:
        told = {"install_may_go_on": may_go_on, "keys_may_be_removed": some_gone}
        print_json(migration_document(stopped, found) | told)
        return
    say(f"Stopped migration {stopped.attempt} of {escape(found.registration.display_name)}.")
    if may_go_on:
        say(f"[yellow]{_GOES_ON}[/]")
    if some_gone:
        say(f"[yellow]{_SOME_GONE.format(org_id=found.org_id)}[/]")


def resume(
    context: typer.Context,
    org: OrgId,
    wait: Annotated[
        bool, typer.Option("--wait", help="Follow it until a person is needed or it is over.")
    ] = False,
    timeout: Timeout = 60,
    as_json: Json = False,
) -> None:
    """Take an org up again whose migration could not go on, once its cause is mended.

    It goes on where it stood: consent to the same version stays given, and an install that the
    org is still busy with is followed.

    **Examples**

        zoom-migrator migrate resume 00D5g000001AbCdEAK --wait
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = find_org(org, orgs=connection.orgs)
        resumed = resume_migration(
            found.org_id,
            requested_by=connection.actor,
            orgs=connection.orgs,
            migrations=connection.migrations,
            workflow=connection.migration_workflow,
            clock=connection.clock,
        )
        if wait:
            follow(found, resumed.attempt, connection, timeout=timeout, as_json=as_json)
            return
    if as_json:
        print_json(migration_document(resumed, found))
        return
    say(
        f"Resumed {escape(found.registration.display_name)} as migration {resumed.attempt}: "
        f"`zoom-migrator migrate show {found.org_id}`"
    )
