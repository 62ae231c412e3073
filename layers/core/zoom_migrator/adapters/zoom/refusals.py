"""What Zoom's refusals mean.

Sources: developers.zoom.us, "OAuth error messages" (the numbers) and "API errors"; the texts and
statuses of the token endpoint are those that clients have met, because Zoom does not document how
its JSON looks. How the numbers are carried in that JSON is not documented either: any of the usual
names is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from zoom_migrator.adapters.http_client.connection import Answer
from zoom_migrator.adapters.http_client.wording import legible, public_detail
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode

_C = ZoomFailureCode
_BY_ERROR: Final = {
    "invalid_client": _C.CLIENT_REJECTED,
    "unauthorized_client": _C.CLIENT_REJECTED,
    "unsupported_grant_type": _C.GRANT_TYPE_REJECTED,
}
_BY_NUMBER: Final = {
    4702: _C.CLIENT_REJECTED,
    4704: _C.CLIENT_REJECTED,
    4705: _C.GRANT_TYPE_REJECTED,
    4706: _C.CLIENT_REJECTED,
    4709: _C.REDIRECT_REJECTED,
    # The app has other scopes by now than the token was given for.
    4711: _C.GRANT_INVALID,
    4717: _C.APP_DISABLED,
    4732: _C.SERVICE_UNAVAILABLE,
    4733: _C.CODE_INVALID,
    4734: _C.CODE_INVALID,
    4735: _C.GRANT_INVALID,
    4737: _C.GRANT_INVALID,
    4738: _C.GRANT_INVALID,
    4740: _C.GRANT_INVALID,
    4741: _C.GRANT_INVALID,
}
# Texts come before the error: the same text was met with invalid_grant and invalid_request.
_BY_REASON: Final = (
    ("invalid authorization code", _C.CODE_INVALID),
    ("code is expired", _C.CODE_INVALID),
    ("redirect uri mismatch", _C.REDIRECT_REJECTED),
    ("invalid redirect", _C.REDIRECT_REJECTED),
    ("invalid token", _C.GRANT_INVALID),
)
_MISSING_SCOPES: Final = re.compile(r"does not contain scopes:?\s*\[(?P<names>[^\]]{0,2000})\]")
_SCOPE: Final = re.compile(r"[A-Za-z0-9_:./-]{1,100}")
_TRACKING_ID: Final = re.compile(r"[A-Za-z0-9_=;:.,-]{1,200}")
_NO_REST_API: Final = "does not enabled rest api"
_MAX_SCOPES: Final = 20


@dataclass(frozen=True, slots=True)
class Said:
    """What a refusal says; may repeat secrets that were sent.

    Attributes:
        error: ``error`` of the token endpoint.
        text: ``reason``, ``message`` or ``errorMessage``.
        number: ``code`` or ``errorCode``.
    """

    error: str = ""
    text: str = ""
    number: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said that can be read."""
        return not (self.error or self.text or self.number)


def said_in(document: object) -> Said:
    """What a JSON document says, if it is a refusal."""
    if not isinstance(document, dict):
        return Said()
    number = next(
        (
            int(value)
            for value in (document.get("code"), document.get("errorCode"))
            if isinstance(value, int | str) and str(value).isdecimal() and len(str(value)) < 10
        ),
        None,
    )
    texts = (document.get(name) for name in ("reason", "message", "errorMessage"))
    text = next((value for value in texts if isinstance(value, str)), "")
    error = document.get("error")
    return Said(error if isinstance(error, str) else "", text, number)


def json_in(answer: Answer) -> object:
    """The JSON value in an answer's body, or None where there is none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def token_refusal(answer: Answer, said: Said, secrets: Iterable[str]) -> ZoomFailure:
    """What it means that the token endpoint does not answer with tokens."""
    code = _by_status(answer.status) or _by_words(said)
    return _failure(code, answer, said, secrets)


def api_refusal(answer: Answer, said: Said, secrets: Iterable[str]) -> ZoomFailure:
    """What it means that the API does not answer with what was asked for."""
    words = said.text.lower()
    scopes = _MISSING_SCOPES.search(said.text)
    if scopes is not None or said.number in (104, 4711):
        failure = _failure(_C.SCOPE_MISSING, answer, said, secrets)
        return _with_scopes(failure, scopes["names"] if scopes else "")
    if answer.status == HTTPStatus.UNAUTHORIZED:
        expired = "expired" in words
        code = _C.ACCESS_TOKEN_EXPIRED if expired else _C.ACCESS_TOKEN_REJECTED
        return _failure(code, answer, said, secrets)
    code = _by_status(answer.status) or _C.REQUEST_REJECTED
    if _NO_REST_API in words:
        code = _C.REST_API_DISABLED
    elif said.number == 1001:
        code = _C.USER_NOT_FOUND
    return _failure(code, answer, said, secrets)


def malformed(answer: Answer, what: str) -> ZoomFailure:
    """The failure of an answer that is not what it should be; ``what`` is in our own words."""
    return ZoomFailure(
        _C.MALFORMED_ANSWER, what, http_status=answer.status, tracking_id=tracking_id_in(answer)
    )


def tracking_id_in(answer: Answer) -> str:
    """What Zoom's support finds the call by, or nothing."""
    value = answer.headers.get("x-zm-trackingid", "")
    return value if _TRACKING_ID.fullmatch(value.replace(" ", "")) else ""


def _by_status(status: int) -> ZoomFailureCode | None:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _C.RATE_LIMITED
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _C.SERVICE_UNAVAILABLE
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _C.SERVER_ERROR
    # Redirects are not followed, and nothing says what became of the request.
    return _C.MALFORMED_ANSWER if 300 <= status < 400 else None


def _by_words(said: Said) -> ZoomFailureCode:
    known = _BY_ERROR.get(said.error)
    if known is not None:
        return known
    words = said.text.lower()
    for beginning, code in _BY_REASON:
        if words.startswith(beginning):
            return code
    if said.number in _BY_NUMBER:
        return _BY_NUMBER[said.number]
    return _C.GRANT_INVALID if said.error == "invalid_grant" else _C.REQUEST_REJECTED


def _failure(
    code: ZoomFailureCode, answer: Answer, said: Said, secrets: Iterable[str]
) -> ZoomFailure:
    number = str(said.number) if said.number is not None else ""
    words = ": ".join(part for part in (said.error, number, said.text) if part)
    return ZoomFailure(
        code,
        public_detail(words, secrets) or f"HTTP {answer.status} without a reason",
        http_status=answer.status,
        tracking_id=tracking_id_in(answer),
        retry_at=_retry_at(answer) if code is _C.RATE_LIMITED else None,
    )


def _with_scopes(failure: ZoomFailure, names: str) -> ZoomFailure:
    parts = (legible(part, 100) for part in re.split(r"[,\s]+", names))
    scopes = tuple(part for part in parts if _SCOPE.fullmatch(part))[:_MAX_SCOPES]
    return ZoomFailure(
        failure.code, failure.detail, failure.http_status, failure.tracking_id, scopes
    )


def _retry_at(answer: Answer) -> datetime | None:
    """When it may be tried again. Source: developers.zoom.us, rate limits.

    Of the daily limit ``Retry-After`` says the moment in ISO 8601, which is none of the two forms
    that HTTP knows; of the limit for a second ``X-RateLimit-Reset`` says it in Unix seconds.
    """
    said = answer.headers.get("Retry-After", "")
    reset = answer.headers.get("X-RateLimit-Reset", "")
    for text, read in ((said, datetime.fromisoformat), (said, parsedate_to_datetime)):
        try:
            moment = read(text)
        except (ValueError, TypeError, OverflowError):
            continue
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if reset.isdecimal() and len(reset) <= 11:
        return datetime.fromtimestamp(int(reset), UTC)
    return None
