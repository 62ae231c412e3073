"""``zoom-migrator notices``: what people were told, and whom to spare reminders."""

from __future__ import annotations

import typer

from zoom_migrator_cli.notices.addresses import addresses
from zoom_migrator_cli.notices.look import list_, show
from zoom_migrator_cli.notices.mute import mute
from zoom_migrator_cli.notices.resend import resend
from zoom_migrator_cli.notices.unmute import unmute

app = typer.Typer(
    no_args_is_help=True,
    help="See what people were told and how that went; send again, mute, lift what is stopped.",
)
app.command("list")(list_)
app.command()(show)
app.command()(resend)
app.command()(mute)
app.command()(unmute)
app.command()(addresses)
