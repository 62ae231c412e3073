"""The JSON Schema of every event on the product's bus.

Facts are described here, kinds in ``scripts/event_kinds.py``; ``python -m scripts.render_notices``
writes ``events/schemas/KIND.json`` of both. A schema says what a subscriber can rely on: new facts
may be added without another version, none goes away and none changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scripts.event_kinds import FACTS_OF, MEANINGS
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import ActionKind
from zoom_migrator.domain.org import Environment
from zoom_migrator.domain.product_event import SCHEMA_VERSION, detail_type_of
from zoom_migrator.domain.scan import ScanOutcome, ScanStatus
from zoom_migrator.domain.status import OrgStatus

type Schema = dict[str, Any]

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
    "as_of": _DATE | {"description": "The day it tells of, where it was told ahead of that day."},
    "final": {"enum": ["yes"], "description": "It is the last day, and cannot be muted."},
}
"""Every fact that an event can have."""


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
