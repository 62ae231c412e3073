"""``zoom-migrator approve`` and ``decline``: record what a customer answered."""

from __future__ import annotations

import typer

from zoom_migrator_cli.answers.cleanup import approve_cleanup, decline_cleanup
from zoom_migrator_cli.answers.standing import approve_standing
from zoom_migrator_cli.answers.upgrade import approve_upgrade, decline_upgrade

approve = typer.Typer(no_args_is_help=True, help="Record a customer's consent.")
approve.command("upgrade")(approve_upgrade)
approve.command("standing")(approve_standing)
approve.command("cleanup")(approve_cleanup)

decline = typer.Typer(no_args_is_help=True, help="Record that a customer does not consent.")
decline.command("upgrade")(decline_upgrade)
decline.command("cleanup")(decline_cleanup)
