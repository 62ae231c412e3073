"""``zoom-migrator jwt show``."""

from __future__ import annotations

import typer
from rich.markup import escape

from zoom_migrator_cli.command import Json, OrgId, console, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.jwt.backup import OldKeys, backup_text, old_keys_document, old_keys_of
from zoom_migrator_cli.layout import facts_table, without_blanks


def show(context: typer.Context, org: OrgId, as_json: Json = False) -> None:
    """Show whether a backup of an org's old keys exists, until when, and of which rows.

    The values are in none of it; nothing but `jwt restore` opens them.

    **Examples**

        zoom-migrator jwt show 00D5g000001AbCdEAK
        zoom-migrator jwt show 00D5g000001AbCdEAK --json | jq .backup.expires_at
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        known = old_keys_of(org, connection)
    if as_json:
        print_json(old_keys_document(known))
    else:
        _print(known)


def _print(known: OldKeys) -> None:
    document = old_keys_document(known)
    del document["backup"], document["name"]
    say(f"[bold]{escape(known.org.registration.display_name)}[/]")
    console.print(facts_table(without_blanks(document)))
    if known.backup is None:
        say("\nNo backup of its old keys exists.")
        return
    say(f"\n{escape(backup_text(known.backup))}")
    say(f"To put the keys back: `zoom-migrator jwt restore {known.org.org_id}`")
