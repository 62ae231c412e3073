"""What Slack's answers mean: whether a message was posted, was surely not, or may have been.

Sources: Slack, "chat.postMessage" (errors), "Incoming webhooks" (error handling), changelog of
May 2016 (statuses of webhooks), "Rate limits". Where a page says that an error may come after a
part of the work was done, the answer is that nobody knows.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from zoom_migrator.adapters.http_client.connection import Answer, NoAnswer
from zoom_migrator.domain.delivery import FailureKind, SendFailure, SendResult, Sent

_K: Final = FailureKind
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{1,60}")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}\.[0-9]{1,8}")
_SECONDS: Final = re.compile(r"[0-9]{1,6}")
_LONGEST_WAIT: Final = timedelta(hours=1)

_ADDRESS: Final = """
    action_prohibited channel_is_archived channel_not_found invalid_channel is_archived is_inactive
    messages_tab_disabled no_active_hooks no_service not_in_channel
    posting_to_general_channel_denied restricted_action restricted_action_non_threadable_channel
    restricted_action_read_only_channel restricted_action_thread_locked
    restricted_action_thread_only_channel team_not_found user_not_found
"""
_ACCESS: Final = """
    access_denied account_inactive accesslimited app_missing_action_url deprecated_endpoint
    ekm_access_denied enterprise_is_restricted invalid_auth invalid_token method_deprecated
    missing_scope no_permission no_team not_allowed_token_type not_authed org_login_required
    team_access_not_granted team_added_to_org team_disabled token_expired token_revoked
    two_factor_setup_required
"""
_RATE_LIMITED: Final = "message_limit_exceeded rate_limited ratelimited"
_TRANSIENT: Final = "request_timeout rollup_error service_unavailable"
_UNKNOWN: Final = "fatal_error internal_error"
_KINDS: Final = {
    word: kind
    for kind, words in (
        (_K.ADDRESS, _ADDRESS),
        (_K.ACCESS, _ACCESS),
        (_K.RATE_LIMITED, _RATE_LIMITED),
        (_K.TRANSIENT, _TRANSIENT),
        (_K.UNKNOWN, _UNKNOWN),
    )
    for word in words.split()
}
# Statuses whose answer names no error that is known. Others of 400 and above are about the
# message; others of 500 and above may come after it was posted.
_BY_STATUS: Final = {
    HTTPStatus.UNAUTHORIZED: _K.ACCESS,
    HTTPStatus.FORBIDDEN: _K.ADDRESS,
    HTTPStatus.NOT_FOUND: _K.ADDRESS,
    HTTPStatus.REQUEST_TIMEOUT: _K.TRANSIENT,
    HTTPStatus.GONE: _K.ADDRESS,
    HTTPStatus.TOO_MANY_REQUESTS: _K.RATE_LIMITED,
    HTTPStatus.SERVICE_UNAVAILABLE: _K.TRANSIENT,
}


def result_of_method(answer: Answer) -> SendResult:
    """What came of a method of the Web API, which says in its body whether it worked."""
    document = _document(answer)
    if answer.status == HTTPStatus.OK and document.get("ok") is True:
        timestamp = str(document.get("ts", ""))
        return Sent(timestamp if _TIMESTAMP.fullmatch(timestamp) else "")
    return _failure(answer, _refusal(document))


def result_of_hook(answer: Answer) -> SendResult:
    """What came of an incoming webhook or of a reply, which answer in plain text, or in JSON."""
    document = _document(answer)
    said = answer.body.strip()
    if answer.status == HTTPStatus.OK and (said == b"ok" or document.get("ok") is True):
        return Sent()
    is_plain = answer.status >= HTTPStatus.BAD_REQUEST and not document
    return _failure(answer, said.decode("utf-8", "replace") if is_plain else _refusal(document))


def result_of_silence(failure: NoAnswer) -> SendFailure:
    """What came of a request without an answer: once it was sent, it may have been posted."""
    error = failure.trouble.value
    return SendFailure(_K.UNKNOWN if failure.was_sent else _K.TRANSIENT, error)


def _refusal(document: dict[str, object]) -> str:
    error = document.get("error") if document.get("ok") is False else None
    return error if isinstance(error, str) else ""


def _failure(answer: Answer, said: str) -> SendFailure:
    word = said if _WORD.fullmatch(said) else ""
    kind = _KINDS.get(word) or _kind_of(answer.status, word)
    # Whoever limits us says so by the status as well, whatever the words are.
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        kind = _K.RATE_LIMITED
    wait = _wait(answer) if kind is _K.RATE_LIMITED else None
    return SendFailure(kind, word or f"http_{answer.status}", wait)


def _kind_of(status: int, word: str) -> FailureKind:
    """What a status means, and an error that no list here has."""
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    if status < HTTPStatus.MULTIPLE_CHOICES:
        # A refusal in so many words is one, though nobody here knows it.
        return _K.MESSAGE if word else _K.UNKNOWN
    if status < HTTPStatus.BAD_REQUEST:
        return _K.ADDRESS
    return _K.MESSAGE if status < HTTPStatus.INTERNAL_SERVER_ERROR else _K.UNKNOWN


def _wait(answer: Answer) -> timedelta | None:
    """How long to wait; Slack says it in seconds."""
    said = answer.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(said) is None:
        return None
    return min(timedelta(seconds=max(int(said), 1)), _LONGEST_WAIT)


def _document(answer: Answer) -> dict[str, object]:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
