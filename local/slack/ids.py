"""Ids, tokens and addresses in Slack's shapes."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_ID_LENGTH: Final = 10


def derived_id(prefix: str, *seed: str) -> str:
    """Return an id that is the same for the same seed, so that restarts keep their ids."""
    digest = hashlib.sha256("\x1f".join((prefix, *seed)).encode()).digest()
    letters = (_LETTERS[byte % len(_LETTERS)] for byte in digest[:_ID_LENGTH])
    return prefix + "".join(letters)


def bot_token() -> str:
    """Return a new token of a bot."""
    return f"xoxb-{secrets.randbelow(10**12)}-{secrets.randbelow(10**12)}-{secrets.token_hex(12)}"


def signing_secret() -> str:
    """Return a new signing secret."""
    return secrets.token_hex(16)


def hook_secret() -> str:
    """Return the part of a webhook's address that nobody can guess."""
    return secrets.token_hex(12)
