"""``zoom-migrator doctor``: look at the configuration, and say what to mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from zoom_migrator.domain.errors import MigratorError
from zoom_migrator_cli.command import Json, console, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.doctor.check import Check, Patient, Severity
from zoom_migrator_cli.doctor.examination import examine
from zoom_migrator_cli.doctor.surroundings import Surroundings
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.exit_codes import ExitCode
from zoom_migrator_cli.layout import columns_table

_STYLES: Final = {
    Severity.OK: "green",
    Severity.HINT: "cyan",
    Severity.WARNING: "yellow",
    Severity.PROBLEM: "bold red",
}


def doctor(
    context: typer.Context,
    probe: Annotated[
        bool, typer.Option("--probe", help="Also ask Zoom whether it accepts the app.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Look at the configuration of the stack, and say of everything what to mend.

    It changes nothing. It also prints the address that has to be registered with the Zoom app.
    With a problem the exit code is 7; warnings may be meant so, and hints are only good to know.
    `--probe` sends Zoom a token that no one has, which tells whether it accepts the app's
    credentials. `zoom-migrator orgs doctor` looks at the orgs.

    **Examples**

        zoom-migrator doctor
        zoom-migrator doctor --probe
        zoom-migrator doctor --json | jq '.checks[] | select(.severity == "problem")'
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        checks = list(examine(Patient(connection, Surroundings(connection)), probe=probe))
    redirect_uri = _redirect_uri(connection) if _was_read(checks) else ""
    webhook_url = connection.outputs.get("ZoomWebhookUrl", "") if redirect_uri else ""
    if as_json:
        print_json(_document(checks, redirect_uri, webhook_url))
    else:
        _print(checks, redirect_uri, webhook_url)
    if _count(checks)[Severity.PROBLEM]:
        raise typer.Exit(ExitCode.NOT_CONNECTED)


def _redirect_uri(connection: Connection) -> str:
    """What has to be registered at Zoom; empty where the stack does not tell."""
    try:
        return connection.redirect_uri
    except MigratorError:
        return ""


def _was_read(checks: Sequence[Check]) -> bool:
    """Whether the stack could be read; it is not asked again where it could not."""
    return any(check.code == "public_address" for check in checks)


def _count(checks: Sequence[Check]) -> Counter[Severity]:
    return Counter(check.severity for check in checks)


def _document(checks: Sequence[Check], redirect_uri: str, webhook_url: str) -> Document:
    counts = _count(checks)
    return {
        "problems": counts[Severity.PROBLEM],
        "warnings": counts[Severity.WARNING],
        "register_at_zoom": {
            "oauth_redirect_url": redirect_uri or None,
            "oauth_allow_list": redirect_uri or None,
            "event_notification_endpoint_url": webhook_url or None,
        },
        "checks": [
            {
                "code": check.code,
                "severity": check.severity,
                "message": check.message,
                "remedy": check.remedy or None,
            }
            for check in checks
        ],
    }


def _print(checks: Sequence[Check], redirect_uri: str, webhook_url: str) -> None:
    console.print(_table(checks))
    if redirect_uri:
        say("\nRegister with the Zoom app, letter by letter, in both fields:")
        # Bare, so that the address can be marked and copied as it is.
        typer.echo(f"  OAuth Redirect URL  {redirect_uri}")
        typer.echo(f"  OAuth Allow List    {redirect_uri}\n")
    if webhook_url:
        say("Only where the app subscribes to events (docs/cleanup.md):")
        typer.echo(f"  Event notification endpoint URL  {webhook_url}\n")
    counts = _count(checks)
    problems, warnings = counts[Severity.PROBLEM], counts[Severity.WARNING]
    if problems:
        say(f"[bold red]{problems} to mend[/], {warnings} to consider.")
    else:
        say(f"[green]Nothing to mend[/], {warnings} to consider.")


def _table(checks: Sequence[Check]) -> Table:
    table = columns_table("", "What", "What was found, and what to do", lines=False)
    for check in checks:
        table.add_row(
            Text(check.severity, style=_STYLES[check.severity]),
            check.code.replace("_", " "),
            escape("\n".join(filter(None, (check.message, check.remedy)))),
        )
    return table
