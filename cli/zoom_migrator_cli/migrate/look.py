"""``zoom-migrator migrate list``, ``show`` and ``link``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.answer_approval import ApprovalRequest, approval_link, open_request
from zoom_migrator.use_cases.find_migration import find_migration
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator_cli.command import Json, OrgId, console, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.layout import facts_table, without_blanks
from zoom_migrator_cli.migrate.documents import guide_document, migration_document
from zoom_migrator_cli.migrate.fleet import newest_migrations
from zoom_migrator_cli.migrate.follow import Seen, look_at, say_that_its_run_is_dead
from zoom_migrator_cli.migrate.tables import findings_table, migrations_table, standing
from zoom_migrator_cli.migrate.words import moment


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
        bool, typer.Option("--link", help="Also the link to the page on which it is approved.")
    ] = False,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Also how a person upgrades the org.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show everything known of an org's migration, and whether it is alive.

    Whoever has the link of `--link` can open the request for consent; hand it to nobody but the
    org's admin.

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
        if with_link:
            more["link"] = _link(found, seen.migration, connection)
    if as_json:
        print_json(migration_document(seen.migration, found) | more)
    else:
        _print(seen, found, more)


def link(context: typer.Context, org: OrgId, as_json: Json = False) -> None:
    """Print the link to the page on which the org's admin approves the upgrade.

    It works until the request is answered or out of date. Whoever has it can open the request;
    hand it to nobody but the org's admin.

    **Examples**

        zoom-migrator migrate link 00D5g000001AbCdEAK
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        request = open_request(org, orgs=connection.orgs, migrations=connection.migrations)
        address = _address(request, connection)
    if as_json:
        print_json({"link": address, "expires_at": request.approval.expires_at})
    else:
        # Bare, so that it can be piped on.
        typer.echo(address)


def _link(org: Org, migration: Migration, connection: Connection) -> str | None:
    """The link of a migration that waits for an answer, otherwise None."""
    if migration.step is not MigrationStep.AWAITING_APPROVAL or migration.approval is None:
        return None
    return _address(ApprovalRequest(org, migration, migration.approval), connection)


def _address(request: ApprovalRequest, connection: Connection) -> str:
    signed = approval_link(request, signer=connection.signer)
    return f"{connection.public_base_url}/approve/{signed}"


def _print(seen: Seen, org: Org, more: Document) -> None:
    migration = seen.migration
    document = migration_document(migration, org)
    del document["findings"]
    console.print(
        f"[bold]{escape(org.registration.display_name)}[/], migration {migration.attempt}:",
        standing(migration),
    )
    say_that_its_run_is_dead(seen)
    console.print(facts_table(without_blanks(document)))
    if migration.findings:
        say("\n[bold]Pre-flight[/]")
        console.print(findings_table(migration.findings))
    for number, step in enumerate(more.get("guide", {}).get("steps", ()), start=1):
        say(("\n[bold]By hand[/]\n" if number == 1 else "") + f"  {number}. {escape(step)}")
    _print_link(migration, org, more)


def _print_link(migration: Migration, org: Org, more: Document) -> None:
    if migration.step is not MigrationStep.AWAITING_APPROVAL or migration.approval is None:
        if "link" in more:
            say("\nNo answer is awaited, so there is no link.")
        return
    if "link" in more:
        say(f"\n[bold]Link[/], until {moment(migration.approval.expires_at)}")
        typer.echo(more["link"])
    else:
        say(f"\nThe link to its approval: `zoom-migrator migrate link {org.org_id}`")
