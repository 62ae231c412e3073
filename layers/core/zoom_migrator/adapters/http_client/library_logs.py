"""What libraries would log of requests and answers, kept out of every log."""

from __future__ import annotations

import logging
from typing import Final

# urllib3 logs the address of every request at DEBUG, and it warns of odd headers by printing the
# address and what arrived.
_LOGGERS: Final = ("urllib3.connectionpool", "urllib3.connection")
_ODD_HEADERS: Final = "Failed to parse headers"
# The one address that carries a secret is that of the query for a protected package version.
_PROTECTED: Final = "installationkey"


def keep_secrets_out_of_library_logs() -> None:
    """Drop the records of urllib3 that would show a secret. May be called more than once."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_shows_no_secret)


def _shows_no_secret(record: logging.LogRecord) -> bool:
    if str(record.msg).startswith(_ODD_HEADERS):
        return False
    args = record.args if isinstance(record.args, tuple) else ()
    return not any(_PROTECTED in str(arg).lower() for arg in args)
