"""What libraries would log of requests and answers, kept out of every log."""

from __future__ import annotations

import logging
from typing import Final

# urllib3 logs the address of every request at DEBUG, and it warns of odd headers by printing the
# address and what arrived.
_LOGGERS: Final = ("urllib3.connectionpool", "urllib3.connection")
_ODD_HEADERS: Final = "Failed to parse headers"
# Addresses that carry a secret: the query for a protected package version, Slack's incoming
# webhooks, and where Slack takes a reply to a press. Salesforce's own begin with /services/data.
_PROTECTED: Final = ("installationkey", "/services/t", "/actions/")


def keep_secrets_out_of_library_logs() -> None:
    """Drop the records of urllib3 that would show a secret. May be called more than once."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_shows_no_secret)


def _shows_no_secret(record: logging.LogRecord) -> bool:
    if str(record.msg).startswith(_ODD_HEADERS):
        return False
    args = record.args if isinstance(record.args, tuple) else ()
    shown = [str(arg).lower() for arg in args]
    return not any(secret in arg for arg in shown for secret in _PROTECTED)
