"""Grants as JSON documents; field names are stable, scripts may rely on them.

No token is in any of them, neither as Zoom gave it nor as it is sealed.
"""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.domain.zoom_failure import ZoomFailure
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.grants.shared import SharedGrant
from zoom_migrator_cli.grants.words import to_do_about
from zoom_migrator_cli.migrate.authorization import products_document


def grant_document(shared: SharedGrant, now: datetime) -> Document:
    """A grant with all that is known of it, and the orgs that use it."""
    grant, subject = shared.grant, shared.grant.subject
    return {
        "grant_id": grant.grant_id,
        "status": grant.status,
        "status_since": grant.status_since,
        "problem": grant.problem or None,
        "refusals": grant.refusals,
        "what_to_do": to_do_about(grant),
        "zoom_email": grant.email,
        "zoom_account_id": subject.account_id,
        "zoom_user_id": subject.user_id,
        "client_id": subject.client_id,
        "orgs": [{"org_id": org_id, "name": name or None} for org_id, name in shared.users],
        "consented_at": grant.consented_at,
        "consented_for": subject.org_id,
        "tokens_issued_at": grant.issued_at,
        "token_pairs": grant.version,
        "access_expires_at": grant.access_expires_at,
        "being_refreshed": grant.is_leased(now),
        "scopes": list(grant.scopes),
        "products": products_document(grant.products),
        "api_url": grant.api_url,
    }


def failure_document(failure: ZoomFailure | None) -> Document | None:
    """What Zoom said where it said no."""
    if failure is None:
        return None
    return {
        "code": failure.code,
        "kind": failure.kind,
        "said": failure.detail or None,
        "http_status": failure.http_status,
        "tracking_id": failure.tracking_id or None,
        "retry_at": failure.retry_at,
    }
