"""Record a consent that was stored before somebody crashed, and wake whoever waits for it."""

from __future__ import annotations

from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org
from zoom_migrator.ports import TaskCallback, TokenVault
from zoom_migrator.use_cases.find_stuck_orgs import StuckPorts, stored_consent
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.settle_authorization import settle_authorization


def record_stored_consent(
    org: Org, *, ports: StuckPorts, vault: TokenVault, callback: TaskCallback
) -> None:
    """Do what the callback did not come to; nothing where it did, after all.

    Raises:
        ConcurrentModification: Somebody else changed the org or its migration at this moment.
        StoreUnavailable: A store, the key or Step Functions is out of reach.
    """
    migration = ports.migrations.get(org.org_id, org.active_attempt or 0)
    if migration is None:
        return
    stored = stored_consent(migration, ports.clock.now(), ports.grants)
    if stored is None:
        return
    token = _task_token(migration, vault)
    settle_authorization(
        InHand(migration, org), stored.grant, stored.link, migrations=ports.migrations
    )
    if token:
        callback.complete(token)


def _task_token(migration: Migration, vault: TokenVault) -> str:
    sealed = migration.authorization.task_token if migration.authorization else ""
    return vault.open(sealed, org_id=migration.org_id, attempt=migration.attempt) if sealed else ""
