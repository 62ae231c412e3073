"""What the library would log of requests and answers, kept out of every log."""

from __future__ import annotations

import logging
from typing import Final

# urllib3 warns of odd headers by printing the address, in which there may be a secret, and what
# arrived. It logs nothing else of connections that are in no pool of its own.
_LOGGER: Final = "urllib3.connection"
_ODD_HEADERS: Final = "Failed to parse headers"


def keep_secrets_out_of_library_logs() -> None:
    """Drop the records of urllib3 that would show a secret. May be called more than once."""
    logging.getLogger(_LOGGER).addFilter(_shows_no_secret)


def _shows_no_secret(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_ODD_HEADERS)
