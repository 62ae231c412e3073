"""Tell whoever upgrades an org by hand what to do, and until when."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.domain.install_link import install_link
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.upgrade_by_hand import steps_by_hand
from zoom_migrator.domain.upgrade_settings import UpgradeSettings


def by_hand_notice(
    migration: Migration,
    registration: OrgRegistration,
    kind: NoticeKind,
    now: datetime,
    settings: UpgradeSettings,
    *,
    milestone: str = "",
) -> Notice:
    """A notice with the steps, a line each, and the install link where there is one."""
    until, version_id = migration.by_hand_until, settings.version_id
    facts = {
        "org": registration.display_name,
        "version_before": migration.version_before,
        "minimum": str(settings.rules.minimum),
        "until": until.isoformat() if until else "",
        "steps": "\n".join(steps_by_hand(registration.environment, version_id)),
    }
    if version_id:
        facts["install_link"] = install_link(registration.environment, version_id)
    return Notice(migration.org_id, migration.attempt, kind, now, milestone=milestone, facts=facts)
