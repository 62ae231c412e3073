"""Whether a request that was to change something, and was refused, surely changed nothing."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.http_client.connection import Answer
from zoom_migrator.adapters.salesforce.answers import MalformedAnswer, document_in, fault_of
from zoom_migrator.adapters.salesforce.errors import Fault
from zoom_migrator.domain.failure import FailureCode

_C = FailureCode
# Requests refused for these reasons never got as far as what they ask for.
_NOT_LET_IN: Final = frozenset(
    {
        _C.API_DISABLED,
        _C.API_VERSION_RETIRED,
        _C.CONCURRENT_LIMIT_EXCEEDED,
        _C.DAILY_LIMIT_EXCEEDED,
        _C.LOGIN_RATE_EXCEEDED,
        _C.SESSION_REJECTED,
    }
)
_THROTTLED: Final = (420, 429)
# These may come after the request has begun to be carried out.
_INTERRUPTED: Final = frozenset({"QUERY_TIMEOUT", "SERVER_UNAVAILABLE"})
_REQUEST_TIMED_OUT: Final = 408


def reported(answer: Answer) -> Fault:
    """The error that the REST API reports; what stands in another form comes from elsewhere."""
    try:
        return fault_of(answer) if isinstance(document_in(answer), list) else Fault()
    except MalformedAnswer:
        return Fault()


def is_final(answer: Answer, fault: Fault) -> bool:
    """Whether the org itself says that it did not do what it was asked for."""
    return (
        400 <= answer.status < 500
        and answer.status != _REQUEST_TIMED_OUT
        and bool(fault.code)
        and fault.code not in _INTERRUPTED
    )


def was_not_let_in(answer: Answer, code: FailureCode) -> bool:
    """Whether a refusal is about the request as such: it may be made again some time."""
    return code in _NOT_LET_IN or answer.status in _THROTTLED
