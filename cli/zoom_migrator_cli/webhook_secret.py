"""The text of the webhook's secret: the token that Zoom signs with, and the one before it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from zoom_migrator.adapters.zoom.webhook_secrets import parse_webhook_secrets
from zoom_migrator.domain.errors import InvalidSettings


@dataclass(frozen=True, slots=True)
class WebhookTokens:
    """The secret tokens that count.

    Attributes:
        current: The one that Zoom shows now; empty where none was stored yet.
        previous: The one before it, while it still counts; empty otherwise.
    """

    current: str = field(default="", repr=False)
    previous: str = field(default="", repr=False)

    @classmethod
    def stored_in(cls, text: str) -> WebhookTokens:
        """The tokens that a stored text holds; none where it cannot be read, which mends it."""
        try:
            return cls(*parse_webhook_secrets(text))
        except InvalidSettings:
            return cls()

    @property
    def text(self) -> str:
        """The text to be stored.

        Raises:
            InvalidSettings: A token is of no form that Zoom's have; the message repeats none.
        """
        made = json.dumps({"current": self.current, "previous": self.previous})
        parse_webhook_secrets(made)
        return made

    def replaced_by(self, token: str) -> WebhookTokens:
        """The tokens with another current one; the one that was moves to be the previous one."""
        return self if token == self.current else WebhookTokens(token, self.current)

    def without_previous(self) -> WebhookTokens:
        """Only the current one."""
        return WebhookTokens(self.current)


def is_unused(text: str) -> bool:
    """Whether nobody has stored a token yet."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and not (document.get("current") or document.get("previous"))
