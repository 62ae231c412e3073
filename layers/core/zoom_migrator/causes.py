"""What Step Functions says about why something failed, made fit for people."""

from __future__ import annotations

import json


def message_in(cause: str) -> str:
    """The message of a failure's cause, in one line.

    Where a function raised, the cause is a JSON object with its message, type and stack trace.
    Source: Step Functions developer guide, "Handling errors in Step Functions workflows".
    """
    try:
        wrapped = json.loads(cause)
    except (ValueError, RecursionError):
        wrapped = None
    if isinstance(wrapped, dict) and isinstance(wrapped.get("errorMessage"), str):
        cause = wrapped["errorMessage"]
    return " ".join(cause.split())
