"""``zoom-migrator migrate``: upgrade and authorize orgs, with their admins' consent."""

from __future__ import annotations

import typer

from zoom_migrator_cli.migrate.look import link, list_, show
from zoom_migrator_cli.migrate.renew import renew
from zoom_migrator_cli.migrate.start import start
from zoom_migrator_cli.migrate.steer import resume, stop, watch

app = typer.Typer(no_args_is_help=True, help="Upgrade and authorize orgs, and see how far it is.")
app.command()(start)
app.command("list")(list_)
app.command()(show)
app.command()(link)
app.command()(renew)
app.command()(watch)
app.command()(stop)
app.command()(resume)
