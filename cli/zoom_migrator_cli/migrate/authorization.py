"""Requests for authorization as JSON documents; field names are stable, scripts may rely on them.

Neither the task token is in any of them, nor the id that links are made of.
"""

from __future__ import annotations

from zoom_migrator.domain.authorization_outcome import meaning_of_outcome
from zoom_migrator.domain.authorization_request import AuthorizationRequest, Authorized, Setback
from zoom_migrator.domain.expectation import expectation_of
from zoom_migrator.domain.org import Org, ZoomProduct
from zoom_migrator.domain.zoom_account import ZoomProducts
from zoom_migrator_cli.documents import Document


def authorization_document(request: AuthorizationRequest | None, org: Org) -> Document | None:
    """A request for authorization: of whom, until when, and what came of it."""
    if request is None:
        return None
    expected = expectation_of(org.registration)
    return {
        "status": request.status,
        "requested_at": request.requested_at,
        "expires_at": request.expires_at,
        "expected_email": expected.email,
        "expected_account_id": expected.account_id or None,
        "products": list(request.products),
        "reminders": request.reminders,
        "renewals": request.renewals,
        "setback": _setback(request.setback),
        "authorized": _authorized(request.authorized),
    }


def products_document(products: ZoomProducts) -> Document:
    """What Zoom says of every product: ``yes``, ``no`` or ``unknown``."""
    return {str(product): products.of(product) for product in ZoomProduct}


def _setback(setback: Setback | None) -> Document | None:
    if setback is None:
        return None
    meaning = meaning_of_outcome(setback.outcome)
    return {
        "at": setback.at,
        "outcome": setback.outcome,
        "summary": meaning.summary,
        "remedy": meaning.remedy or None,
        "names": list(setback.names),
        "zoom_email": setback.zoom_email or None,
    }


def _authorized(authorized: Authorized | None) -> Document | None:
    if authorized is None:
        return None
    return {
        "at": authorized.at,
        "zoom_email": authorized.zoom_email,
        "zoom_account_id": authorized.zoom_account_id,
        "zoom_user_id": authorized.zoom_user_id,
        "grant_id": authorized.grant_id,
        "chosen": list(authorized.chosen),
        "unproven": list(authorized.products.unproven(authorized.chosen)),
        "known": products_document(authorized.products),
    }
