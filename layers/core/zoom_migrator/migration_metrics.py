"""Counts what happens to migrations, where it becomes true: as it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.migration import Migration, MigrationOutcome
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import Org
from zoom_migrator.observability import count
from zoom_migrator.ports import MigrationRepository

_ACTIONS: Final = {
    AuditAction.MIGRATION_STARTED: "MigrationStarted",
    AuditAction.APPROVAL_REQUESTED: "ApprovalRequested",
    AuditAction.APPROVAL_ANSWERED: "ApprovalAnswered",
    AuditAction.INSTALL_REQUESTED: "InstallStarted",
    AuditAction.AUTHORIZATION_REQUESTED: "AuthorizationRequested",
    AuditAction.AUTHORIZED: "AuthorizationCompleted",
    AuditAction.AUTHORIZATION_LOST: "AuthorizationLost",
    AuditAction.CLEANUP_REQUESTED: "CleanupRequested",
    AuditAction.CLEANUP_ANSWERED: "CleanupAnswered",
    AuditAction.KEYS_REMOVED: "KeysRemoved",
    AuditAction.KEYS_RESTORED: "KeysRestored",
}
_NOTICES: Final = {
    NoticeKind.UPGRADE_DONE: "UpgradeCompleted",
    NoticeKind.UPGRADE_APPROVAL_REMINDER: "ReminderRecorded",
    NoticeKind.UPGRADE_BY_HAND_REMINDER: "ReminderRecorded",
    NoticeKind.AUTHORIZATION_REMINDER: "ReminderRecorded",
    NoticeKind.CLEANUP_APPROVAL_REMINDER: "ReminderRecorded",
    NoticeKind.FELL_BACK: "OrgsFellBack",
    NoticeKind.DISCONNECTED: "OrgsDisconnected",
}
_OUTCOMES: Final = {
    MigrationOutcome.DECLINED: "UpgradeDeclined",
    MigrationOutcome.EXPIRED: "MigrationExpired",
    MigrationOutcome.BLOCKED: "MigrationBlocked",
    MigrationOutcome.NOT_INSTALLED: "MigrationFoundNoPackage",
    MigrationOutcome.STOPPED: "MigrationStopped",
    MigrationOutcome.BROKE: "MigrationBroke",
    MigrationOutcome.AUTHORIZATION_EXPIRED: "AuthorizationExpired",
    MigrationOutcome.AUTHORIZATION_BLOCKED: "AuthorizationBlocked",
    MigrationOutcome.AUTHORIZATION_DECLINED: "AuthorizationDeclined",
    MigrationOutcome.UNVERIFIED: "VerificationFailed",
    MigrationOutcome.CLEANUP_BLOCKED: "CleanupBlocked",
    MigrationOutcome.VERSION_WENT_DOWN: "MigrationFoundOldPackage",
    MigrationOutcome.MIGRATED: "MigrationCompleted",
    MigrationOutcome.MIGRATED_KEYS_KEPT: "MigrationCompletedKeysKept",
}


class CountedMigrations:
    """A :class:`~zoom_migrator.ports.MigrationRepository` that counts what another one stores.

    A step that Step Functions repeats stores nothing a second time, so nothing is counted twice.
    """

    def __init__(self, migrations: MigrationRepository) -> None:
        self._migrations = migrations

    def get(self, org_id: str, attempt: int) -> Migration | None:
        """See the port."""
        return self._migrations.get(org_id, attempt)

    def list_of(self, org_id: str, *, limit: int) -> list[Migration]:
        """See the port."""
        return self._migrations.list_of(org_id, limit=limit)

    def save(
        self,
        migration: Migration,
        *,
        org: Org | None = None,
        audit: Sequence[AuditEntry] = (),
        notices: Sequence[Notice] = (),
    ) -> Migration:
        """See the port."""
        saved = self._migrations.save(migration, org=org, audit=audit, notices=notices)
        for name in _happened(saved, audit, notices):
            count(name)
        return saved

    def notices(self, org_id: str, *, limit: int) -> list[Notice]:
        """See the port."""
        return self._migrations.notices(org_id, limit=limit)


def _happened(
    migration: Migration, audit: Sequence[AuditEntry], notices: Sequence[Notice]
) -> Iterator[str]:
    yield from (_ACTIONS[entry.action] for entry in audit if entry.action in _ACTIONS)
    yield from (_NOTICES[notice.kind] for notice in notices if notice.kind in _NOTICES)
    # One that is over may be stored again, with what is told of its org later on. One that ends
    # upgraded tells so.
    ends = any(entry.action is AuditAction.MIGRATION_ENDED for entry in audit)
    if ends and migration.outcome in _OUTCOMES:
        yield _OUTCOMES[migration.outcome]
