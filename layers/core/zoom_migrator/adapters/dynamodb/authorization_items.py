"""Requests for authorization as parts of items, and back."""

from __future__ import annotations

from zoom_migrator.adapters.dynamodb.fields import Fields
from zoom_migrator.adapters.dynamodb.snapshot_items import Values
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import (
    AuthorizationRequest,
    AuthorizationStatus,
    Authorized,
    Setback,
)
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts


def authorization_values(request: AuthorizationRequest) -> Values:
    """The attributes of a request for authorization, without its task token."""
    setback, authorized = request.setback, request.authorized
    return {
        "request_id": request.request_id,
        "requested_at": request.requested_at,
        "expires_at": request.expires_at,
        "products": request.products,
        "status": request.status,
        "reminders": request.reminders,
        "renewals": request.renewals,
        "setback": _setback_values(setback) if setback else None,
        "authorized": _authorized_values(authorized) if authorized else None,
    }


def authorization_from(fields: Fields, *, task_token: str) -> AuthorizationRequest:
    """The request for authorization of the attributes, with its task token."""
    setback, authorized = fields.inner("setback"), fields.inner("authorized")
    return AuthorizationRequest(
        request_id=fields.text("request_id"),
        requested_at=fields.moment("requested_at"),
        expires_at=fields.moment("expires_at"),
        products=fields.texts("products", ZoomProduct),
        status=fields.choice("status", AuthorizationStatus),
        task_token=task_token,
        reminders=fields.number("reminders", 0),
        renewals=fields.number("renewals", 0),
        setback=_setback_from(setback) if setback else None,
        authorized=_authorized_from(authorized) if authorized else None,
    )


def products_values(products: ZoomProducts) -> Values:
    """The attributes of what Zoom says of its products."""
    return {
        "meetings": products.meetings,
        "phone": products.phone,
        "webinar": products.webinar,
    }


def products_from(fields: Fields | None) -> ZoomProducts:
    """What Zoom says of its products, of the attributes; nothing is known without them."""
    if fields is None:
        return ZoomProducts()
    return ZoomProducts(
        meetings=_possession(fields, "meetings"),
        phone=_possession(fields, "phone"),
        webinar=_possession(fields, "webinar"),
    )


def _possession(fields: Fields, name: str) -> Possession:
    return fields.parsed(name, Possession) or Possession.UNKNOWN


def _setback_values(setback: Setback) -> Values:
    return {
        "at": setback.at,
        "outcome": setback.outcome,
        "names": setback.names,
        "zoom_email": setback.zoom_email,
    }


def _setback_from(fields: Fields) -> Setback:
    return Setback(
        at=fields.moment("at"),
        outcome=fields.choice("outcome", Outcome),
        names=fields.texts("names", str),
        zoom_email=fields.text("zoom_email", ""),
    )


def _authorized_values(authorized: Authorized) -> Values:
    return {
        "at": authorized.at,
        "grant_id": authorized.grant_id,
        "zoom_email": authorized.zoom_email,
        "zoom_account_id": authorized.zoom_account_id,
        "zoom_user_id": authorized.zoom_user_id,
        "chosen": authorized.chosen,
        "products": products_values(authorized.products),
    }


def _authorized_from(fields: Fields) -> Authorized:
    return Authorized(
        at=fields.moment("at"),
        grant_id=fields.text("grant_id"),
        zoom_email=fields.text("zoom_email"),
        zoom_account_id=fields.text("zoom_account_id"),
        zoom_user_id=fields.text("zoom_user_id"),
        chosen=fields.texts("chosen", ZoomProduct),
        products=products_from(fields.inner("products")),
    )
