"""Proofs and the removal of old keys as JSON documents; field names are stable.

No key is in any of them, neither the task token, nor the id that links are made of, nor who holds
a lease.
"""

from __future__ import annotations

from zoom_migrator.domain.cleanup import CleanupAnswer, CleanupRequest, KeyRemoval
from zoom_migrator.domain.migration import Migration
from zoom_migrator_cli.documents import Document, proof_document


def beyond_document(migration: Migration) -> Document:
    """What came after the authorization: proofs, the question about the keys, their removal."""
    return {
        "verifications": [proof_document(proof) for proof in migration.verifications],
        "soak_until": migration.soak_until,
        "cleanup": _request(migration.cleanup),
        "removal": _removal(migration.removal, migration.cleanup),
    }


def _request(request: CleanupRequest | None) -> Document | None:
    if request is None:
        return None
    return {
        "status": request.status,
        "requested_at": request.requested_at,
        "expires_at": request.expires_at,
        "rows": request.rows,
        "needs_confirmation": request.needs_confirmation,
        "reminders": request.reminders,
        "answer": _answer(request.answer),
    }


def _answer(answer: CleanupAnswer | None) -> Document | None:
    if answer is None:
        return None
    return {
        "approved": answer.approved,
        "at": answer.at,
        "name": answer.name,
        "email": answer.email or None,
        "channel": answer.channel,
        "source": answer.source,
        "connection_seen": answer.connection_seen,
        "recorded_by": answer.recorded_by or None,
    }


def _removal(removal: KeyRemoval | None, request: CleanupRequest | None) -> Document | None:
    if removal is None:
        return None
    return {
        "began_at": removal.began_at,
        "tries": removal.tries,
        "rows": request.rows if request else None,
        "removed_at": removal.removed_at,
        "backup_until": removal.backup_until,
        "last_problem": removal.last_problem or None,
    }
