"""``zoom-migrator orgs``: the fleet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

from zoom_migrator.domain.errors import InvalidFleetFile, RowProblem
from zoom_migrator.domain.fleet_file import FleetRow, parse_fleet_file
from zoom_migrator.domain.org import Environment, Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.find_orgs import find_org, list_orgs
from zoom_migrator.use_cases.import_fleet import FleetImport, import_fleet
from zoom_migrator_cli.command import (
    Json,
    console,
    error_console,
    print_json,
    reported_errors,
    say,
)
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import audit_document, org_document
from zoom_migrator_cli.layout import facts_table
from zoom_migrator_cli.notices.stopped import stop_documents, stop_lines, stops_of
from zoom_migrator_cli.orgs_doctor import doctor
from zoom_migrator_cli.tables import fleet_table

app = typer.Typer(no_args_is_help=True, help="Register orgs and see where they stand.")

_AUDIT_LINES = 20


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The fleet file (CSV).")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the file and say what would change.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Register the orgs of a fleet file, or update their registration.

    All rows are checked before any is written. Orgs that the file does not name any more are
    reported and kept.

    **Examples**

        zoom-migrator orgs import fleet.csv --dry-run
        zoom-migrator orgs import fleet.csv
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        rows = parse_fleet_file(_read(file), allowed_domains=connection.allowed_domains)
        done = _import(rows, connection, dry_run=dry_run, quiet=as_json)
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "created": done.created,
                "updated": done.updated,
                "unchanged": done.unchanged,
                "missing_from_file": done.missing_from_file,
            }
        )
        return
    verb = "would be " if dry_run else ""
    say(
        f"{len(rows)} orgs read: {len(done.created)} {verb}created, "
        f"{len(done.updated)} {verb}updated, {len(done.unchanged)} unchanged."
    )
    if done.missing_from_file:
        say(
            f"[yellow]{len(done.missing_from_file)} registered orgs are not in the file; "
            f"they are kept:[/] {', '.join(done.missing_from_file[:20])}"
            + (" …" if len(done.missing_from_file) > 20 else "")
        )


def _import(
    rows: list[FleetRow], connection: Connection, *, dry_run: bool, quiet: bool
) -> FleetImport:
    with Progress(console=error_console, transient=True, disable=quiet) as progress:
        bar = progress.add_task("Importing", total=len(rows))
        return import_fleet(
            rows,
            orgs=connection.orgs,
            clock=connection.clock,
            actor=connection.actor,
            dry_run=dry_run,
            on_row=lambda: progress.advance(bar),
        )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        reason = f"{file} cannot be read: {error.strerror or error}"
        raise InvalidFleetFile([RowProblem(1, "", reason)]) from error


@app.command("list")
def list_(
    context: typer.Context,
    status: Annotated[
        list[OrgStatus] | None, typer.Option(help="Only orgs with this status; repeatable.")
    ] = None,
    kind: Annotated[Environment | None, typer.Option(help="Only production or sandbox.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only orgs with this tag.")] = None,
    as_json: Json = False,
) -> None:
    """List the orgs of the fleet and what to do next about each.

    **Examples**

        zoom-migrator orgs list
        zoom-migrator orgs list --status blocked --status upgrade_required
        zoom-migrator orgs list --tag emea --json | jq '.[].org_id'
    """
    connection: Connection = context.obj

    def wanted(org: Org) -> bool:
        return (
            (not status or org.status in status)
            and (kind is None or org.registration.environment is kind)
            and (tag is None or tag.lower() in org.registration.tags)
        )

    with reported_errors(as_json=as_json):
        orgs = [org for org in list_orgs(orgs=connection.orgs) if wanted(org)]
        orgs.sort(key=lambda org: (org.registration.display_name.lower(), org.org_id))
        minimum, deadline = connection.minimum_version, connection.deadline
    today = connection.clock.now().date()
    if as_json:
        print_json(
            [
                org_document(org, minimum=minimum, fleet_deadline=deadline, today=today)
                for org in orgs
            ]
        )
    else:
        console.print(
            fleet_table(
                orgs,
                minimum=minimum,
                fleet_deadline=deadline,
                today=today,
                width=console.width,
            )
        )


@app.command()
def show(
    context: typer.Context,
    org: Annotated[str, typer.Argument(metavar="ORG", help="15- or 18-character org id.")],
    as_json: Json = False,
) -> None:
    """Show everything known of an org, and who changed what.

    **Examples**

        zoom-migrator orgs show 00D5g000001AbCdEAK
        zoom-migrator orgs show 00D5g000001AbCd --json
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = find_org(org, orgs=connection.orgs)
        trail = connection.orgs.audit_trail(found.org_id, limit=_AUDIT_LINES)
        document = org_document(
            found,
            minimum=connection.minimum_version,
            fleet_deadline=connection.deadline,
            today=connection.clock.now().date(),
        )
        stops = stops_of(found, connection)
    if as_json:
        audit = [audit_document(entry) for entry in trail]
        print_json(document | {"takes_no_notices": stop_documents(stops), "audit": audit})
        return
    say(f"[bold]{escape(found.registration.display_name)}[/]")
    console.print(facts_table(document))
    for line in stop_lines(stops):
        say(f"[yellow]{escape(line)}[/]")
    say("\n[bold]Audit trail[/], newest first")
    for entry in trail:
        say(
            f"  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.action}  {escape(entry.detail)}  "
            f"[dim]by {escape(entry.actor)}[/]"
        )


app.command()(doctor)
