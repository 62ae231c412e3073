"""Salesforce record ids: 15 characters with letter case, or 18 with a checksum of the cases."""

from __future__ import annotations

import hashlib
import string

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKSUM = string.ascii_uppercase + "012345"


def to_18(record_id: str) -> str:
    """Return the 18-character form of a 15- or 18-character id."""
    head = record_id[:15]
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << i for i, char in enumerate(head[start : start + 5]) if char.isupper())
        suffix += _CHECKSUM[bits]
    return head + suffix


def is_record_id(value: str, prefix: str = "") -> bool:
    """Say whether a text has the shape of an id: alphanumeric, 15 or 18 long, right checksum."""
    if len(value) not in (15, 18) or not value.isalnum() or not value.isascii():
        return False
    return value.startswith(prefix) and (len(value) == 15 or to_18(value) == value)


def derived_id(prefix: str, *seed: str) -> str:
    """Return an id that is the same for the same seed, so that restarts keep their ids."""
    digest = hashlib.sha256("\x1f".join((prefix, *seed)).encode()).digest()
    number = int.from_bytes(digest[:12], "big")
    body = ""
    for _ in range(15 - len(prefix)):
        number, remainder = divmod(number, 62)
        body += _BASE62[remainder]
    return to_18(prefix + body)
