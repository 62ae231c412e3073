"""What the answers of SES mean: whether a mail was taken, was surely not, or may have been.

Sources: SES v2 API reference, SendEmail; botocore's model of it.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ParamValidationError,
    ProxyConnectionError,
    ResponseStreamingError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from zoom_migrator.adapters.aws import error_code
from zoom_migrator.domain.delivery import FailureKind, SendFailure

_K: Final = FailureKind
_KINDS: Final = {
    "TooManyRequestsException": _K.RATE_LIMITED,
    "LimitExceededException": _K.RATE_LIMITED,
    "Throttling": _K.RATE_LIMITED,
    "ThrottlingException": _K.RATE_LIMITED,
    "AccountSuspendedException": _K.ACCESS,
    "SendingPausedException": _K.ACCESS,
    "MailFromDomainNotVerifiedException": _K.ACCESS,
    # The configuration set is not there.
    "NotFoundException": _K.ACCESS,
    "AccessDenied": _K.ACCESS,
    "AccessDeniedException": _K.ACCESS,
    "ExpiredTokenException": _K.ACCESS,
    "IncompleteSignature": _K.ACCESS,
    "InvalidClientTokenId": _K.ACCESS,
    "InvalidSignatureException": _K.ACCESS,
    "MissingAuthenticationTokenException": _K.ACCESS,
    "OptInRequired": _K.ACCESS,
    "SignatureDoesNotMatch": _K.ACCESS,
    "UnrecognizedClientException": _K.ACCESS,
    "RequestExpired": _K.ACCESS,
    "ServiceUnavailable": _K.TRANSIENT,
    "ServiceUnavailableException": _K.TRANSIENT,
    "InternalFailure": _K.UNKNOWN,
    "InternalServiceErrorException": _K.UNKNOWN,
}
_NOT_VERIFIED: Final = "not verified"
_ABOUT_ADDRESS: Final = re.compile(r"address|domain|recipient", re.IGNORECASE)
# Nothing was handed over yet when these come up. A TLS failure is one of the handshake; later ones
# are as rare as they are short, and a mail is worth a second try.
_NOT_SENT: Final = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError, SSLError)
_ANSWER_LOST: Final = (
    HTTPClientError,
    IncompleteReadError,
    ResponseParserError,
    ResponseStreamingError,
)


def meaning_of_answer(error: ClientError, address: str) -> SendFailure:
    """What a refusal means; of what SES says only the code is kept, as the rest names addresses.

    Args:
        address: Whom the mail was for.
    """
    code = error_code(error)
    said = str(error.response.get("Error", {}).get("Message", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code == "MessageRejected":
        return _rejected(said, address)
    if code == "BadRequestException":
        kind = _K.ADDRESS if _ABOUT_ADDRESS.search(said) else _K.MESSAGE
        return SendFailure(kind, code)
    return SendFailure(_KINDS.get(code) or _kind_of(status), _word(code, status))


def meaning_of_silence(error: BotoCoreError) -> SendFailure:
    """What it means that there is no answer, or that nothing could be asked."""
    word = type(error).__name__
    if isinstance(error, _NOT_SENT):
        return SendFailure(_K.TRANSIENT, word)
    if isinstance(error, _ANSWER_LOST):
        return SendFailure(_K.UNKNOWN, word)
    if isinstance(error, ParamValidationError):
        return SendFailure(_K.MESSAGE, word)
    # No credentials, no region, no such service.
    return SendFailure(_K.ACCESS, word)


def _rejected(said: str, address: str) -> SendFailure:
    """What SES does not take at all, or not for want of a verified identity.

    An account in the sandbox may send to verified addresses only. Then others can be told, so it
    is this address that takes nothing.
    """
    if _NOT_VERIFIED not in said.lower():
        return SendFailure(_K.MESSAGE, "MessageRejected")
    if address.lower() in said.lower():
        return SendFailure(_K.ADDRESS, "RecipientNotVerified")
    return SendFailure(_K.ACCESS, "SenderNotVerified")


def _kind_of(status: int) -> FailureKind:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _K.RATE_LIMITED
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _K.TRANSIENT
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _K.UNKNOWN
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return _K.ACCESS
    return _K.MESSAGE


def _word(code: str, status: int) -> str:
    return code if re.fullmatch(r"[A-Za-z0-9_.]{1,80}", code) else f"http_{status}"
