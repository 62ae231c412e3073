"""Wake a state machine that waits for a person, with the token that it waits with."""

from __future__ import annotations

import logging

from zoom_migrator.domain.errors import TransientError
from zoom_migrator.domain.migration import Migration
from zoom_migrator.ports import TaskCallback, TokenVault

_log = logging.getLogger(__name__)


def opened_token(sealed: str, migration: Migration, vault: TokenVault) -> str:
    """The token behind a sealed one, or nothing where nobody waits.

    To be opened before what it is about is stored: as long as the key is out of reach, nothing
    has happened yet, and it can be repeated.

    Raises:
        StoreUnavailable: The key is out of reach.
    """
    return vault.open(sealed, org_id=migration.org_id, attempt=migration.attempt) if sealed else ""


def wake(migration: Migration, token: str, callback: TaskCallback) -> None:
    """Let the state machine go on; where that fails, its wait times out and it looks for itself.

    Nobody waits for a token that has timed out; that is all right, too.
    """
    ids = {"org_id": migration.org_id, "attempt": migration.attempt}
    try:
        was_waiting = bool(token) and callback.complete(token)
    except TransientError as error:
        _log.warning("state_machine_not_woken", extra={**ids, "reason": error.message})
        return
    if not was_waiting:
        _log.info("state_machine_not_waiting", extra=ids)
