"""How much time an org has left."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus

DUE_SOON: Final = timedelta(days=30)
_DONE: Final = frozenset(
    {OrgStatus.MIGRATED, OrgStatus.MIGRATED_KEYS_KEPT, OrgStatus.NOT_INSTALLED}
)
# An org that has just been authorized is proven by itself.
_NOT_REMINDED: Final = _DONE | {OrgStatus.AUTHORIZED}


class Risk(StrEnum):
    """How pressing an org is; derived, never stored."""

    ON_TRACK = "on_track"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


def deadline_of(org: Org, fleet_deadline: date) -> date:
    """The day JWT ends for an org: its own, or else the fleet's."""
    return org.registration.deadline or fleet_deadline


def risk_of(org: Org, *, today: date, fleet_deadline: date) -> Risk:
    """How pressing an org is today; orgs that are done, or lack the package, never are."""
    if org.status in _DONE:
        return Risk.ON_TRACK
    deadline = deadline_of(org, fleet_deadline)
    if today > deadline:
        return Risk.OVERDUE
    return Risk.DUE_SOON if deadline - today <= DUE_SOON else Risk.ON_TRACK


def needs_no_reminder(status: OrgStatus) -> bool:
    """Whether nobody has anything to do about an org before its deadline."""
    return status in _NOT_REMINDED
