"""Keep an encrypted copy of old keys, before any of them is removed."""

from __future__ import annotations

from collections.abc import Collection

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.key_backup import KeyBackup, backup_expiry, merged
from zoom_migrator.domain.legacy_keys import KeysNotVisible
from zoom_migrator.use_cases.cleanup_step import RemovePorts
from zoom_migrator.use_cases.migration_step import InHand


def back_up_keys(
    hand: InHand, row_ids: Collection[str], ports: RemovePorts, settings: CleanupSettings
) -> KeyBackup | KeysNotVisible | CheckFailure | None:
    """Read rows, and make sure that the org's backup holds what is in them.

    After a crash some rows may be blank already: what the backup holds of them stays in it. One
    that holds everything is left as it is, and so is the day it runs out.

    Returns:
        The backup, or why the rows could not be read, or None where there was nothing in them and
        no backup is there either.

    Raises:
        ConcurrentModification: Somebody else stored a backup of this org at this moment.
        StoreUnavailable: The store or the key is out of reach.
    """
    found = ports.keys.read(hand.org.registration, row_ids)
    if isinstance(found, (KeysNotVisible, CheckFailure)):
        return found
    org_id, now = hand.org.org_id, ports.clock.now()
    stored = ports.backups.get(org_id, now=now)
    kept = ports.vault.open(stored.sealed, org_id=org_id) if stored is not None else ()
    wanted = merged(kept, found)
    if wanted == merged(kept, ()):
        return stored
    backup = KeyBackup(
        org_id=org_id,
        attempt=hand.migration.attempt,
        made_at=now,
        expires_at=backup_expiry(deadline_of(hand.org, settings.jwt_deadline), now),
        row_ids=tuple(values.row_id for values in wanted),
        sealed=ports.vault.seal(wanted, org_id=org_id),
        revision=stored.revision if stored is not None else 0,
    )
    return ports.backups.save(backup, now=now)
