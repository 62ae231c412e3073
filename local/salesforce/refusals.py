"""The answers of faults: what stands in place of the real answer, or spoils it."""

from __future__ import annotations

import json
from typing import Final

from local.salesforce.errors import ApiError, OAuthError, session_invalid
from local.salesforce.faults import Fault, FaultKind, Phase
from local.salesforce.reply import Delivery, Reply

TOTAL_REQUESTS: Final = "TotalRequests Limit exceeded."
_HTML: Final = "text/html;charset=UTF-8"
_API_ERRORS: Final = {
    FaultKind.TOTAL_REQUESTS_EXCEEDED: (403, "REQUEST_LIMIT_EXCEEDED", TOTAL_REQUESTS),
    FaultKind.CONCURRENT_REQUESTS_EXCEEDED: (
        403,
        "REQUEST_LIMIT_EXCEEDED",
        "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
    ),
    FaultKind.LONG_TRANSACTIONS_EXCEEDED: (
        403,
        "REQUEST_LIMIT_EXCEEDED",
        "ConcurrentPerOrgLongTxn Limit exceeded.",
    ),
    FaultKind.API_DISABLED: (
        403,
        "API_DISABLED_FOR_ORG",
        "The REST API is not enabled for this Organization.",
    ),
    FaultKind.SERVER_ERROR: (
        500,
        "UNKNOWN_EXCEPTION",
        "An unexpected error occurred. Please include this ErrorId if you contact support:"
        " 1234567890-12345 (-1234567890)",
    ),
    FaultKind.TOO_MANY_REQUESTS: (429, "REQUEST_LIMIT_EXCEEDED", "Too many requests."),
    FaultKind.ENHANCE_YOUR_CALM: (420, "REQUEST_LIMIT_EXCEEDED", "Slow down."),
}
_OAUTH_ERRORS: Final = {
    FaultKind.LOGIN_RATE_EXCEEDED: ("invalid_grant", "login rate exceeded"),
    FaultKind.APP_BLOCKED: ("OAUTH_APP_BLOCKED", "this app is blocked by admin"),
    FaultKind.SERVER_ERROR: ("unknown_error", "retry your request"),
    FaultKind.TOO_MANY_REQUESTS: ("unknown_error", "retry your request"),
    FaultKind.ENHANCE_YOUR_CALM: ("unknown_error", "retry your request"),
}
_STATUS: Final = {
    FaultKind.SERVER_ERROR: 500,
    FaultKind.TOO_MANY_REQUESTS: 429,
    FaultKind.ENHANCE_YOUR_CALM: 420,
}
MAINTENANCE_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>"
    b"<h1>Scheduled maintenance</h1><p>We'll be back shortly.</p></body></html>\n"
)
GATEWAY_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>504 Gateway Time-out</title></head><body>"
    b"<h1>Gateway Time-out</h1></body></html>\n"
)
LOGIN_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Login | Salesforce</title></head><body>"
    b'<form id="login_form" method="post"></form></body></html>\n'
)
MISSING_SITE_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>URL No Longer Exists</title></head><body>"
    b"<h1>URL No Longer Exists</h1></body></html>\n"
)


def instead(fault: Fault, phase: Phase) -> Reply:
    """Return the answer that a fault gives in place of carrying the request out."""
    match fault.kind:
        case FaultKind.RESET_BEFORE:
            return Reply(0, delivery=Delivery.RESET_BEFORE)
        case FaultKind.MAINTENANCE:
            return Reply(fault.status or 503, MAINTENANCE_PAGE, _HTML)
        case FaultKind.HUGE_BODY:
            return Reply(200, b'{"records": ["' + b"x" * fault.size + b'"]}')
        case FaultKind.OAUTH_ERROR:
            refused = OAuthError(fault.error, fault.description, fault.status or 400)
            return Reply(refused.status, json.dumps(refused.body()).encode())
    if phase is Phase.TOKEN:
        error, description = _OAUTH_ERRORS[fault.kind]
        body = OAuthError(error, description).body()
        return Reply(_STATUS.get(fault.kind, 400), json.dumps(body).encode())
    failure = _api_error(fault)
    return Reply(failure.status, json.dumps(failure.body()).encode())


def spoiled(fault: Fault, reply: Reply) -> Reply:
    """Return what a fault makes of a good answer on its way."""
    match fault.kind:
        case FaultKind.HTML_OK:
            return Reply(200, LOGIN_PAGE, _HTML)
        case FaultKind.GATEWAY_TIMEOUT:
            return Reply(fault.status or 504, GATEWAY_PAGE, _HTML)
        case FaultKind.CUT_JSON:
            reply.body = reply.body[: len(reply.body) // 2]
        case FaultKind.TRUNCATED:
            reply.delivery = Delivery.CLOSED_EARLY
        case _:
            reply.delivery = Delivery.RESET_MID
    return reply


def no_such_site() -> Reply:
    """Return the page for a host that no org has."""
    return Reply(404, MISSING_SITE_PAGE, _HTML)


def _api_error(fault: Fault) -> ApiError:
    if fault.kind is FaultKind.SESSION_EXPIRED:
        return session_invalid()
    if fault.kind is FaultKind.API_ERROR:
        return ApiError(fault.status or 400, fault.error_code, fault.message)
    status, code, message = _API_ERRORS[fault.kind]
    return ApiError(status, code, message)
