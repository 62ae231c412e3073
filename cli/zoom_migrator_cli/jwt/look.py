"""``zoom-migrator jwt show``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import typer
from rich.markup import escape

from zoom_migrator.domain.check import KeyPresence
from zoom_migrator_cli.command import Json, OrgId, console, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.jwt.backup import OldKeys, backup_text, old_keys_document, old_keys_of
from zoom_migrator_cli.layout import facts_table, without_blanks

_SEEN: Final[Mapping[KeyPresence, str]] = {
    KeyPresence.PRESENT: "yes",
    KeyPresence.ABSENT: "no, its fields are empty",
    KeyPresence.NO_RECORD: "no, it has no row for them",
    KeyPresence.NOT_VISIBLE: "unknown: the integration user may not see them",
    KeyPresence.UNKNOWN: "unknown",
}


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
    org, over = known.org, " (over: no old key works any more)" if known.is_jwt_over else ""
    seen = org.snapshot.keys.presence if org.snapshot else None
    facts: Document = {
        "org id": org.org_id,
        "status": org.status,
        "why it kept its keys": org.keys_kept,
        "keys seen in the org": _SEEN[seen] if seen else "not looked at yet",
        "last day of JWT": f"{known.deadline}{over}",
    }
    say(f"[bold]{escape(org.registration.display_name)}[/]")
    console.print(facts_table(without_blanks(facts)))
    if known.backup is None:
        say("\nNo backup of its old keys exists.")
        return
    say(f"\n{escape(backup_text(known.backup))}")
    say(f"To put the keys back: `zoom-migrator jwt restore {known.org.org_id}`")
