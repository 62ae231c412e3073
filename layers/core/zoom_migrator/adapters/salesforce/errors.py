"""What Salesforce's refusals mean.

Error codes come first and HTTP statuses second, because one status has many causes; texts are
matched only where Salesforce has no code to tell cases apart. Sources: REST API guide, "Status
codes and error responses"; OAuth 2.0 flow errors in Salesforce help; ExceptionCode of the partner
API. Answers seen in practice but not in those documents are marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain.failure import FailureCode

_C = FailureCode

_BY_ERROR_CODE: Final = {
    "API_CURRENTLY_DISABLED": _C.API_DISABLED,
    "API_DISABLED_FOR_ORG": _C.API_DISABLED,
    "GONE": _C.API_VERSION_RETIRED,
    "INSUFFICIENT_ACCESS": _C.INSUFFICIENT_ACCESS,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _C.INSUFFICIENT_ACCESS,
    "INSUFFICIENT_ACCESS_OR_READONLY": _C.INSUFFICIENT_ACCESS,
    "INVALID_SESSION_ID": _C.SESSION_REJECTED,
    "LOGIN_RATE_EXCEEDED": _C.LOGIN_RATE_EXCEEDED,
    "QUERY_TIMEOUT": _C.TIMED_OUT,
    "SERVER_UNAVAILABLE": _C.SERVICE_UNAVAILABLE,
    "UNABLE_TO_LOCK_ROW": _C.SERVICE_UNAVAILABLE,
    "UNSUPPORTED_API_VERSION": _C.API_VERSION_RETIRED,
}
_BY_STATUS: Final = {
    401: _C.SESSION_REJECTED,
    403: _C.INSUFFICIENT_ACCESS,
    408: _C.SERVICE_UNAVAILABLE,
    410: _C.API_VERSION_RETIRED,
    420: _C.SERVICE_UNAVAILABLE,
    429: _C.SERVICE_UNAVAILABLE,
}
_THROTTLED: Final = (420, 429)

_BY_OAUTH_ERROR: Final = {
    # Not documented: how clients meet an org that does not have or allow the app.
    "app_not_found": _C.LOGIN_NOT_APPROVED,
    "invalid_app_access": _C.LOGIN_NOT_APPROVED,
    "oauth_app_access_denied": _C.LOGIN_NOT_APPROVED,
    "oauth_app_blocked": _C.APP_BLOCKED,
    "inactive_org": _C.ORG_INACTIVE,
    "inactive_user": _C.USER_INACTIVE,
    "invalid_client": _C.CLIENT_REJECTED,
    "invalid_client_id": _C.CLIENT_REJECTED,
    "login_rate_exceeded": _C.LOGIN_RATE_EXCEEDED,
    "rate_limit_exceeded": _C.LOGIN_RATE_EXCEEDED,
    "unauthorized_client": _C.FLOW_NOT_ENABLED,
    "unsupported_grant_type": _C.FLOW_NOT_ENABLED,
}
# All of these are invalid_grant, told apart by their description alone. Order matters where one
# text contains another.
_BY_DESCRIPTION: Final = (
    ("hasn't approved this consumer", _C.LOGIN_NOT_APPROVED),
    ("not admin approved", _C.LOGIN_NOT_APPROVED),
    ("invalid assertion", _C.ASSERTION_REJECTED),
    ("audience", _C.AUDIENCE_REJECTED),
    ("expired authorization code", _C.ASSERTION_EXPIRED),
    ("ip restricted", _C.IP_RESTRICTED),
    ("inactive user", _C.USER_INACTIVE),
    ("inactive org", _C.ORG_INACTIVE),
    ("no client credentials user", _C.RUN_AS_USER_MISSING),
    ("login rate exceeded", _C.LOGIN_RATE_EXCEEDED),
    ("authentication failure", _C.AUTHENTICATION_FAILED),
)


class CheckFailed(Exception):
    """A check cannot go on.

    Attributes:
        detail: What the other side said; may still contain secrets, see
            :func:`~zoom_migrator.adapters.http_client.wording.public_detail`.
        http_status: Status of the answer that ended the check, if there was one.
    """

    def __init__(self, code: FailureCode, detail: str, http_status: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.http_status = http_status


class AnswerLost(CheckFailed):
    """A request was sent, at least in part, and no complete answer to it can be read.

    What it asked for may or may not have been done.
    """


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as Salesforce reports it; may repeat secrets that were sent to it.

    Attributes:
        code: ``errorCode`` of the REST API or ``error`` of OAuth, or empty.
    """

    code: str = ""
    message: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.code, self.message) if part)


class Refused(CheckFailed):
    """Salesforce refused a request.

    Attributes:
        fault: What it said.
    """

    def __init__(self, code: FailureCode, fault: Fault, detail: str, http_status: int) -> None:
        super().__init__(code, detail, http_status)
        self.fault = fault


def fault_in(body: object) -> Fault:
    """The first error in a body: an array of the REST API's errors, or OAuth's object."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return Fault()
    return Fault(
        _text(first, ("errorCode", "error")),
        _text(first, ("message", "error_description")),
    )


def meaning_of_refusal(fault: Fault, status: int) -> FailureCode:
    """What it means that an API request was refused."""
    if fault.code == "REQUEST_LIMIT_EXCEEDED":
        return _meaning_of_limit(fault.message, status)
    return _BY_ERROR_CODE.get(fault.code) or _meaning_of_status(status)


def meaning_of_login_refusal(fault: Fault, status: int) -> FailureCode:
    """What it means that a login was refused."""
    if fault.code == "invalid_grant":
        return _meaning_of_description(fault.message)
    known = _BY_OAUTH_ERROR.get(fault.code.lower()) or _BY_ERROR_CODE.get(fault.code)
    if known is not None:
        return known
    if fault.code == "" and status == 404:
        # A name below a domain with a wildcard record leads somewhere even if no org has it.
        return _C.HOST_NOT_FOUND
    by_status = _meaning_of_status(status)
    return by_status if by_status is _C.SERVICE_UNAVAILABLE else _C.LOGIN_REFUSED


def _meaning_of_limit(message: str, status: int) -> FailureCode:
    if "totalrequests" in message.lower():
        return _C.DAILY_LIMIT_EXCEEDED
    if "concurrent" in message.lower():
        return _C.CONCURRENT_LIMIT_EXCEEDED
    return _C.SERVICE_UNAVAILABLE if status in _THROTTLED else _C.DAILY_LIMIT_EXCEEDED


def _meaning_of_description(description: str) -> FailureCode:
    if not description:
        return _C.AUTHENTICATION_FAILED
    said = description.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for words, code in _BY_DESCRIPTION:
        if words in said:
            return code
    return _C.LOGIN_REFUSED


def _meaning_of_status(status: int) -> FailureCode:
    if status >= 500:
        return _C.SERVICE_UNAVAILABLE
    if status < 300:
        return _C.MALFORMED_ANSWER
    return _BY_STATUS.get(status, _C.REQUEST_REJECTED)


def _text(error: dict[str, object], names: Iterable[str]) -> str:
    found = (error.get(name) for name in names)
    return next((value for value in found if isinstance(value, str)), "")
