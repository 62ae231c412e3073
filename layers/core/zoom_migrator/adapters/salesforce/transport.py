"""What it means that no complete answer arrived."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
from typing import Final

from urllib3.exceptions import InvalidHeader, NameResolutionError, NewConnectionError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError

from zoom_migrator.adapters.salesforce.errors import CheckFailed
from zoom_migrator.domain.failure import FailureCode

_C = FailureCode

# Other failures of name look-up, such as a name server that does not answer, may pass.
_NO_SUCH_NAME: Final = frozenset(
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)
)
# Some of these are kinds of others, so the order matters.
_MEANINGS: Final[tuple[tuple[type[BaseException], FailureCode, str], ...]] = (
    (ssl.SSLEOFError, _C.CONNECTION_FAILED, "closed in the middle of TLS"),
    (ssl.SSLZeroReturnError, _C.CONNECTION_FAILED, "closed in the middle of TLS"),
    (Urllib3TimeoutError, _C.TIMED_OUT, "no complete answer in time"),
    (TimeoutError, _C.TIMED_OUT, "no complete answer in time"),
    (http.client.RemoteDisconnected, _C.CONNECTION_FAILED, "closed without an answer"),
    (http.client.IncompleteRead, _C.CONNECTION_FAILED, "broken in the middle of an answer"),
    (http.client.HTTPException, _C.MALFORMED_ANSWER, "not an HTTP answer"),
    (InvalidHeader, _C.MALFORMED_ANSWER, "an HTTP answer with contradicting headers"),
)


def failure_of_transport(error: BaseException) -> CheckFailed:
    """The failure that an error of the connection amounts to.

    The detail is in our own words: an error's text may quote what was sent.
    """
    causes = _chain(error)
    for cause in causes:
        failure = _failure_of_cause(cause)
        if failure is not None:
            return failure
    return CheckFailed(_C.CONNECTION_FAILED, type(causes[-1]).__name__)


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what lies beneath it, outermost first; urllib3 keeps causes as arguments."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        within = [arg for arg in following.args if isinstance(arg, BaseException)]
        following = within[0] if within else following.__cause__
    return chain


def _failure_of_cause(error: BaseException) -> CheckFailed | None:
    """The failure that an error amounts to by itself, or None if its cause has to tell."""
    if isinstance(error, NameResolutionError):
        return _failure_of_look_up(error.__cause__)
    if isinstance(error, ssl.SSLCertVerificationError):
        return CheckFailed(_C.TLS_FAILED, error.verify_message)
    if isinstance(error, NewConnectionError):
        return None
    for kind, code, detail in _MEANINGS:
        if isinstance(error, kind):
            return CheckFailed(code, detail)
    if isinstance(error, ssl.SSLError):
        return CheckFailed(_C.TLS_FAILED, error.reason or "no TLS")
    if isinstance(error, OSError) and error.errno is not None:
        return CheckFailed(_C.CONNECTION_FAILED, os.strerror(error.errno))
    return None


def _failure_of_look_up(error: BaseException | None) -> CheckFailed:
    if isinstance(error, socket.gaierror) and error.errno in _NO_SUCH_NAME:
        return CheckFailed(_C.HOST_NOT_FOUND, "no such host")
    return CheckFailed(_C.CONNECTION_FAILED, "the host's address could not be looked up")
