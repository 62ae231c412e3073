"""``zoom-migrator migrate start``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.domain.org import Environment, Org
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.start_migration import Started, start_migration
from zoom_migrator_cli.command import (
    Json,
    Yes,
    complain,
    console,
    error_console,
    print_json,
    reported_errors,
    say,
)
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.exit_codes import ExitCode
from zoom_migrator_cli.migrate.begun import Begun, begun_document, complain_of, summary
from zoom_migrator_cli.migrate.fleet import orgs_behind
from zoom_migrator_cli.migrate.follow import Timeout, follow
from zoom_migrator_cli.migrate.tables import behind_table


def start(
    context: typer.Context,
    org: Annotated[
        str | None, typer.Argument(metavar="ORG", help="15- or 18-character org id.")
    ] = None,
    all_behind: Annotated[
        bool,
        typer.Option("--all-behind", help="Every org that is behind and not in hand already."),
    ] = False,
    tag: Annotated[str | None, typer.Option(help="Of these, only orgs with this tag.")] = None,
    kind: Annotated[
        Environment | None, typer.Option(help="Of these, only production or sandbox.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which would be started, and start none.")
    ] = False,
    yes: Yes = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Follow it until a person is needed or it is over.")
    ] = False,
    timeout: Timeout = 60,
    as_json: Json = False,
) -> None:
    """Start the migration of one org, or of all that are behind.

    Behind is what lacks an upgrade, an authorization or its proof, and is in nobody's hands.
    Nothing is installed without consent: an org is asked, installs under a standing acceptance,
    or is left to a person, as its upgrade policy says. One that is under way already is left
    alone. An org that is migrated with its old keys is asked about them again when it is named.

    **Examples**

        zoom-migrator migrate start 00D5g000001AbCdEAK --wait
        zoom-migrator migrate start --all-behind --tag emea --dry-run
        zoom-migrator migrate start --all-behind --kind sandbox --yes
    """
    connection: Connection = context.obj
    if (org is None) is not all_behind:
        raise typer.BadParameter("Give either the id of one ORG, or --all-behind.")
    if org is not None and (tag or kind or dry_run):
        raise typer.BadParameter("--tag, --kind and --dry-run go with --all-behind.")
    if all_behind and wait:
        raise typer.BadParameter("--wait goes with one ORG.")
    with reported_errors(as_json=as_json):
        if org is None:
            behind = orgs_behind(orgs=connection.orgs, kind=kind, tag=tag)
            _start_all(behind, connection, dry_run=dry_run, ask=not yes, as_json=as_json)
            return
        found = find_org(org, orgs=connection.orgs)
        begun = Begun(found, _start(found, connection))
        if not wait:
            _report_one(begun, connection, as_json=as_json)
            return
        follow(found, begun.attempt or 0, connection, timeout=timeout, as_json=as_json)


def _start(org: Org, connection: Connection) -> Started:
    return start_migration(
        org.org_id,
        trigger="operator",
        requested_by=connection.actor,
        orgs=connection.orgs,
        migrations=connection.migrations,
        workflow=connection.migration_workflow,
        clock=connection.clock,
    )


def _start_all(
    orgs: list[Org], connection: Connection, *, dry_run: bool, ask: bool, as_json: bool
) -> None:
    if not as_json:
        _show(orgs, connection)
    if dry_run or not orgs:
        begun = [Begun(org) for org in orgs]
    else:
        if ask and not as_json:
            noun = "migration" if len(orgs) == 1 else "migrations"
            typer.confirm(f"Start {len(orgs)} {noun}?", abort=True)
        begun = _start_each(orgs, connection, quiet=as_json)
    _report_all(begun, connection, as_json=as_json)


def _show(orgs: list[Org], connection: Connection) -> None:
    if not orgs:
        say("No org is behind that is not in hand already.")
        return
    console.print(behind_table(orgs, terms=connection.terms, version_id=connection.version_id))


def _start_each(orgs: list[Org], connection: Connection, *, quiet: bool) -> list[Begun]:
    # What is wrong with the stack or with whoever types is wrong for every org.
    _ = connection.migration_workflow, connection.actor
    begun: list[Begun] = []
    try:
        with Progress(console=error_console, transient=True, disable=quiet) as progress:
            for org in progress.track(orgs, description="Starting"):
                begun.append(_begin(org, connection))
    except KeyboardInterrupt:
        left = len(orgs) - len(begun)
        complain(f"{left} of {len(orgs)} were not looked at; repeat the command for them.")
        raise
    return begun


def _begin(org: Org, connection: Connection) -> Begun:
    try:
        return Begun(org, _start(org, connection))
    except MigratorError as error:
        # One org's failure is its own.
        return Begun(org, error=error)


def _report_one(begun: Begun, connection: Connection, *, as_json: bool) -> None:
    if as_json:
        print_json(begun_document(begun, connection))
        return
    name, attempt = escape(begun.org.registration.display_name), begun.attempt
    said = "Started" if begun.result == "started" else "Under way already:"
    say(f"{said} migration {attempt} of {name}: `zoom-migrator migrate show {begun.org.org_id}`")


def _report_all(begun: list[Begun], connection: Connection, *, as_json: bool) -> None:
    failed = [each for each in begun if each.error]
    if as_json:
        print_json([begun_document(each, connection) for each in begun])
    elif begun:
        for each in failed:
            complain_of(each)
        say(summary(begun))
    if failed:
        raise typer.Exit(ExitCode.FAILED)
