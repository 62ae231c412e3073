"""``zoom-migrator jwt``: the backup of an org's old keys."""

from __future__ import annotations

import typer

from zoom_migrator_cli.jwt.destroy import destroy_backup
from zoom_migrator_cli.jwt.look import show
from zoom_migrator_cli.jwt.restore import restore

app = typer.Typer(
    no_args_is_help=True, help="See the backup of an org's old keys; put them back, destroy it."
)
app.command()(show)
app.command()(restore)
app.command("destroy-backup")(destroy_backup)
