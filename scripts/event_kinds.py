"""Every kind of event: what happened, which facts it surely has, and which it may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zoom_migrator.domain.notice import NoticeKind

_K: Final = NoticeKind
_APPROVAL: Final = (("org", "version_before", "version_to_come", "until"), ())
_BY_HAND: Final = (("org", "minimum", "until", "steps"), ("version_before", "install_link"))
_AUTHORIZATION: Final = ("org", "zoom_admin_email", "products", "until")
_ENDING: Final = ("version_before", "version_now", "remedy", "said")
_ENDED: Final = (("org", "detail"), _ENDING)
_CLEANUP: Final = (("org", "rows", "until", "needs_confirmation"), ())
_LOSS: Final = (("org", "detail"), (*_ENDING, "cause", "jwt_until", "restore_until"))
_SEEN: Final = (("org", "detail"), _ENDING)
_DEADLINE: Final = (
    ("org", "deadline", "due_on", "status"),
    (
        "waits_for",
        "late_by_days",
        "as_of",
        "final",
        "detail",
        "remedy",
        "zoom_admin_email",
        "products",
        "needs_confirmation",
    ),
)
FACTS_OF: Final[Mapping[NoticeKind, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    _K.UPGRADE_APPROVAL_NEEDED: _APPROVAL,
    _K.UPGRADE_APPROVAL_REMINDER: _APPROVAL,
    _K.UPGRADE_BY_HAND_NEEDED: _BY_HAND,
    _K.UPGRADE_BY_HAND_REMINDER: _BY_HAND,
    _K.UPGRADE_DONE: (("org",), ("version_before", "version_now", "detail", "remedy", "said")),
    _K.UPGRADE_DECLINED: _ENDED,
    _K.UPGRADE_EXPIRED: _ENDED,
    _K.UPGRADE_BLOCKED: _ENDED,
    _K.AUTHORIZATION_NEEDED: (_AUTHORIZATION, ()),
    _K.AUTHORIZATION_REMINDER: (
        _AUTHORIZATION,
        ("setback", "remedy", "if_zoom_shows_an_error"),
    ),
    _K.AUTHORIZATION_EXPIRED: _ENDED,
    _K.AUTHORIZATION_BLOCKED: _ENDED,
    _K.CONNECTED: ((*_AUTHORIZATION, "zoom_email"), ("unproven",)),
    _K.CLEANUP_APPROVAL_NEEDED: _CLEANUP,
    _K.CLEANUP_APPROVAL_REMINDER: _CLEANUP,
    _K.CLEANUP_BLOCKED: _ENDED,
    _K.MIGRATED: _ENDED,
    _K.KEYS_KEPT: _ENDED,
    _K.KEYS_RESTORED: (("org", "detail", "jwt_until"), ()),
    _K.KEYS_REAPPEARED: _SEEN,
    _K.VERIFICATION_FAILED: _ENDED,
    _K.FELL_BACK: _LOSS,
    _K.DISCONNECTED: _LOSS,
    _K.VERSION_WENT_DOWN: _SEEN,
    _K.PACKAGE_REMOVED: _SEEN,
    _K.DEADLINE_NEAR: _DEADLINE,
    _K.DEADLINE_OVERDUE: _DEADLINE,
}
"""By kind: facts that an event surely has, and facts that it may have."""

MEANINGS: Final[Mapping[NoticeKind, str]] = {
    _K.UPGRADE_APPROVAL_NEEDED: "The Salesforce admin is asked about the upgrade.",
    _K.UPGRADE_APPROVAL_REMINDER: "Nobody has answered yet.",
    _K.UPGRADE_BY_HAND_NEEDED: "The customer is asked to upgrade the package.",
    _K.UPGRADE_BY_HAND_REMINDER: "The package was not upgraded by hand yet.",
    _K.UPGRADE_DONE: "The package has the version that OAuth needs.",
    _K.UPGRADE_DECLINED: "The Salesforce admin said no to the upgrade.",
    _K.UPGRADE_EXPIRED: "Nobody answered, or upgraded by hand, in time.",
    _K.UPGRADE_BLOCKED: "The upgrade cannot go on before a person acts.",
    _K.AUTHORIZATION_NEEDED: "A Zoom admin is asked to authorize the org.",
    _K.AUTHORIZATION_REMINDER: "The org was not authorized yet.",
    _K.AUTHORIZATION_EXPIRED: "Nobody authorized the org in time.",
    _K.AUTHORIZATION_BLOCKED: "Authorizing was tried and refused, for a reason to be mended.",
    _K.CONNECTED: "A Zoom admin has authorized the org.",
    _K.CLEANUP_APPROVAL_NEEDED: "The Salesforce admin is asked what becomes of the old keys.",
    _K.CLEANUP_APPROVAL_REMINDER: "Nobody has answered yet.",
    _K.CLEANUP_BLOCKED: "The org is connected, and its old keys could not be removed.",
    _K.MIGRATED: "The org is connected, proven, and has no old keys any more.",
    _K.KEYS_KEPT: "The org is connected and proven, and keeps its old keys.",
    _K.KEYS_RESTORED: "The old keys were put back from their backup.",
    _K.KEYS_REAPPEARED: "A migrated org holds old keys again.",
    _K.VERIFICATION_FAILED: "The connection could not be proven.",
    _K.FELL_BACK: "The authorization is lost; the org runs on JWT until its deadline.",
    _K.DISCONNECTED: "The authorization is lost, and JWT does not work either.",
    _K.VERSION_WENT_DOWN: "A connected org has too old a version of the package again.",
    _K.PACKAGE_REMOVED: "The package was removed from the org.",
    _K.DEADLINE_NEAR: "A milestone before the org's deadline has come.",
    _K.DEADLINE_OVERDUE: "The org's deadline has passed, and it is not done.",
    _K.SCAN_FINISHED: "A scan of the fleet is over.",
}
