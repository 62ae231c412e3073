"""Every way a call of Zoom can fail, and what that means for the grant behind it.

Zoom's token endpoint says ``{"reason": ..., "error": ...}`` with HTTP 400, its REST API
``{"code": ..., "message": ...}``. What decides is which of five kinds a failure is: a wrong client
secret meets every customer at once and must cost none of them a grant, and an answer that was lost
proves nothing either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class ZoomFailureKind(StrEnum):
    """What a failure means.

    ``TERMINAL``: what was sent is worthless, for ever. ``TRANSIENT``: surely nothing was done, and
    it passes. ``CONFIGURATION``: our own app or settings are wrong. ``AMBIGUOUS``: refused, for a
    reason that may be any of these. ``OUTCOME_UNKNOWN``: it may have been done.
    """

    TERMINAL = "terminal"
    TRANSIENT = "transient"
    CONFIGURATION = "configuration"
    AMBIGUOUS = "ambiguous"
    OUTCOME_UNKNOWN = "outcome_unknown"


class ZoomFailureCode(StrEnum):
    """How a call of Zoom failed. Codes are stable: scripts may rely on them."""

    GRANT_INVALID = "grant_invalid"
    CODE_INVALID = "code_invalid"
    ACCESS_TOKEN_REJECTED = "access_token_rejected"  # noqa: S105 - a code
    ACCESS_TOKEN_EXPIRED = "access_token_expired"  # noqa: S105 - a code
    SCOPE_MISSING = "scope_missing"
    USER_NOT_FOUND = "user_not_found"
    REST_API_DISABLED = "rest_api_disabled"
    CLIENT_REJECTED = "client_rejected"
    REDIRECT_REJECTED = "redirect_rejected"
    APP_DISABLED = "app_disabled"
    GRANT_TYPE_REJECTED = "grant_type_rejected"
    CREDENTIALS_MISSING = "credentials_missing"
    HOST_NOT_ALLOWED = "host_not_allowed"
    REQUEST_REJECTED = "request_rejected"
    RATE_LIMITED = "rate_limited"
    SERVICE_UNAVAILABLE = "service_unavailable"
    NOT_CONNECTED = "not_connected"
    TLS_FAILED = "tls_failed"
    SERVER_ERROR = "server_error"
    ANSWER_LOST = "answer_lost"
    MALFORMED_ANSWER = "malformed_answer"


_K = ZoomFailureKind
_C = ZoomFailureCode
_KINDS: Final = {
    _C.GRANT_INVALID: _K.TERMINAL,
    _C.CODE_INVALID: _K.TERMINAL,
    _C.ACCESS_TOKEN_REJECTED: _K.TERMINAL,
    _C.ACCESS_TOKEN_EXPIRED: _K.TERMINAL,
    _C.SCOPE_MISSING: _K.TERMINAL,
    _C.USER_NOT_FOUND: _K.TERMINAL,
    _C.REST_API_DISABLED: _K.AMBIGUOUS,
    _C.CLIENT_REJECTED: _K.CONFIGURATION,
    _C.REDIRECT_REJECTED: _K.CONFIGURATION,
    _C.APP_DISABLED: _K.CONFIGURATION,
    _C.GRANT_TYPE_REJECTED: _K.CONFIGURATION,
    _C.CREDENTIALS_MISSING: _K.CONFIGURATION,
    _C.HOST_NOT_ALLOWED: _K.CONFIGURATION,
    _C.REQUEST_REJECTED: _K.AMBIGUOUS,
    _C.RATE_LIMITED: _K.TRANSIENT,
    # 503 says that the server does not handle the request (RFC 9110, 15.6.4); the other statuses
    # from 500 on leave open what became of it.
    _C.SERVICE_UNAVAILABLE: _K.TRANSIENT,
    _C.NOT_CONNECTED: _K.TRANSIENT,
    _C.TLS_FAILED: _K.TRANSIENT,
    _C.SERVER_ERROR: _K.OUTCOME_UNKNOWN,
    _C.ANSWER_LOST: _K.OUTCOME_UNKNOWN,
    _C.MALFORMED_ANSWER: _K.OUTCOME_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class ZoomFailure:
    """Why a call of Zoom brought nothing.

    Attributes:
        detail: What Zoom said, shortened and without secrets (it echoes codes).
        tracking_id: ``x-zm-trackingid`` of the answer, which Zoom's support asks for.
        missing_scopes: Scopes that Zoom named as missing.
        retry_at: When Zoom says that it may be tried again, where it does.
    """

    code: ZoomFailureCode
    detail: str = ""
    http_status: int | None = None
    tracking_id: str = ""
    missing_scopes: tuple[str, ...] = ()
    retry_at: datetime | None = None

    @property
    def kind(self) -> ZoomFailureKind:
        """What it means."""
        return _KINDS[self.code]
