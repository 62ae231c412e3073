"""``zoom-migrator orgs doctor``."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.markup import escape

from zoom_migrator.domain.org import Org
from zoom_migrator.domain.stuck import Stuck, StuckKind
from zoom_migrator.use_cases.find_stuck_orgs import find_stuck_orgs
from zoom_migrator.use_cases.sweep_fleet import Swept, sweep_fleet
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
from zoom_migrator_cli.exit_codes import ExitCode
from zoom_migrator_cli.ports import stuck_ports, sweep_ports
from zoom_migrator_cli.stuck import name_of, stuck_document, stuck_table


@dataclass(frozen=True, slots=True)
class _Findings:
    """What was found, and what a sweep has done about it.

    Attributes:
        left: Orgs that have no next step now.
        swept: What the sweep came to; None where none was asked for.
        orgs: The orgs that are named, by id.
    """

    left: tuple[Stuck, ...]
    swept: Swept | None = None
    orgs: Mapping[str, Org] = field(default_factory=dict)

    @property
    def is_healthy(self) -> bool:
        """Whether every org has a next step."""
        return not self.left and not (self.swept and self.swept.failed)


def doctor(
    context: typer.Context,
    repair: Annotated[
        bool, typer.Option("--repair", help="Move on what can be moved, as the hourly sweep does.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List every org that nothing would ever move again, and say what to do.

    That is an org whose run died or never started, whose migration is over without having let go
    of it, whose consent was stored and never recorded, that nobody has in hand, or of which
    something stored is damaged. An org that waits for a person is not among them. It changes
    nothing without `--repair`. With an org that is left the exit code is 7.

    **Examples**

        zoom-migrator orgs doctor
        zoom-migrator orgs doctor --json | jq -r '.stuck[].org_id'
        zoom-migrator orgs doctor --repair
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json), error_console.status("Looking at every org"):
        findings = _repaired(connection) if repair else _found(connection)
    if as_json:
        print_json(_document(findings))
    else:
        _print(findings)
    if not findings.is_healthy:
        raise typer.Exit(ExitCode.NOT_CONNECTED)


def _found(connection: Connection) -> _Findings:
    left = tuple(find_stuck_orgs(ports=stuck_ports(connection)))
    return _Findings(left, orgs=_named([stuck.org_id for stuck in left], connection))


def _repaired(connection: Connection) -> _Findings:
    swept = sweep_fleet(ports=sweep_ports(connection), seconds_left=lambda: math.inf)
    # A sweep tries what is damaged again each hour; whoever looks is told that this is in vain.
    damaged = [
        stuck
        for stuck in find_stuck_orgs(ports=stuck_ports(connection))
        if stuck.kind is StuckKind.DAMAGED
    ]
    in_vain = {stuck.org_id for stuck in damaged}
    swept.failed = [org_id for org_id in swept.failed if org_id not in in_vain]
    left = (*swept.named, *damaged)
    org_ids = [*swept.moved, *swept.failed, *(stuck.org_id for stuck in left)]
    return _Findings(left, swept, _named(org_ids, connection))


def _named(org_ids: Collection[str], connection: Connection) -> Mapping[str, Org]:
    return connection.orgs.get_many(set(org_ids)) if org_ids else {}


def _document(findings: _Findings) -> dict[str, object]:
    swept = findings.swept
    return {
        "stuck": [
            stuck_document(stuck, findings.orgs, is_swept=swept is not None)
            for stuck in findings.left
        ],
        "repaired": swept
        and {
            "moved": swept.moved,
            "failed": swept.failed,
            "backups_destroyed": swept.expired,
        },
    }


def _print(findings: _Findings) -> None:
    swept = findings.swept
    for org_id in swept.moved if swept else ():
        say(f"Goes on: {_named_line(org_id, findings)}")
    for org_id in swept.failed if swept else ():
        complain(f"[red]Could not be moved on:[/] {_named_line(org_id, findings)}. Try again.")
    if findings.left:
        console.print(stuck_table(findings.left, findings.orgs, is_swept=swept is not None))
        noun = "org has" if len(findings.left) == 1 else "orgs have"
        say(f"[bold red]{len(findings.left)} {noun} no next step.[/]")
    elif findings.is_healthy:
        say("[green]Every org has a next step[/], or waits for a person.")


def _named_line(org_id: str, findings: _Findings) -> str:
    return f"{escape(name_of(org_id, findings.orgs))} ({org_id})".strip()
