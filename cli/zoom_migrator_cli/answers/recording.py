"""What recording any answer on somebody's behalf has in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from rich.markup import escape

from zoom_migrator.domain.errors import ConcurrentModification, NothingToApprove
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org
from zoom_migrator_cli.command import print_json, say
from zoom_migrator_cli.migrate.documents import migration_document

# Whoever else changes the migration is the state machine, which is done in a moment.
_TRIES: Final = 3


def insist_on_time(org: Org, *, expires_at: datetime, now: datetime) -> None:
    """Go on only with a request that can still be answered.

    Raises:
        NothingToApprove: It is out of date.
    """
    if now >= expires_at:
        raise NothingToApprove(
            f"The request to org {org.org_id} is out of date.",
            remedy="It ends by itself in a moment; then ask anew: `zoom-migrator migrate start`.",
        )


def record[Asked](
    request: Asked,
    store: Callable[[Asked], Migration],
    *,
    id_of: Callable[[Asked], str],
    reopen: Callable[[], Asked],
) -> Migration:
    """Record an answer to just the request that was shown.

    Args:
        store: Records it with the request as it was last read.
        reopen: Reads the request that stands now.

    Raises:
        NothingToApprove: It has been answered, closed or replaced by another one.
        TransientError: A store is out of reach, or keeps being changed by others.
    """
    shown = id_of(request)
    for _ in range(_TRIES):
        if id_of(request) != shown:
            raise NothingToApprove(
                "The request was replaced by another one meanwhile; nothing was recorded.",
                remedy="Repeat the command, and read what is asked now.",
            )
        try:
            return store(request)
        except ConcurrentModification:
            request = reopen()
    raise ConcurrentModification("The migration keeps being changed by others; try again.")


def report(org: Org, migration: Migration, said: str, *, as_json: bool) -> None:
    """Say what was recorded, or print the migration as it stands."""
    if as_json:
        print_json(migration_document(migration, org))
        return
    name = escape(org.registration.display_name)
    say(f"{name}: {said} See `zoom-migrator migrate show {org.org_id}`.")
