"""Requests to remove keys, and removals, as parts of items, and back."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.adapters.dynamodb.fields import Fields
from zoom_migrator.adapters.dynamodb.snapshot_items import Values
from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.cleanup import (
    CleanupAnswer,
    CleanupRequest,
    CleanupStatus,
    KeyRemoval,
)
from zoom_migrator.domain.grant import Lease


def cleanup_values(request: CleanupRequest) -> Values:
    """The attributes of a request to remove keys, without its task token."""
    answer = request.answer
    return {
        "request_id": request.request_id,
        "requested_at": request.requested_at,
        "expires_at": request.expires_at,
        "rows": request.rows,
        "needs_confirmation": request.needs_confirmation,
        "status": request.status,
        "answer": _answer_values(answer) if answer else None,
        "reminders": request.reminders,
    }


def cleanup_from(fields: Fields, *, task_token: str) -> CleanupRequest:
    """The request to remove keys of the attributes, with its task token."""
    answer = fields.inner("answer")
    return CleanupRequest(
        request_id=fields.text("request_id"),
        requested_at=fields.moment("requested_at"),
        expires_at=fields.moment("expires_at"),
        rows=fields.number("rows", 0),
        needs_confirmation=fields.flag("needs_confirmation"),
        status=fields.choice("status", CleanupStatus),
        answer=_answer_from(answer) if answer else None,
        task_token=task_token,
        reminders=fields.number("reminders", 0),
    )


def removal_values(removal: KeyRemoval) -> Values:
    """The attributes of a removal."""
    lease = removal.lease
    return {
        "began_at": removal.began_at,
        "lease_owner": lease.owner if lease else None,
        "lease_until": lease.until if lease else None,
        "tries": removal.tries,
        "removed_at": removal.removed_at,
        "backup_until": removal.backup_until,
        "last_problem": removal.last_problem,
    }


def removal_from(fields: Fields) -> KeyRemoval:
    """The removal of the attributes."""
    until = fields.parsed("lease_until", datetime.fromisoformat)
    return KeyRemoval(
        began_at=fields.moment("began_at"),
        lease=Lease(fields.text("lease_owner"), until) if until else None,
        tries=fields.number("tries", 0),
        removed_at=fields.parsed("removed_at", datetime.fromisoformat),
        backup_until=fields.parsed("backup_until", datetime.fromisoformat),
        last_problem=fields.text("last_problem", ""),
    )


def _answer_values(answer: CleanupAnswer) -> Values:
    return {
        "approved": answer.approved,
        "at": answer.at,
        "name": answer.name,
        "email": answer.email,
        "channel": answer.channel,
        "source": answer.source,
        "connection_seen": answer.connection_seen,
        "recorded_by": answer.recorded_by,
    }


def _answer_from(fields: Fields) -> CleanupAnswer:
    return CleanupAnswer(
        approved=fields.flag("approved"),
        at=fields.moment("at"),
        name=fields.text("name"),
        email=fields.text("email"),
        channel=fields.choice("channel", AnswerChannel),
        source=fields.text("source", ""),
        connection_seen=fields.flag("connection_seen"),
        recorded_by=fields.text("recorded_by", ""),
    )
