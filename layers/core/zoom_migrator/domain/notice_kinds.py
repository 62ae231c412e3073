"""What each kind of notice is: how much it matters, whom it is for, and what its link is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import ActionKind, Tone


class Importance(StrEnum):
    """How much a kind matters.

    ``REQUEST``: somebody is asked for something, for the first time. ``REMINDER``: once more; that
    alone can be muted. ``NEWS``: something is done. ``FAILURE``: something has stopped or failed.
    """

    REQUEST = "request"
    REMINDER = "reminder"
    NEWS = "news"
    FAILURE = "failure"


class Audience(StrEnum):
    """Who has to know."""

    SALESFORCE_ADMIN = "salesforce_admin"
    ZOOM_ADMIN = "zoom_admin"
    OPERATORS = "operators"


@dataclass(frozen=True, slots=True)
class KindRules:
    """What holds for a kind.

    Attributes:
        audience: Who has to know, whoever has to act first.
        action: What its link is for, where it has one by its kind alone.
    """

    importance: Importance
    tone: Tone
    audience: tuple[Audience, ...]
    action: ActionKind | None = None


_K, _I, _T, _A = NoticeKind, Importance, Tone, ActionKind
_SALESFORCE: Final = (Audience.SALESFORCE_ADMIN,)
_ZOOM: Final = (Audience.ZOOM_ADMIN,)
_OPERATORS: Final = (Audience.OPERATORS,)
_SALESFORCE_AND_US: Final = (Audience.SALESFORCE_ADMIN, Audience.OPERATORS)
_BOTH_ADMINS: Final = (Audience.SALESFORCE_ADMIN, Audience.ZOOM_ADMIN)
_ALL: Final = (Audience.ZOOM_ADMIN, Audience.SALESFORCE_ADMIN, Audience.OPERATORS)

RULES: Final[Mapping[NoticeKind, KindRules]] = MappingProxyType(
    {
        _K.UPGRADE_APPROVAL_NEEDED: KindRules(_I.REQUEST, _T.TO_DO, _SALESFORCE, _A.APPROVE),
        _K.UPGRADE_APPROVAL_REMINDER: KindRules(_I.REMINDER, _T.TO_DO, _SALESFORCE, _A.APPROVE),
        _K.UPGRADE_BY_HAND_NEEDED: KindRules(_I.REQUEST, _T.TO_DO, _SALESFORCE, _A.INSTALL),
        _K.UPGRADE_BY_HAND_REMINDER: KindRules(_I.REMINDER, _T.TO_DO, _SALESFORCE, _A.INSTALL),
        _K.UPGRADE_DONE: KindRules(_I.NEWS, _T.GOOD, _SALESFORCE),
        _K.UPGRADE_DECLINED: KindRules(_I.FAILURE, _T.BAD, _OPERATORS),
        _K.UPGRADE_EXPIRED: KindRules(_I.FAILURE, _T.BAD, _SALESFORCE_AND_US),
        _K.UPGRADE_BLOCKED: KindRules(_I.FAILURE, _T.BAD, _SALESFORCE_AND_US),
        _K.AUTHORIZATION_NEEDED: KindRules(_I.REQUEST, _T.TO_DO, _ZOOM, _A.AUTHORIZE),
        _K.AUTHORIZATION_REMINDER: KindRules(_I.REMINDER, _T.TO_DO, _ZOOM, _A.AUTHORIZE),
        _K.AUTHORIZATION_EXPIRED: KindRules(_I.FAILURE, _T.BAD, _SALESFORCE_AND_US),
        _K.AUTHORIZATION_BLOCKED: KindRules(_I.FAILURE, _T.BAD, _ALL),
        _K.CONNECTED: KindRules(_I.NEWS, _T.GOOD, _BOTH_ADMINS),
        _K.CLEANUP_APPROVAL_NEEDED: KindRules(_I.REQUEST, _T.TO_DO, _SALESFORCE, _A.CLEANUP),
        _K.CLEANUP_APPROVAL_REMINDER: KindRules(_I.REMINDER, _T.TO_DO, _SALESFORCE, _A.CLEANUP),
        _K.CLEANUP_BLOCKED: KindRules(_I.FAILURE, _T.BAD, _SALESFORCE_AND_US),
        _K.MIGRATED: KindRules(_I.NEWS, _T.GOOD, _SALESFORCE),
        _K.KEYS_KEPT: KindRules(_I.NEWS, _T.NEWS, _SALESFORCE),
        _K.KEYS_RESTORED: KindRules(_I.NEWS, _T.NEWS, _SALESFORCE_AND_US),
        _K.KEYS_REAPPEARED: KindRules(_I.FAILURE, _T.BAD, _SALESFORCE_AND_US),
        _K.VERIFICATION_FAILED: KindRules(_I.FAILURE, _T.BAD, _SALESFORCE_AND_US),
        _K.FELL_BACK: KindRules(_I.FAILURE, _T.URGENT, _ALL),
        _K.DISCONNECTED: KindRules(_I.FAILURE, _T.BAD, _ALL),
        _K.VERSION_WENT_DOWN: KindRules(_I.FAILURE, _T.BAD, _SALESFORCE_AND_US),
        _K.PACKAGE_REMOVED: KindRules(_I.FAILURE, _T.BAD, _SALESFORCE_AND_US),
        # What these are about depends on where the org stands when they are told.
        _K.DEADLINE_NEAR: KindRules(_I.REMINDER, _T.URGENT, _SALESFORCE_AND_US),
        _K.DEADLINE_OVERDUE: KindRules(_I.REMINDER, _T.BAD, _SALESFORCE_AND_US),
        _K.SCAN_FINISHED: KindRules(_I.NEWS, _T.NEWS, _OPERATORS),
    }
)
"""Every kind. A new one is added here together with its words."""

FINAL: Final = "final"
"""Name of the fact that makes a reminder one that cannot be muted."""


def can_be_muted(kind: NoticeKind, facts: Mapping[str, str]) -> bool:
    """Whether somebody may not want to be told: reminders, except those of the last day."""
    return RULES[kind].importance is Importance.REMINDER and FINAL not in facts
