"""A notice of every kind, as the product makes it, for one made-up org.

They show in the docs what people read, and subscribers what events look like. A test holds them to
the facts that the product's own notices have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from scripts.example_org import AT, DEADLINE, REGISTRATION
from zoom_migrator.domain.authorization_outcome import Outcome, meaning_of_outcome
from zoom_migrator.domain.cleanup_endings import (
    KEPT_BY_ANSWER,
    KEYS_REMOVED,
    NOT_CONNECTED,
    row_refused,
)
from zoom_migrator.domain.install_failure import meaning_of_install_errors
from zoom_migrator.domain.install_link import install_link
from zoom_migrator.domain.legacy_keys import RowRefusal, RowRefused
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import Environment
from zoom_migrator.domain.silence import explained
from zoom_migrator.domain.upgrade_by_hand import steps_by_hand

_UNTIL: Final = "2026-07-15T07:00:00+00:00"
_ASKED: Final = "2026-07-01T07:00:00+00:00"
_VERSION_ID: Final = "04t1S000000ASBdQAO"
_CACHE: Final = "This app can't be upgraded: Platform Cache Partitions Missing feature"

_K: Final = NoticeKind
_APPROVAL: Final = {
    "version_before": "3.23.0.4",
    "version_to_come": "3.30",
    "until": _UNTIL,
}
_BY_HAND: Final = {
    "version_before": "3.23.0.4",
    "minimum": "3.27",
    "until": _UNTIL,
    "steps": "\n".join(steps_by_hand(Environment.PRODUCTION, _VERSION_ID)),
    "install_link": install_link(Environment.PRODUCTION, _VERSION_ID),
}
_AUTHORIZATION: Final = {
    "zoom_admin_email": REGISTRATION.zoom_admin_email,
    "products": "meetings, phone",
    "until": _UNTIL,
}
_WRONG_EMAIL: Final = meaning_of_outcome(Outcome.WRONG_EMAIL)
_PLATFORM_CACHE: Final = meaning_of_install_errors([_CACHE])
_ROW_REFUSED: Final = row_refused(
    RowRefused(RowRefusal.CUSTOMER_LOGIC, "FIELD_CUSTOM_VALIDATION_EXCEPTION: Zoom keys are fixed")
)
_FACTS: Final[Mapping[NoticeKind, Mapping[str, str]]] = {
    _K.UPGRADE_APPROVAL_NEEDED: _APPROVAL,
    _K.UPGRADE_APPROVAL_REMINDER: _APPROVAL,
    _K.UPGRADE_BY_HAND_NEEDED: _BY_HAND,
    _K.UPGRADE_BY_HAND_REMINDER: _BY_HAND,
    _K.UPGRADE_DONE: {"version_before": "3.23.0.4", "version_now": "3.30.0.2"},
    _K.UPGRADE_DECLINED: {
        "version_before": "3.23.0.4",
        "version_now": "3.23.0.4",
        "detail": "The upgrade was declined.",
        "remedy": "Find out why; when they agree: `zoom-migrator migrate resume`.",
    },
    _K.UPGRADE_EXPIRED: {
        "version_before": "3.23.0.4",
        "version_now": "3.23.0.4",
        "detail": "Nobody answered in time.",
        "remedy": "Find out who is in charge, then: `zoom-migrator migrate start`.",
    },
    _K.UPGRADE_BLOCKED: {
        "version_before": "3.23.0.4",
        "version_now": "3.23.0.4",
        "detail": _PLATFORM_CACHE.summary,
        "remedy": _PLATFORM_CACHE.remedy,
        "said": _CACHE,
    },
    _K.AUTHORIZATION_NEEDED: _AUTHORIZATION,
    _K.AUTHORIZATION_REMINDER: {
        **_AUTHORIZATION,
        "setback": _WRONG_EMAIL.summary,
        "remedy": _WRONG_EMAIL.remedy,
        "if_zoom_shows_an_error": explained(),
    },
    _K.AUTHORIZATION_EXPIRED: {
        "version_now": "3.30.0.2",
        "detail": "Nobody authorized the org at Zoom in time.",
        "remedy": "Find out who is in charge of Zoom, then: `zoom-migrator migrate start`.",
    },
    _K.AUTHORIZATION_BLOCKED: {
        "version_now": "3.30.0.2",
        "detail": _WRONG_EMAIL.summary,
        "remedy": f"{_WRONG_EMAIL.remedy} Then: `zoom-migrator migrate resume`.",
        "said": "someone.else@aster.example",
    },
    _K.CONNECTED: {
        **_AUTHORIZATION,
        "zoom_email": "zoom@aster.example",
        "unproven": "phone",
    },
    _K.CLEANUP_APPROVAL_NEEDED: {"rows": "1", "until": _UNTIL, "needs_confirmation": "yes"},
    _K.CLEANUP_APPROVAL_REMINDER: {"rows": "1", "until": _UNTIL, "needs_confirmation": "yes"},
    _K.CLEANUP_BLOCKED: {
        "version_now": "3.30.0.2",
        "detail": _ROW_REFUSED.detail,
        "remedy": _ROW_REFUSED.remedy,
        "said": _ROW_REFUSED.said,
    },
    _K.MIGRATED: {
        "version_before": "3.23.0.4",
        "version_now": "3.30.0.2",
        "detail": KEYS_REMOVED.detail,
        "remedy": KEYS_REMOVED.remedy,
    },
    _K.KEYS_KEPT: {"version_now": "3.30.0.2", "detail": KEPT_BY_ANSWER.detail},
    _K.KEYS_RESTORED: {
        "detail": "The old keys were put back from their backup.",
        "jwt_until": DEADLINE.isoformat(),
    },
    _K.KEYS_REAPPEARED: {
        "detail": "The org holds an API key or secret again, although it is migrated.",
        "version_now": "3.30.0.2",
    },
    _K.VERIFICATION_FAILED: {
        "version_now": "3.30.0.2",
        "detail": NOT_CONNECTED.detail,
        "remedy": NOT_CONNECTED.remedy,
    },
    _K.FELL_BACK: {
        "detail": "Zoom does not accept the org's grant any more.",
        "cause": "refused",
        "jwt_until": DEADLINE.isoformat(),
        "remedy": "Authorize Zoom again; the link follows.",
    },
    _K.DISCONNECTED: {
        "detail": "The app was removed at Zoom.",
        "cause": "deauthorized",
        "remedy": "Authorize Zoom again; the link follows.",
        "restore_until": "2026-07-22T00:00:00+00:00",
    },
    _K.VERSION_WENT_DOWN: {
        "detail": "The org has a version of the package that is too old for OAuth.",
        "version_now": "3.12",
    },
    _K.PACKAGE_REMOVED: {"detail": "The Zoom package was removed from the org."},
    _K.DEADLINE_NEAR: {
        "deadline": DEADLINE.isoformat(),
        "due_on": "2026-06-21",
        "status": "upgrade_approval_pending",
        "waits_for": "approve",
        "late_by_days": "10",
    },
    _K.DEADLINE_OVERDUE: {
        "deadline": "2026-06-17",
        "due_on": "2026-07-01",
        "status": "blocked",
        "detail": "The integration user is inactive.",
        "remedy": "Activate the user in the org, or correct the username in the fleet file.",
    },
}
_MILESTONES: Final[Mapping[NoticeKind, str]] = {
    _K.UPGRADE_APPROVAL_REMINDER: "1",
    _K.UPGRADE_BY_HAND_REMINDER: "1",
    _K.AUTHORIZATION_REMINDER: "0-1",
    _K.CLEANUP_APPROVAL_NEEDED: _ASKED,
    _K.CLEANUP_APPROVAL_REMINDER: f"{_ASKED}-1",
    _K.KEYS_RESTORED: _ASKED,
    _K.KEYS_REAPPEARED: _ASKED,
    _K.FELL_BACK: _ASKED,
    _K.DISCONNECTED: _ASKED,
    _K.VERSION_WENT_DOWN: _ASKED,
    _K.PACKAGE_REMOVED: _ASKED,
    _K.DEADLINE_NEAR: "2026-07-21-d30",
    _K.DEADLINE_OVERDUE: "2026-06-17-overdue-w2",
}
_DEADLINES: Final = (_K.DEADLINE_NEAR, _K.DEADLINE_OVERDUE)


def notices() -> Iterator[Notice]:
    """A notice of every kind that is about an org."""
    for kind, facts in _FACTS.items():
        yield Notice(
            org_id=REGISTRATION.org_id,
            attempt=0 if kind in _DEADLINES else 1,
            kind=kind,
            at=AT,
            milestone=_MILESTONES.get(kind, ""),
            facts={"org": REGISTRATION.display_name, **facts},
        )
