"""Record that an org has lost its authorization, and offer it a new one."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import ConcurrentModification, OrgNotFound, TransientError
from zoom_migrator.domain.loss import CONNECTED, Loss
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.oauth_ports import GrantRepository
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    MigrationWorkflow,
    OrgRepository,
    TaskCallback,
    TokenVault,
)
from zoom_migrator.use_cases.find_grants import grant_of_org
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.return_to_authorization import (
    return_to_authorization,
    told,
    without_authorization,
)

_TRIES: Final = 5
REAUTHORIZATION: Final = "reauthorization"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LossPorts:
    """What recording a loss needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    grants: GrantRepository
    workflow: MigrationWorkflow
    vault: TokenVault
    callback: TaskCallback
    clock: Clock


def note_lost_authorization(
    org_id: str, loss: Loss, *, actor: str, ports: LossPorts, jwt_deadline: date
) -> Org:
    """Let an org fall back to JWT, or be disconnected, and have it authorized again.

    A migration that is under way goes back to its authorization; otherwise one begins there.
    Nothing happens where other tokens than the lost ones are stored by now, or where the org has
    no authorization to lose. Repeating it is harmless.

    Args:
        actor: Who found it out, as the audit trail names them.

    Raises:
        ConcurrentModification: The org keeps being changed, or its keys are being removed at this
            moment; repeat it.
        OrgNotFound: The org is not registered.
        StoreUnavailable: A store, the key or Step Functions is out of reach; repeat it.
    """
    for _ in range(_TRIES):
        org = ports.orgs.get(org_id)
        if org is None:
            raise OrgNotFound(f"Org {org_id} is not registered.")
        if org.status not in CONNECTED or _is_stale(org_id, loss, ports.grants):
            return org
        try:
            return _noted(org, loss, actor, ports, jwt_deadline)
        except ConcurrentModification:
            continue
    raise ConcurrentModification(f"Org {org_id} keeps being changed by others.")


def _is_stale(org_id: str, loss: Loss, grants: GrantRepository) -> bool:
    """Whether the org has got other tokens since."""
    grant = grant_of_org(org_id, grants=grants)
    if grant is None:
        return False
    return (grant.grant_id, grant.version) != (loss.grant_id, loss.grant_version)


def _noted(org: Org, loss: Loss, actor: str, ports: LossPorts, jwt_deadline: date) -> Org:
    attempt = org.active_attempt
    migration = ports.migrations.get(org.org_id, attempt) if attempt is not None else None
    if migration is None or migration.is_over:
        _begin(org.released(), loss, actor, ports, jwt_deadline)
    else:
        _send_back(InHand(migration, org), loss, actor, ports, jwt_deadline)
    return ports.orgs.get(org.org_id) or org


def _send_back(hand: InHand, loss: Loss, actor: str, ports: LossPorts, jwt_deadline: date) -> None:
    now, removal = ports.clock.now(), hand.migration.removal
    if removal is not None and removal.is_leased(now):
        raise ConcurrentModification(f"Keys of org {hand.org.org_id} are being removed just now.")
    # Opened first, because the closed request keeps no token.
    token = _task_token(hand.migration, ports.vault)
    return_to_authorization(
        hand, loss, at=now, jwt_deadline=jwt_deadline, migrations=ports.migrations, actor=actor
    )
    if token:
        _wake(hand.migration, token, ports.callback)


def _begin(org: Org, loss: Loss, actor: str, ports: LossPorts, jwt_deadline: date) -> None:
    """Begin a migration at its authorization, in one change with the loss."""
    now = ports.clock.now()
    after = without_authorization(org, at=now, jwt_deadline=jwt_deadline).begin_attempt()
    migration = Migration(
        org_id=org.org_id,
        attempt=after.attempts,
        trigger=REAUTHORIZATION,
        requested_by=actor,
        started_at=now,
        step=MigrationStep.AWAITING_AUTHORIZATION,
    )
    audit, notice = told(InHand(migration, org), after, loss, now, jwt_deadline, actor)
    detail = f"migration {migration.attempt}, by {REAUTHORIZATION}"
    began = AuditEntry(org.org_id, now, AuditAction.MIGRATION_STARTED, actor, detail)
    saved = ports.migrations.save(migration, org=after, audit=[*audit, began], notices=[notice])
    # Where this fails, the sweep starts it.
    ports.workflow.start(saved)


def _task_token(migration: Migration, vault: TokenVault) -> str:
    sealed = migration.cleanup.task_token if migration.cleanup else ""
    return vault.open(sealed, org_id=migration.org_id, attempt=migration.attempt) if sealed else ""


def _wake(migration: Migration, token: str, callback: TaskCallback) -> None:
    """Let the state machine go on; where that fails, its wait times out and it looks for itself."""
    try:
        callback.complete(token)
    except TransientError as error:
        ids = {"org_id": migration.org_id, "attempt": migration.attempt}
        _log.warning("state_machine_not_woken", extra={**ids, "reason": error.message})
