"""Requests that are answered with an error, whatever they were about."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus


class Refusal(Exception):
    """A request is refused.

    Attributes:
        outcome: Stable name of why, for the log; nothing of the request is in it.
        headers: What the answer says beside its page.
    """

    def __init__(
        self, status: HTTPStatus, outcome: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(outcome)
        self.status = status
        self.outcome = outcome
        self.headers = headers or {}
