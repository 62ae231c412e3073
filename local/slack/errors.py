"""Slack's refusals, and the statuses that webhooks give them.

Sources: Slack, "Incoming webhooks" (error handling) and its changelog of May 2016. Statuses that
neither names are marked as assumed in ``docs/simulators.md``.
"""

from __future__ import annotations

from typing import Final

_STATUSES: Final = {
    "invalid_payload": 400,
    "invalid_blocks": 400,
    "no_text": 400,
    "missing_text_or_fallback_or_attachments": 400,
    "too_many_attachments": 400,
    "user_not_found": 400,
    "action_prohibited": 403,
    "invalid_token": 403,
    "posting_to_general_channel_denied": 403,
    "channel_not_found": 404,
    "no_service": 404,
    "no_team": 404,
    "no_active_hooks": 404,
    "channel_is_archived": 410,
    "rollup_error": 500,
}


class SlackRefused(Exception):
    """Slack does not do what it was asked for.

    Attributes:
        error: Slack's word for it.
    """

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class RateLimited(Exception):
    """Too many messages came.

    Attributes:
        retry_after: How many seconds to wait, as the header says it; None where it does not.
    """

    def __init__(self, retry_after: str | None) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def hook_status(error: str) -> int:
    """Return the HTTP status that a webhook gives a refusal."""
    return _STATUSES.get(error, 400)
