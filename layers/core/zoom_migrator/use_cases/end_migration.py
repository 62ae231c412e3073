"""End a migration: with its org, the audit trail and what has to be told, in one change."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import OrgSnapshot
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.migration import Ending, Migration, MigrationOutcome
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import TRANSITIONS, BlockedReason, OrgEvent
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import MigrationRepository
from zoom_migrator.use_cases.observe_org import status_changes

_O: Final = MigrationOutcome
_EVENTS: Final = {
    _O.UPGRADED: OrgEvent.UPGRADE_CONFIRMED,
    _O.DECLINED: OrgEvent.UPGRADE_BLOCKED,
    _O.EXPIRED: OrgEvent.UPGRADE_ABANDONED,
    _O.BLOCKED: OrgEvent.UPGRADE_BLOCKED,
    _O.NOT_INSTALLED: OrgEvent.UPGRADE_ABANDONED,
    _O.STOPPED: OrgEvent.UPGRADE_ABANDONED,
    _O.BROKE: OrgEvent.UPGRADE_BLOCKED,
    _O.AUTHORIZED: OrgEvent.AUTHORIZED,
    _O.AUTHORIZATION_EXPIRED: OrgEvent.AUTHORIZATION_EXPIRED,
    _O.AUTHORIZATION_BLOCKED: OrgEvent.AUTHORIZATION_BLOCKED,
    _O.AUTHORIZATION_DECLINED: OrgEvent.AUTHORIZATION_EXPIRED,
    _O.UNVERIFIED: OrgEvent.UPGRADE_ABANDONED,
    _O.VERSION_WENT_DOWN: OrgEvent.VERSION_WENT_DOWN,
    _O.CLEANUP_BLOCKED: OrgEvent.KEYS_KEPT,
    _O.MIGRATED: OrgEvent.MIGRATED,
    _O.MIGRATED_KEYS_KEPT: OrgEvent.KEYS_KEPT,
}
_NOTICES: Final = {
    _O.UPGRADED: NoticeKind.UPGRADE_DONE,
    _O.DECLINED: NoticeKind.UPGRADE_DECLINED,
    _O.EXPIRED: NoticeKind.UPGRADE_EXPIRED,
    _O.BLOCKED: NoticeKind.UPGRADE_BLOCKED,
    _O.BROKE: NoticeKind.UPGRADE_BLOCKED,
    _O.AUTHORIZATION_EXPIRED: NoticeKind.AUTHORIZATION_EXPIRED,
    _O.AUTHORIZATION_BLOCKED: NoticeKind.AUTHORIZATION_BLOCKED,
    _O.AUTHORIZATION_DECLINED: NoticeKind.AUTHORIZATION_EXPIRED,
    _O.UNVERIFIED: NoticeKind.VERIFICATION_FAILED,
    _O.VERSION_WENT_DOWN: NoticeKind.VERSION_WENT_DOWN,
    _O.CLEANUP_BLOCKED: NoticeKind.CLEANUP_BLOCKED,
    _O.MIGRATED: NoticeKind.MIGRATED,
    _O.MIGRATED_KEYS_KEPT: NoticeKind.KEYS_KEPT,
}
_NOTICES_BY_EVENT: Final = {
    OrgEvent.FELL_BACK: NoticeKind.FELL_BACK,
    OrgEvent.DISCONNECTED: NoticeKind.DISCONNECTED,
    OrgEvent.PACKAGE_REMOVED: NoticeKind.PACKAGE_REMOVED,
}
BROKE: Final = Ending(
    _O.BROKE,
    detail="The migration could not be carried on.",
    remedy="Read what went wrong, mend it, then: `zoom-migrator migrate resume`.",
    failure_code="migration_broke",
    blocked_reason=BlockedReason.MIGRATION_BROKE,
)


def end_migration(
    migration: Migration,
    org: Org,
    ending: Ending,
    *,
    at: datetime,
    actor: str,
    migrations: MigrationRepository,
) -> Migration:
    """End a migration and let go of its org.

    Nobody pulls an org out from under whoever is removing its keys: that lasts minutes at most.

    Raises:
        ConcurrentModification: Either was changed since it was read, or keys are being removed;
            nothing was stored.
        IllegalTransition: The migration has ended before.
        StoreUnavailable: The database cannot be reached.
    """
    removal = migration.removal
    if removal is not None and removal.is_leased(at):
        raise ConcurrentModification(
            f"The old keys of org {org.org_id} are being removed at this moment.",
            remedy="Repeat this in a few minutes.",
        )
    ended = migration.ended(ending, at)
    event = _event(org, ending)
    after = _org_after(org, migration, ending, event, at)
    detail = f"migration {migration.attempt}: {ending.outcome}"
    if ending.failure_code:
        detail += f" ({ending.failure_code})"
    audit = [
        AuditEntry(org.org_id, at, AuditAction.MIGRATION_ENDED, actor, detail),
        *status_changes(org, after, at, actor),
    ]
    return migrations.save(ended, org=after, audit=audit, notices=_notices(ended, after, event, at))


def _event(org: Org, ending: Ending) -> OrgEvent:
    gone = ending.outcome is MigrationOutcome.NOT_INSTALLED
    if gone and OrgEvent.PACKAGE_REMOVED in TRANSITIONS[org.status]:
        return OrgEvent.PACKAGE_REMOVED
    return ending.event or _EVENTS[ending.outcome]


def _org_after(
    org: Org, migration: Migration, ending: Ending, event: OrgEvent, at: datetime
) -> Org:
    if org.active_attempt != migration.attempt:
        # Another attempt has the org in hand, which alone may move it.
        return org
    after = org.released().after(event, ending.blocked_reason, at=at, kept=ending.kept)
    if ending.outcome is MigrationOutcome.NOT_INSTALLED and isinstance(org.snapshot, OrgSnapshot):
        # Only now that no migration holds it can a check move it.
        return after.observe(org.snapshot, scan_id=None, minimum=PackageVersion(0, 0))
    return after


def _notices(migration: Migration, org: Org, event: OrgEvent, at: datetime) -> list[Notice]:
    kind = _NOTICES_BY_EVENT.get(event)
    if kind is None and migration.outcome is not None:
        kind = _NOTICES.get(migration.outcome)
    if kind is None:
        return []
    facts = {
        "org": org.registration.display_name,
        "version_before": migration.version_before,
        "version_now": _version_of(org),
        "detail": migration.detail,
        "remedy": migration.remedy,
        "said": migration.said,
    }
    told = {name: fact for name, fact in facts.items() if fact}
    return [Notice(migration.org_id, migration.attempt, kind, at, facts=told)]


def _version_of(org: Org) -> str:
    package = org.snapshot.package if org.snapshot else None
    return str(package.version) if package else ""
