"""``zoom-migrator demo``: move the clock of the demo, so that its reminders come."""

from __future__ import annotations

import typer

from zoom_migrator_cli.demo.advance import advance
from zoom_migrator_cli.demo.clock import clock

app = typer.Typer(
    no_args_is_help=True,
    help="Move the clock by which the demo reminds people; no other stack has one.",
)
app.command()(advance)
app.command()(clock)
