"""Go on from an upgraded package to its authorization."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgEvent
from zoom_migrator.ports import MigrationRepository
from zoom_migrator.use_cases.observe_org import status_changes


def await_authorization(
    migration: Migration, org: Org, *, at: datetime, actor: str, migrations: MigrationRepository
) -> Migration:
    """Let a migration whose org has its version wait for an authorization.

    Where the package was upgraded on the way here, that is told.

    Raises:
        ConcurrentModification: Either was changed since it was read; nothing was stored.
        StoreUnavailable: The database cannot be reached.
    """
    approval = migration.approval
    waiting = replace(
        migration,
        step=MigrationStep.AWAITING_AUTHORIZATION,
        approval=approval.closed(ApprovalStatus.SUPERSEDED) if approval else None,
        waiting_since=None,
    )
    after = org.after(OrgEvent.UPGRADE_CONFIRMED, at=at)
    return migrations.save(
        waiting,
        org=after,
        audit=status_changes(org, after, at, actor),
        notices=[_upgrade_done(waiting, after, at)] if migration.version_before else [],
    )


def _upgrade_done(migration: Migration, org: Org, at: datetime) -> Notice:
    package = org.snapshot.package if org.snapshot else None
    facts = {
        "org": org.registration.display_name,
        "version_before": migration.version_before,
        "version_now": str(package.version) if package else "",
    }
    return Notice(org.org_id, migration.attempt, NoticeKind.UPGRADE_DONE, at, facts=facts)
