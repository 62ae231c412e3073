"""What it means that no complete answer arrived."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
from enum import StrEnum
from typing import Final

from urllib3.exceptions import InvalidHeader, NameResolutionError, NewConnectionError
from urllib3.exceptions import TimeoutError as Urllib3TimeoutError


class Trouble(StrEnum):
    """What can go wrong with a connection."""

    TIMED_OUT = "timed_out"
    CONNECTION_FAILED = "connection_failed"
    HOST_NOT_FOUND = "host_not_found"
    TLS_FAILED = "tls_failed"
    MALFORMED_ANSWER = "malformed_answer"


_T = Trouble
# Other failures of name look-up, such as a name server that does not answer, may pass.
_NO_SUCH_NAME: Final = frozenset(
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)
)
# Some of these are kinds of others, so the order matters.
_MEANINGS: Final[tuple[tuple[type[BaseException], Trouble, str], ...]] = (
    (ssl.SSLEOFError, _T.CONNECTION_FAILED, "closed in the middle of TLS"),
    (ssl.SSLZeroReturnError, _T.CONNECTION_FAILED, "closed in the middle of TLS"),
    (Urllib3TimeoutError, _T.TIMED_OUT, "no complete answer in time"),
    (TimeoutError, _T.TIMED_OUT, "no complete answer in time"),
    (http.client.RemoteDisconnected, _T.CONNECTION_FAILED, "closed without an answer"),
    (http.client.IncompleteRead, _T.CONNECTION_FAILED, "broken in the middle of an answer"),
    (http.client.HTTPException, _T.MALFORMED_ANSWER, "not an HTTP answer"),
    (InvalidHeader, _T.MALFORMED_ANSWER, "an HTTP answer with contradicting headers"),
)


def trouble_of(error: BaseException) -> tuple[Trouble, str]:
    """What an error of the connection amounts to, and a detail.

    The detail is in our own words: an error's text may quote what was sent.
    """
    causes = _chain(error)
    for cause in causes:
        trouble = _trouble_of_cause(cause)
        if trouble is not None:
            return trouble
    return _T.CONNECTION_FAILED, type(causes[-1]).__name__


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what lies beneath it, outermost first; urllib3 keeps causes as arguments."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        within = [arg for arg in following.args if isinstance(arg, BaseException)]
        following = within[0] if within else following.__cause__
    return chain


def _trouble_of_cause(error: BaseException) -> tuple[Trouble, str] | None:
    """What an error amounts to by itself, or None if its cause has to tell."""
    if isinstance(error, NameResolutionError):
        return _trouble_of_look_up(error.__cause__)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _T.TLS_FAILED, error.verify_message
    if isinstance(error, NewConnectionError):
        return None
    for kind, trouble, detail in _MEANINGS:
        if isinstance(error, kind):
            return trouble, detail
    if isinstance(error, ssl.SSLError):
        return _T.TLS_FAILED, error.reason or "no TLS"
    if isinstance(error, OSError) and error.errno is not None:
        return _T.CONNECTION_FAILED, os.strerror(error.errno)
    return None


def _trouble_of_look_up(error: BaseException | None) -> tuple[Trouble, str]:
    if isinstance(error, socket.gaierror) and error.errno in _NO_SUCH_NAME:
        return _T.HOST_NOT_FOUND, "no such host"
    return _T.CONNECTION_FAILED, "the host's address could not be looked up"
