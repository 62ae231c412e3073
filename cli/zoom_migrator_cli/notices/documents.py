"""Notices as JSON documents; field names are stable, scripts may rely on them.

No link is in any of them.
"""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.domain.delivery import Delivery
from zoom_migrator.domain.notice_kinds import RULES, can_be_muted
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.notices.names import name_of
from zoom_migrator_cli.notices.outcomes import outcome_of, status_of, to_do_about
from zoom_migrator_cli.notices.told import ToldNotice


def notice_document(told: ToldNotice, *, now: datetime, settings: NoticeSettings) -> Document:
    """A notice, and what became of telling people."""
    ref, facts = told.ref, told.notice.facts if told.notice else {}
    return {
        "org_id": ref.org_id or None,
        "name": told.name or None,
        "notice": name_of(ref),
        "kind": ref.kind,
        "attempt": ref.attempt,
        "milestone": ref.milestone or None,
        "at": told.at,
        "importance": RULES[ref.kind].importance,
        "can_be_muted": can_be_muted(ref.kind, facts),
        "outcome": outcome_of(told, now=now, settings=settings),
        "what_to_do": to_do_about(told, now=now, settings=settings) or None,
        "deliveries": [_delivery(each, now=now, settings=settings) for each in told.deliveries],
    }


def _delivery(delivery: Delivery, *, now: datetime, settings: NoticeSettings) -> Document:
    recipient = delivery.key.recipient
    return {
        "channel": recipient.channel,
        "address": recipient.address or None,
        "again": delivery.key.again,
        "status": status_of(delivery, now=now, settings=settings),
        "at": delivery.at,
        "tries": delivery.tries,
        "late_by_days": delivery.late_by_days,
        "provider_id": delivery.provider_id or None,
        "error": delivery.error or None,
    }
