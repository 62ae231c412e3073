"""``zoom-migrator setup``: hand the stack its credentials."""

from __future__ import annotations

import typer

from zoom_migrator_cli.setup.salesforce import installation_key, salesforce_app
from zoom_migrator_cli.setup.slack import slack
from zoom_migrator_cli.setup.zoom import zoom_app
from zoom_migrator_cli.setup.zoom_webhook import zoom_webhook

app = typer.Typer(no_args_is_help=True, help="One-time set-up of a deployed stack.")
app.command("salesforce-app")(salesforce_app)
app.command("zoom-app")(zoom_app)
app.command("zoom-webhook")(zoom_webhook)
app.command()(slack)
app.command("installation-key")(installation_key)
