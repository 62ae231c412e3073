"""``zoom-migrator scan``: look at every org of the fleet."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from zoom_migrator.domain.scan import ScanOutcome, ScanStatus
from zoom_migrator.use_cases.follow_scan import (
    ScanProgress,
    find_scan,
    scan_progress,
    start_scan,
)
from zoom_migrator_cli.command import (
    Json,
    complain,
    console,
    error_console,
    print_json,
    reported_errors,
    say,
)
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import result_document, scan_document
from zoom_migrator_cli.exit_codes import ExitCode
from zoom_migrator_cli.tables import counts_text, duration, results_table, scans_table

app = typer.Typer(no_args_is_help=True, help="Scan the fleet and see what scans found.")

_POLL_SECONDS = 1.0


@app.command()
def start(
    context: typer.Context,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end, with progress.")] = False,
    timeout: Annotated[
        int, typer.Option(help="Longest wait in minutes; the scan itself goes on.")
    ] = 60,
    as_json: Json = False,
) -> None:
    """Start a scan of the whole fleet.

    **Examples**

        zoom-migrator scan start --wait
        zoom-migrator scan start --json
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        scan_id = start_scan(
            workflow=connection.workflow,
            ids=connection.scan_ids,
            clock=connection.clock,
            requested_by=connection.actor,
        )
        if not wait:
            if as_json:
                print_json({"scan_id": scan_id})
            else:
                say(f"Started scan {scan_id}.")
            return
        over = _follow(scan_id, connection, patience=timedelta(minutes=timeout), quiet=as_json)
    _report(scan_id, over, as_json=as_json)


def _follow(
    scan_id: str, connection: Connection, *, patience: timedelta, quiet: bool
) -> ScanProgress:
    give_up = connection.clock.now() + patience
    with Progress(
        TextColumn("Scanning"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=error_console,
        disable=quiet,
    ) as bar:
        task = bar.add_task("scan", total=None)
        while True:
            progress = scan_progress(scan_id, scans=connection.scans, workflow=connection.workflow)
            bar.update(task, completed=progress.checked, total=progress.total or None)
            if progress.is_over or connection.clock.now() > give_up:
                return progress
            connection.pause(_POLL_SECONDS)


def _report(scan_id: str, progress: ScanProgress, *, as_json: bool) -> None:
    scan = progress.scan
    failure = progress.failure or (scan.failure if scan else "")
    if as_json:
        known = scan_document(scan) if scan else {"scan_id": scan_id}
        print_json(known | {"failure": failure or None})
    elif not progress.is_over:
        complain(f"Scan {scan_id} is still running: `zoom-migrator scan show {scan_id}`")
    elif failure:
        complain(f"[red]Scan {scan_id} failed:[/] {escape(failure)}")
    elif scan is not None:
        say(
            f"Scan {scan_id} took {duration(scan)}: {counts_text(scan)}; "
            f"{scan.status_changes} orgs changed status."
        )
    if failure:
        raise typer.Exit(ExitCode.RUN_FAILED)
    if not progress.is_over:
        raise typer.Exit(ExitCode.TRY_AGAIN)


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """List scans, newest first.

    **Examples**

        zoom-migrator scan list
        zoom-migrator scan list --limit 1 --json
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        scans = connection.scans.list_recent(limit=limit)
    if as_json:
        print_json([scan_document(scan) for scan in scans])
    elif scans:
        console.print(scans_table(scans))
    else:
        say("No scan yet: `zoom-migrator scan start --wait`.")


@app.command()
def show(
    context: typer.Context,
    scan_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the scan.")],
    outcome: Annotated[
        list[ScanOutcome] | None, typer.Option(help="Only results of this kind; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many results at most.")] = 200,
    as_json: Json = False,
) -> None:
    """Show what a scan found out about every org, problems first.

    **Examples**

        zoom-migrator scan show scan-20261124T050000Z-ab3def
        zoom-migrator scan show scan-20261124T050000Z-ab3def --outcome refused --json
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        scan = find_scan(scan_id, scans=connection.scans)
        results = [
            result
            for result in connection.scans.results(scan_id)
            if not outcome or result.outcome in outcome
        ]
        if as_json:
            print_json(
                scan_document(scan) | {"results": [result_document(each) for each in results]}
            )
            return
        results.sort(key=lambda result: (not result.outcome.is_problem, result.org_id))
        shown = connection.orgs.get_many([result.org_id for result in results[:limit]])
    console.print(scans_table([scan]))
    console.print(results_table(results[:limit], shown))
    if len(results) > limit:
        say(f"{len(results) - limit} more: use --limit, --outcome or --json.")
    if scan.status is ScanStatus.RUNNING:
        say("The scan is still running.")
