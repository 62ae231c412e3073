"""Addresses at which Slack takes messages without a token."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from zoom_migrator.domain.slack_press import REPLY_HOSTS

_MAX_TARGET_CHARACTERS: Final = 1_000


def hook_of(address: str) -> tuple[str, str] | None:
    """Host and target of an address that Slack takes messages at, or None if it is none.

    Whoever could name another host would have the product post wherever it can reach, so only
    Slack's own pass, whole: without user, port or fragment.
    """
    if not address.isascii() or not address.isprintable() or " " in address or "#" in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme != "https" or parts.netloc not in REPLY_HOSTS or not parts.path.strip("/"):
        return None
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return (parts.netloc, target) if len(target) <= _MAX_TARGET_CHARACTERS else None
