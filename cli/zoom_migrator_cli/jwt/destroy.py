"""``zoom-migrator jwt destroy-backup``."""

from __future__ import annotations

import typer
from rich.markup import escape

from zoom_migrator.use_cases import destroy_backup as use_case
from zoom_migrator.use_cases.put_back_rows import insist_that_nobody_removes
from zoom_migrator_cli.command import Json, OrgId, Yes, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.jwt.backup import backup_text, old_keys_of
from zoom_migrator_cli.ports import backup_ports


def destroy_backup(
    context: typer.Context, org: OrgId, yes: Yes = False, as_json: Json = False
) -> None:
    """Destroy the backup of an org's old keys before it is out of date, and record who did.

    The keys cannot be put back afterwards. It asks first. While keys are being removed it is
    refused, because that needs the backup.

    **Examples**

        zoom-migrator jwt destroy-backup 00D5g000001AbCdEAK
        zoom-migrator jwt destroy-backup 00D5g000001AbCdEAK --yes
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        known = old_keys_of(org, connection)
        insist_that_nobody_removes(known.org, connection.migrations)
        name = escape(known.org.registration.display_name)
        if known.backup is not None and not as_json:
            say(f"[bold]{name}[/] ({known.org.org_id}): {escape(backup_text(known.backup))}")
            if not yes:
                typer.confirm("Destroy it? The keys cannot be put back then.", abort=True)
        # Also where nothing can be put back any more: what is out of date may not be deleted yet.
        existed = use_case.destroy_backup(
            known.org.org_id, requested_by=connection.actor, ports=backup_ports(connection)
        )
    if as_json:
        print_json({"org_id": known.org.org_id, "destroyed": existed})
    elif existed:
        say(f"Destroyed. The old keys of {name} cannot be put back any more.")
    else:
        say(f"There is no backup of the old keys of {name}.")
