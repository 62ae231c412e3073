"""Ids in Zoom's shapes: 22 characters of base64url for accounts, users and apps."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{22}")
# Nine digits.
_FIRST_NUMBER: Final = 100_000_000


def derived_id(*seed: str) -> str:
    """Return an id that is the same for the same seed, so that restarts keep their ids."""
    return base64.urlsafe_b64encode(_digest(*seed)[:16]).decode().rstrip("=")


def derived_number(*seed: str) -> int:
    """Return an account number or meeting id that is the same for the same seed."""
    return _FIRST_NUMBER + int.from_bytes(_digest(*seed)[:8], "big") % (9 * _FIRST_NUMBER)


def is_id(value: str) -> bool:
    """Say whether a text has the shape of an id."""
    return _SHAPE.fullmatch(value) is not None


def _digest(*seed: str) -> bytes:
    return hashlib.sha256("\x1f".join(seed).encode()).digest()
