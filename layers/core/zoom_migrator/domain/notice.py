"""What people have to be told, recorded with the change it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class NoticeKind(StrEnum):
    """What a notice is about. Kinds are stable: subscribers may rely on them."""

    UPGRADE_APPROVAL_NEEDED = "upgrade_approval_needed"
    UPGRADE_APPROVAL_REMINDER = "upgrade_approval_reminder"
    UPGRADE_BY_HAND_NEEDED = "upgrade_by_hand_needed"
    UPGRADE_BY_HAND_REMINDER = "upgrade_by_hand_reminder"
    UPGRADE_DONE = "upgrade_done"
    UPGRADE_DECLINED = "upgrade_declined"
    UPGRADE_EXPIRED = "upgrade_expired"
    UPGRADE_BLOCKED = "upgrade_blocked"
    AUTHORIZATION_NEEDED = "authorization_needed"
    AUTHORIZATION_REMINDER = "authorization_reminder"
    AUTHORIZATION_EXPIRED = "authorization_expired"
    AUTHORIZATION_BLOCKED = "authorization_blocked"
    CONNECTED = "connected"
    CLEANUP_APPROVAL_NEEDED = "cleanup_approval_needed"
    CLEANUP_APPROVAL_REMINDER = "cleanup_approval_reminder"
    CLEANUP_BLOCKED = "cleanup_blocked"
    MIGRATED = "migrated"
    KEYS_KEPT = "keys_kept"
    KEYS_RESTORED = "keys_restored"
    KEYS_REAPPEARED = "keys_reappeared"
    VERIFICATION_FAILED = "verification_failed"
    FELL_BACK = "fell_back"
    DISCONNECTED = "disconnected"
    VERSION_WENT_DOWN = "version_went_down"
    PACKAGE_REMOVED = "package_removed"
    DEADLINE_NEAR = "deadline_near"
    DEADLINE_OVERDUE = "deadline_overdue"
    SCAN_FINISHED = "scan_finished"


class NoticeRef(NamedTuple):
    """What tells a notice from every other one.

    Attributes:
        org_id: Empty where it is about the fleet as a whole.
        attempt: 0 where no migration of the org was ever begun, or where it is about the fleet.
        milestone: The id of the scan where it is about a scan.
    """

    org_id: str
    attempt: int
    kind: NoticeKind
    milestone: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell about one attempt of one org.

    Attributes:
        milestone: Tells notices of one kind apart, such as ``1`` for the first reminder; there is
            one notice at most of an org, attempt, kind and milestone.
        facts: What its words are made of; never a secret or a signed link.
    """

    org_id: str
    attempt: int
    kind: NoticeKind
    at: datetime
    milestone: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> NoticeRef:
        """What tells it from every other notice."""
        return NoticeRef(self.org_id, self.attempt, self.kind, self.milestone)


def ref_of_scan(scan_id: str) -> NoticeRef:
    """What tells the news that a scan is over from every other notice."""
    return NoticeRef("", 0, NoticeKind.SCAN_FINISHED, scan_id)
