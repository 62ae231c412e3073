"""What trouble with a connection means for a check."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.http_client.trouble import Trouble
from zoom_migrator.domain.failure import FailureCode

_CODES: Final = {
    Trouble.TIMED_OUT: FailureCode.TIMED_OUT,
    Trouble.CONNECTION_FAILED: FailureCode.CONNECTION_FAILED,
    Trouble.HOST_NOT_FOUND: FailureCode.HOST_NOT_FOUND,
    Trouble.TLS_FAILED: FailureCode.TLS_FAILED,
    Trouble.MALFORMED_ANSWER: FailureCode.MALFORMED_ANSWER,
}


def code_of(trouble: Trouble) -> FailureCode:
    """What a check that met this trouble failed by."""
    return _CODES[trouble]
