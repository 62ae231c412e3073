"""Makes events of notices and of scans that are over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from zoom_migrator.domain.notice import Notice, NoticeRef, ref_of_scan
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.product_event import SCHEMA_VERSION, ProductEvent
from zoom_migrator.domain.scan import Scan

MAX_FACT_CHARACTERS: Final = 4_000
"""A longer fact is cut, so that no event is larger than EventBridge takes."""


def event_of_notice(notice: Notice, org: Org | None) -> ProductEvent:
    """The event that tells of what a notice tells.

    Args:
        org: The org as it is registered; None where it is not registered any more.
    """
    registration = org.registration if org else None
    detail = {
        **_head(notice.ref),
        "at": notice.at.isoformat(),
        "org": {
            "id": notice.org_id,
            "name": registration.display_name if registration else notice.facts.get("org", ""),
            "environment": registration.environment.value if registration else None,
        },
        "attempt": notice.attempt,
        "milestone": notice.milestone,
        "facts": {name: _cut(fact) for name, fact in notice.facts.items() if fact},
    }
    return ProductEvent(notice.ref, notice.at, detail)


def event_of_scan(scan: Scan) -> ProductEvent:
    """The event that tells that a scan is over."""
    ref, at = ref_of_scan(scan.scan_id), scan.ended_at or scan.started_at
    detail = {
        **_head(ref),
        "at": at.isoformat(),
        "scan": {
            "id": scan.scan_id,
            "status": scan.status.value,
            "trigger": scan.trigger,
            "started_at": scan.started_at.isoformat(),
            "org_count": scan.org_count,
            "counts": {outcome.value: count for outcome, count in scan.counts.items()},
            "status_changes": scan.status_changes,
            "failure": _cut(scan.failure) or None,
        },
    }
    return ProductEvent(ref, at, detail)


def event_id_of(ref: NoticeRef) -> str:
    """What tells an event from others, the same however often it is published."""
    named = json.dumps([ref.org_id, ref.attempt, ref.kind, ref.milestone])
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def _head(ref: NoticeRef) -> Mapping[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "event_id": event_id_of(ref),
        "kind": ref.kind.value,
    }


def _cut(text: str) -> str:
    return text if len(text) <= MAX_FACT_CHARACTERS else text[: MAX_FACT_CHARACTERS - 1] + "…"
