"""``zoom-migrator grants``: what Zoom admins have granted, and whether it is alive."""

from __future__ import annotations

import typer

from zoom_migrator_cli.grants.look import list_, show
from zoom_migrator_cli.grants.refresh import refresh
from zoom_migrator_cli.grants.revoke import revoke

app = typer.Typer(
    no_args_is_help=True, help="See what Zoom admins have granted; refresh and revoke it."
)
app.command("list")(list_)
app.command()(show)
app.command()(refresh)
app.command()(revoke)
