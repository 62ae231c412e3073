"""Migrations as items, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from zoom_migrator.adapters.dynamodb.approval_items import (
    approval_from,
    approval_values,
    target_from,
    target_values,
)
from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.authorization_items import (
    authorization_from,
    authorization_values,
)
from zoom_migrator.adapters.dynamodb.cleanup_items import (
    cleanup_from,
    cleanup_values,
    removal_from,
    removal_values,
)
from zoom_migrator.adapters.dynamodb.fields import Fields, fields_of
from zoom_migrator.adapters.dynamodb.install_items import (
    finding_from,
    finding_values,
    install_from,
    install_values,
)
from zoom_migrator.adapters.dynamodb.keys import (
    PARTITION,
    SORT,
    Item,
    migration_sort,
    org_partition,
)
from zoom_migrator.adapters.dynamodb.verification_items import (
    verification_from,
    verification_values,
)
from zoom_migrator.domain.approval import Approval
from zoom_migrator.domain.authorization_request import AuthorizationRequest
from zoom_migrator.domain.cleanup import CleanupRequest
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.status import BlockedReason

# Names of attributes. Other texts are cut where they are too long; a token would be worth nothing
# then, so the tokens are attributes of their own, which are not.
_APPROVAL_TOKEN: Final = "task_token"  # noqa: S105
_AUTHORIZATION_TOKEN: Final = "authorization_task_token"  # noqa: S105
_CLEANUP_TOKEN: Final = "cleanup_task_token"  # noqa: S105


def migration_item(migration: Migration) -> Item:
    """The item of a migration."""
    target, approval, install = migration.target, migration.approval, migration.install
    authorization, cleanup, removal = (
        migration.authorization,
        migration.cleanup,
        migration.removal,
    )
    item = item_of(
        {
            PARTITION: org_partition(migration.org_id),
            SORT: migration_sort(migration.attempt),
            "org_id": migration.org_id,
            "attempt": migration.attempt,
            "trigger": migration.trigger,
            "requested_by": migration.requested_by,
            "started_at": migration.started_at,
            "step": migration.step,
            "version_before": migration.version_before,
            "target": target_values(target) if target else None,
            "findings": tuple(finding_values(finding) for finding in migration.findings),
            "approval": approval_values(approval) if approval else None,
            "install": install_values(install) if install else None,
            "sent_before": migration.sent_before,
            "authorization": authorization_values(authorization) if authorization else None,
            "waiting_since": migration.waiting_since,
            "by_hand_since": migration.by_hand_since,
            "by_hand_until": migration.by_hand_until,
            "reminders": migration.reminders,
            "verifications": tuple(map(verification_values, migration.verifications)),
            "soak_until": migration.soak_until,
            "cleanup": cleanup_values(cleanup) if cleanup else None,
            "removal": removal_values(removal) if removal else None,
            "outcome": migration.outcome,
            "blocked_reason": migration.blocked_reason,
            "failure_code": migration.failure_code,
            "detail": migration.detail,
            "remedy": migration.remedy,
            "said": migration.said,
            "ended_at": migration.ended_at,
            "revision": migration.revision,
        }
    )
    if approval and approval.task_token:
        item[_APPROVAL_TOKEN] = {"S": approval.task_token}
    if authorization and authorization.task_token:
        item[_AUTHORIZATION_TOKEN] = {"S": authorization.task_token}
    if cleanup and cleanup.task_token:
        item[_CLEANUP_TOKEN] = {"S": cleanup.task_token}
    return item


def migration_from(item: Item) -> Migration:
    """The migration of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    target, install = fields.inner("target"), fields.inner("install")
    removal = fields.inner("removal")
    return Migration(
        org_id=fields.text("org_id"),
        attempt=fields.number("attempt"),
        trigger=fields.text("trigger", ""),
        requested_by=fields.text("requested_by", ""),
        started_at=fields.moment("started_at"),
        step=fields.choice("step", MigrationStep),
        version_before=fields.text("version_before", ""),
        target=target_from(target) if target else None,
        findings=tuple(map(finding_from, fields.inners("findings"))),
        approval=_approval_of(fields),
        install=install_from(install) if install else None,
        sent_before=fields.parsed("sent_before", datetime.fromisoformat),
        authorization=_authorization_of(fields),
        waiting_since=fields.parsed("waiting_since", datetime.fromisoformat),
        by_hand_since=fields.parsed("by_hand_since", datetime.fromisoformat),
        by_hand_until=fields.parsed("by_hand_until", datetime.fromisoformat),
        reminders=fields.number("reminders", 0),
        verifications=tuple(map(verification_from, fields.inners("verifications"))),
        soak_until=fields.parsed("soak_until", datetime.fromisoformat),
        cleanup=_cleanup_of(fields),
        removal=removal_from(removal) if removal else None,
        outcome=fields.parsed("outcome", MigrationOutcome),
        blocked_reason=fields.parsed("blocked_reason", BlockedReason),
        failure_code=fields.text("failure_code", ""),
        detail=fields.text("detail", ""),
        remedy=fields.text("remedy", ""),
        said=fields.text("said", ""),
        ended_at=fields.parsed("ended_at", datetime.fromisoformat),
        revision=fields.number("revision"),
    )


def _approval_of(fields: Fields) -> Approval | None:
    approval = fields.inner("approval")
    if approval is None:
        return None
    return approval_from(approval, task_token=fields.text(_APPROVAL_TOKEN, ""))


def _authorization_of(fields: Fields) -> AuthorizationRequest | None:
    authorization = fields.inner("authorization")
    if authorization is None:
        return None
    return authorization_from(authorization, task_token=fields.text(_AUTHORIZATION_TOKEN, ""))


def _cleanup_of(fields: Fields) -> CleanupRequest | None:
    cleanup = fields.inner("cleanup")
    if cleanup is None:
        return None
    return cleanup_from(cleanup, task_token=fields.text(_CLEANUP_TOKEN, ""))
