"""The JSON Schema of every event on the product's bus.

Facts and kinds are described here; ``python -m scripts.render_notices`` writes
``events/schemas/KIND.json`` of it. A schema says what a subscriber can rely on: new facts may be
added without another version, none goes away and none changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import ActionKind
from zoom_migrator.domain.org import Environment
from zoom_migrator.domain.product_event import SCHEMA_VERSION, detail_type_of
from zoom_migrator.domain.scan import ScanOutcome, ScanStatus
from zoom_migrator.domain.status import OrgStatus

type Schema = dict[str, Any]

_K: Final = NoticeKind
_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_DATE: Final[Schema] = {"type": "string", "format": "date"}
_MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}

FACTS: Final[Mapping[str, Schema]] = {
    "org": _TEXT | {"description": "Name of the org when it happened."},
    "version_before": _TEXT | {"description": "Installed version before the upgrade."},
    "version_to_come": _TEXT | {"description": "Version that is to be installed."},
    "version_now": _TEXT | {"description": "Installed version as it was last seen."},
    "minimum": _TEXT | {"description": "Lowest version that can do OAuth."},
    "until": _MOMENT | {"description": "When the question or wait ends."},
    "steps": _TEXT | {"description": "What to do by hand, a line each."},
    "install_link": _TEXT
    | {"format": "uri", "description": "Salesforce's page that installs the version; no secret."},
    "zoom_admin_email": _TEXT | {"format": "email", "description": "Who is to authorize."},
    "zoom_email": _TEXT | {"format": "email", "description": "Who has authorized."},
    "products": _TEXT | {"description": "Zoom products, separated by a comma and a blank."},
    "unproven": _TEXT | {"description": "Products that may not be on the Zoom account."},
    "setback": _TEXT | {"description": "Why the latest attempt to authorize failed."},
    "if_zoom_shows_an_error": _TEXT | {"description": "Zoom's own error pages, explained."},
    "rows": {
        "type": "string",
        "pattern": "^[0-9]+$",
        "description": "How many rows hold old keys.",
    },
    "needs_confirmation": {
        "enum": ["yes", "no"],
        "description": "Whether a person has to see first that the package is connected.",
    },
    "detail": _TEXT | {"description": "What happened, in words for people."},
    "remedy": _TEXT | {"description": "What to do about it, in words for people."},
    "said": _TEXT | {"description": "What the other side said, raw."},
    "cause": _TEXT | {"description": "Stable name of why an authorization is lost."},
    "jwt_until": _DATE | {"description": "The last day on which JWT works for the org."},
    "restore_until": _MOMENT | {"description": "Until when the old keys can be put back."},
    "deadline": _DATE | {"description": "The day JWT ends for the org."},
    "due_on": _DATE | {"description": "The day on which people were to be reminded."},
    "status": {"enum": [str(each) for each in OrgStatus], "description": "Status of the org."},
    "waits_for": {
        "enum": [str(each) for each in ActionKind],
        "description": "What somebody is asked to do.",
    },
    "late_by_days": {
        "type": "string",
        "pattern": "^[1-9][0-9]*$",
        "description": "How many days after its day it was noticed.",
    },
    "final": {"enum": ["yes"], "description": "It is the last day, and cannot be muted."},
}
"""Every fact that an event can have."""

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


def schema_of(kind: NoticeKind) -> Schema:
    """The schema of a kind's ``detail``."""
    body = _scan() if kind is NoticeKind.SCAN_FINISHED else _notice(kind)
    head: Schema = {
        "schema_version": {"const": SCHEMA_VERSION},
        "event_id": {
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
            "description": "The same however often the event is published.",
        },
        "kind": {"const": str(kind)},
        "at": _MOMENT | {"description": "When it happened."},
    }
    properties = head | body
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:zoom-migrator:event:{kind}:{SCHEMA_VERSION}",
        "title": detail_type_of(kind),
        "description": MEANINGS[kind],
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _notice(kind: NoticeKind) -> Schema:
    required, optional = FACTS_OF[kind]
    is_deadline = kind in (NoticeKind.DEADLINE_NEAR, NoticeKind.DEADLINE_OVERDUE)
    return {
        "org": {
            "type": "object",
            "required": ["id", "name", "environment"],
            "properties": {
                "id": {"type": "string", "pattern": "^00D[A-Za-z0-9]{15}$"},
                "name": _TEXT,
                "environment": {"enum": [*(str(each) for each in Environment), None]},
            },
        },
        "attempt": {"const": 0} if is_deadline else _COUNT | {"minimum": 1},
        "milestone": {
            "type": "string",
            "description": "Tells events of one kind, org and attempt apart; may be empty.",
        },
        "facts": {
            "type": "object",
            "required": list(required),
            "properties": {name: FACTS[name] for name in (*required, *optional)},
            "additionalProperties": {"type": "string"},
        },
    }


def _scan() -> Schema:
    over = [str(each) for each in ScanStatus if each is not ScanStatus.RUNNING]
    return {
        "scan": {
            "type": "object",
            "required": ["id", "status", "trigger", "started_at", "org_count", "counts",
                         "status_changes", "failure"],
            "properties": {
                "id": _TEXT,
                "status": {"enum": over},
                "trigger": _TEXT | {"description": "Who began it: a schedule or an operator."},
                "started_at": _MOMENT,
                "org_count": _COUNT,
                "counts": {
                    "type": "object",
                    "description": "Orgs by outcome; outcomes without any are left out.",
                    "propertyNames": {"enum": [str(each) for each in ScanOutcome]},
                    "additionalProperties": _COUNT,
                },
                "status_changes": _COUNT,
                "failure": {"type": ["string", "null"]},
            },
        },
    }  # fmt: skip
