"""The answers of faults: what stands in place of the real answer, changes it or spoils it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from local.simulation.reply import Delivery, Reply
from local.zoom.errors import ApiRefused, TokenRefused
from local.zoom.faults import API_PHASES, Fault, FaultKind, Phase
from local.zoom.limits import Category, Limits

HTML: Final = "text/html;charset=utf-8"
_MAINTENANCE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Zoom</title></head><body>"
    b"<h1>Zoom is temporarily unavailable</h1><p>We are working on it.</p></body></html>\n"
)
_HTML_OK: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Zoom</title></head><body>"
    b"<h1>One platform to connect</h1></body></html>\n"
)
_SERVER_ERROR: Final = {"code": 500, "message": "Internal Server Error"}
_QPS_LIMIT: Final = 80
_DAILY_LIMIT: Final = 60_000


def instead(fault: Fault, phase: Phase, limits: Limits, code: str) -> Reply:
    """Return the answer that a fault gives in place of carrying the request out.

    Args:
        fault: What goes wrong.
        phase: The kind of request.
        limits: Knows when the second or the day is over.
        code: The code that the request carried, or an empty text.
    """
    match fault.kind:
        case FaultKind.RESET_BEFORE:
            return Reply(0, delivery=Delivery.RESET_BEFORE)
        case FaultKind.MAINTENANCE:
            return Reply(fault.status or 503, _MAINTENANCE, HTML)
        case FaultKind.TOO_MANY_REQUESTS:
            return _too_many(fault, phase, limits)
        case FaultKind.OAUTH_ERROR:
            reason = None if fault.reason is None else fault.reason.replace("{code}", code)
            return token_refusal(TokenRefused(fault.error, reason, fault.status or 400))
        case FaultKind.API_ERROR:
            return api_refusal(ApiRefused(fault.status or 400, fault.code, fault.message))
    return Reply(500, json.dumps(_SERVER_ERROR).encode())


def altered(faults: Sequence[Fault], body: dict[str, object]) -> dict[str, object]:
    """Return what faults make of a good JSON answer."""
    for fault in faults:
        if fault.kind is FaultKind.ALTERED:
            body = {name: value for name, value in body.items() if name not in fault.drop}
            body |= fault.set
    return body


def spoiled(fault: Fault, reply: Reply) -> Reply:
    """Return what a fault makes of an answer on its way."""
    match fault.kind:
        case FaultKind.HTML_OK:
            return Reply(200, _HTML_OK, HTML)
        case FaultKind.HUGE_BODY:
            # Spaces are white space to JSON and HTML alike: what is huge is still well formed.
            reply.body += b" " * fault.size
        case FaultKind.CUT_JSON:
            reply.body = reply.body[: len(reply.body) // 2]
        case FaultKind.TRUNCATED:
            reply.delivery = Delivery.CLOSED_EARLY
        case FaultKind.RESET_AFTER:
            reply.delivery = Delivery.RESET_BEFORE
        case _:
            reply.delivery = Delivery.RESET_MID
    return reply


def token_refusal(refused: TokenRefused) -> Reply:
    """Return a refusal of the token endpoint."""
    return Reply(refused.status, json.dumps(refused.body()).encode())


def api_refusal(refused: ApiRefused) -> Reply:
    """Return a refusal of the REST API."""
    return Reply(refused.status, json.dumps(refused.body()).encode(), headers=refused.headers)


def _too_many(fault: Fault, phase: Phase, limits: Limits) -> Reply:
    if phase in API_PHASES and fault.daily:
        return api_refusal(limits.day_is_used_up(Category.HEAVY, _DAILY_LIMIT))
    refused = limits.second_is_used_up(Category.LIGHT, _QPS_LIMIT)
    if phase not in API_PHASES:
        # The limits of the OAuth endpoints are not published, and they send no such headers.
        refused.headers = {}
    return api_refusal(refused)
