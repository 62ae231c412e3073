"""Where an org stands, in a few words and in a colour."""

from __future__ import annotations

from datetime import date
from typing import Final

from rich.text import Text

from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator_cli.layout import moment

_STYLES: Final = {
    OrgStatus.UPGRADE_REQUIRED: "yellow",
    OrgStatus.AUTHORIZATION_PENDING: "cyan",
    OrgStatus.AUTHORIZED: "green",
    OrgStatus.CLEANUP_APPROVAL_PENDING: "cyan",
    OrgStatus.FALLBACK_JWT: "yellow",
    OrgStatus.MIGRATED: "green",
    OrgStatus.MIGRATED_KEYS_KEPT: "green",
    OrgStatus.BLOCKED: "red",
    OrgStatus.DISCONNECTED: "bold red",
    OrgStatus.NOT_INSTALLED: "dim",
}


def status_text(org: Org, *, fleet_deadline: date, today: date) -> Text:
    """An org's status, with what makes it pressing, and which migration has it in hand."""
    label = status_label(org, fleet_deadline=fleet_deadline, today=today)
    if org.active_attempt is not None:
        label += f"\nmigration {org.active_attempt}"
    return Text(label, style=_STYLES.get(org.status, ""))


def status_label(org: Org, *, fleet_deadline: date, today: date) -> str:
    """An org's status with its reason: why it is blocked or keeps its keys, and until when."""
    match org.status:
        case OrgStatus.FALLBACK_JWT:
            return f"{org.status} {_until(deadline_of(org, fleet_deadline), today)}"
        case OrgStatus.DISCONNECTED:
            return f"{org.status}: urgent"
        case OrgStatus.AUTHORIZED:
            return f"{org.status}, {_proof(org)}"
        case _:
            reason = org.blocked_reason or org.keys_kept
            return f"{org.status}: {reason}" if reason else str(org.status)


def _until(deadline: date, today: date) -> str:
    return f"until {deadline}" if today <= deadline else f"(JWT ended on {deadline})"


def _proof(org: Org) -> str:
    if org.verification is None:
        return "not proven yet"
    return f"proven {moment(org.verification.at)}"
