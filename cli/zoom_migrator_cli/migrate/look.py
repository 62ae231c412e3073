"""``zoom-migrator migrate list``, ``show`` and ``link``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.find_migration import find_migration
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator_cli.command import Json, OrgId, console, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.layout import facts_table, without_blanks
from zoom_migrator_cli.migrate.awaited import Awaited, awaited, awaited_link, link_to
from zoom_migrator_cli.migrate.documents import (
    guide_document,
    link_document,
    migration_document,
)
from zoom_migrator_cli.migrate.fleet import newest_migrations
from zoom_migrator_cli.migrate.follow import Seen, look_at, say_that_its_run_is_dead
from zoom_migrator_cli.migrate.proofs import proofs_table
from zoom_migrator_cli.migrate.tables import findings_table, migrations_table, standing
from zoom_migrator_cli.migrate.words import last_try


def list_(
    context: typer.Context,
    active: Annotated[
        bool, typer.Option("--active", help="Only migrations that are under way.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the newest migration of every org: its step, what it waits for, what comes next.

    **Examples**

        zoom-migrator migrate list --active
        zoom-migrator migrate list --json | jq '.[] | select(.outcome == "blocked")'
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        rows = newest_migrations(
            orgs=connection.orgs, migrations=connection.migrations, active=active
        )
    if as_json:
        print_json([migration_document(migration, org) for org, migration in rows])
    elif rows:
        console.print(migrations_table(rows))
    else:
        say("No migration: `zoom-migrator migrate start --all-behind --dry-run`.")


def show(
    context: typer.Context,
    org: OrgId,
    attempt: Annotated[
        int | None, typer.Option(min=1, help="Which attempt; the newest otherwise.")
    ] = None,
    with_link: Annotated[
        bool, typer.Option("--link", help="Also the link to what it waits for.")
    ] = False,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Also how a person upgrades the org.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show everything known of an org's migration, and whether it is alive.

    Whoever has the link of `--link` can open the request for consent, authorization or removal
    of the old keys; hand it to nobody but the org's admin.

    **Examples**

        zoom-migrator migrate show 00D5g000001AbCdEAK
        zoom-migrator migrate show 00D5g000001AbCdEAK --attempt 1 --json
        zoom-migrator migrate show 00D5g000001AbCdEAK --by-hand
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = find_org(org, orgs=connection.orgs)
        wanted = find_migration(
            found.org_id, attempt, orgs=connection.orgs, migrations=connection.migrations
        )
        seen = look_at(found, wanted.attempt, connection)
        waits_by_hand = seen.migration.step is MigrationStep.AWAITING_UPGRADE_BY_HAND
        more: Document = {"run_failure": seen.failure or None}
        if by_hand or waits_by_hand:
            more["guide"] = guide_document(found, connection.version_id)
        request = awaited(found, seen.migration, connection.clock.now())
        if with_link:
            more["link"] = link_to(request, connection).address if request else None
    if as_json:
        print_json(migration_document(seen.migration, found) | more)
    else:
        _print(seen, found, more)
        _print_link(request, more)


def link(context: typer.Context, org: OrgId, as_json: Json = False) -> None:
    """Print the link to the page that somebody is waited for to open.

    That is the page on which the org's Salesforce admin approves the upgrade, the one from which
    its Zoom admin authorizes at Zoom, or the one on which the Salesforce admin decides about the
    old keys. It works until the request is answered or out of date. Whoever has it can open the
    request; hand it to nobody else.

    **Examples**

        zoom-migrator migrate link 00D5g000001AbCdEAK
        zoom-migrator migrate link 00D5g000001AbCdEAK --json | jq -r .awaits
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = awaited_link(find_org(org, orgs=connection.orgs), connection)
    if as_json:
        print_json(link_document(found))
    else:
        # Bare, so that it can be piped on.
        typer.echo(found.address)


def _print(seen: Seen, org: Org, more: Document) -> None:
    migration = seen.migration
    document = migration_document(migration, org)
    del document["findings"], document["verifications"]
    console.print(
        f"[bold]{escape(org.registration.display_name)}[/], migration {migration.attempt}:",
        standing(migration),
    )
    say_that_its_run_is_dead(seen)
    console.print(facts_table(without_blanks(document)))
    if migration.findings:
        say("\n[bold]Pre-flight[/]")
        console.print(findings_table(migration.findings))
    if migration.verifications:
        say("\n[bold]Proofs[/]: Zoom answered a call with the org's grant")
        console.print(proofs_table(migration.verifications))
    if came_to_nothing := last_try(migration):
        say(f"\n{escape(came_to_nothing)}")
    for number, step in enumerate(more.get("guide", {}).get("steps", ()), start=1):
        say(("\n[bold]By hand[/]\n" if number == 1 else "") + f"  {number}. {escape(step)}")


def _print_link(request: Awaited | None, more: Document) -> None:
    if request is None:
        if "link" in more:
            say("\nNo answer is awaited, so there is no link.")
    elif "link" in more:
        say("\n[bold]Link[/]")
        typer.echo(more["link"])
    else:
        org_id = request.org.org_id
        say(f"\nThe link to what it waits for: `zoom-migrator migrate link {org_id}`")
