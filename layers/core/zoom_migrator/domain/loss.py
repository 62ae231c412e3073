"""How an org can lose its authorization, and what is left of it then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgEvent, OrgStatus
from zoom_migrator.domain.zoom_failure import ZoomFailure

# Source: Zoom's table of OAuth errors. How the token endpoint carries these codes is not
# documented; where one is seen in its words, it tells more than a mere refusal.
_DISABLED_BY_ADMIN: Final = ("4738", "4,738", "disabled by admin")


class LossCause(StrEnum):
    """Why an authorization is gone.

    ``DECLINED``: whoever was asked said no. ``DEAUTHORIZED``: somebody removed the app at Zoom.
    ``PREAPPROVAL_WITHDRAWN``: a Zoom admin took back that the app may be used. ``ANSWER_LOST``: the
    answer to a refresh was lost, so that nobody has tokens that surely work. ``REFUSED``: Zoom
    does not accept the grant any more, and does not say why. ``REVOKED``: an operator ended it.
    ``NO_GRANT``: none is stored.
    """

    DECLINED = "declined"
    DEAUTHORIZED = "deauthorized"
    PREAPPROVAL_WITHDRAWN = "preapproval_withdrawn"
    ANSWER_LOST = "answer_lost"
    REFUSED = "refused"
    REVOKED = "revoked"
    NO_GRANT = "no_grant"


CONNECTED: Final = frozenset(
    {
        OrgStatus.AUTHORIZED,
        OrgStatus.CLEANUP_APPROVAL_PENDING,
        OrgStatus.MIGRATED,
        OrgStatus.MIGRATED_KEYS_KEPT,
    }
)
"""Statuses of orgs that have an authorization, and could lose it."""

_LEFT: Final = {
    OrgEvent.FELL_BACK: OrgStatus.FALLBACK_JWT,
    OrgEvent.DISCONNECTED: OrgStatus.DISCONNECTED,
}
_SUMMARIES: Final = {
    LossCause.DECLINED: "The request to authorize was declined at Zoom.",
    LossCause.DEAUTHORIZED: "The app was removed at Zoom.",
    LossCause.PREAPPROVAL_WITHDRAWN: "A Zoom admin has withdrawn the app's pre-approval.",
    LossCause.ANSWER_LOST: "Zoom's answer to a renewal of the grant was lost.",
    LossCause.REFUSED: "Zoom does not accept the org's grant any more.",
    LossCause.REVOKED: "The grant was revoked by an operator.",
    LossCause.NO_GRANT: "No grant of this org is stored.",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """That an org's grant is of no use any more.

    Attributes:
        grant_id: The grant; empty where there is none.
        grant_version: Version of its tokens; other tokens than these are not lost.
    """

    cause: LossCause
    grant_id: str = ""
    grant_version: int = 0

    @property
    def summary(self) -> str:
        """What happened, in a sentence for people."""
        return _SUMMARIES[self.cause]


def cause_of(failure: ZoomFailure | None) -> LossCause:
    """Why Zoom refused a grant, as far as it says."""
    said = failure.detail.casefold() if failure is not None else ""
    if any(word in said for word in _DISABLED_BY_ADMIN):
        return LossCause.PREAPPROVAL_WITHDRAWN
    return LossCause.REFUSED


def what_is_left(org: Org, *, today: date, fleet_deadline: date) -> OrgEvent:
    """What becomes of an org without an authorization.

    It runs on JWT as long as its keys are known to be there and its day has not passed. Where the
    keys cannot be seen it counts as disconnected: an alarm too many is better than one too few.
    """
    keys = org.snapshot.keys if org.snapshot else None
    has_keys = keys is not None and keys.presence is KeyPresence.PRESENT
    if has_keys and today <= deadline_of(org, fleet_deadline):
        return OrgEvent.FELL_BACK
    return OrgEvent.DISCONNECTED


def what_changed(org: Org, *, today: date, fleet_deadline: date) -> OrgEvent | None:
    """What time, or somebody who changed its keys, makes of an org without an authorization.

    None where it stays as it is, or has an authorization.
    """
    if org.status not in _LEFT.values():
        return None
    left = what_is_left(org, today=today, fleet_deadline=fleet_deadline)
    return None if _LEFT[left] is org.status else left
