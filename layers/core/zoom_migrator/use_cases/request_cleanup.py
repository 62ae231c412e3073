"""Keep what wakes the state machine once somebody has said what becomes of the old keys."""

from __future__ import annotations

from dataclasses import replace

from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.ports import MigrationRepository, OrgRepository, TaskCallback, TokenVault
from zoom_migrator.use_cases.migration_step import in_hand


def request_cleanup(
    org_id: str,
    attempt: int,
    task_token: str,
    *,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    vault: TokenVault,
    callback: TaskCallback,
) -> None:
    """Take the token in place of the old one; the request itself was made with the second proof.

    Where there is nothing to wait for any more, the machine is woken at once: somebody may have
    answered, or ended the migration, between two waits.

    Raises:
        MigrationNotFound: There is no such attempt.
        OrgNotFound: The org is not registered.
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    hand = in_hand(org_id, attempt, orgs=orgs, migrations=migrations)
    request = hand.migration.cleanup
    waits = hand.migration.step is MigrationStep.AWAITING_CLEANUP_APPROVAL
    if not waits or request is None or request.status is not CleanupStatus.PENDING:
        callback.complete(task_token)
        return
    sealed = vault.seal(task_token, org_id=org_id, attempt=attempt)
    migrations.save(replace(hand.migration, cleanup=replace(request, task_token=sealed)))
