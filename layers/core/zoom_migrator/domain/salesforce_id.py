"""Salesforce record ids: 15 case-sensitive characters, or 18 with a checksum of their case."""

from __future__ import annotations

import re
from typing import Final

ORGANIZATION_PREFIX: Final = "00D"
_SUFFIX_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


def case_checksum(id15: str) -> str:
    """The three characters that make a 15-character id safe against changed case.

    Each of the three stands for five characters: bit *n* is set where the *n*-th is upper case.
    Source: Salesforce help, "How to convert 15-character IDs to 18".
    """
    suffix = ""
    for start in (0, 5, 10):
        chunk = id15[start : start + 5]
        bits = sum(1 << place for place, letter in enumerate(chunk) if "A" <= letter <= "Z")
        suffix += _SUFFIX_ALPHABET[bits]
    return suffix


def organization_id(text: str) -> str:
    """The 18-character id of an org, from either form.

    Raises:
        ValueError: Not an org id: wrong length, wrong characters, wrong prefix, or a checksum
            that does not fit (the case of a letter was changed somewhere on the way).
    """
    candidate = text.strip()
    if _ID.fullmatch(candidate) is None:
        raise ValueError(
            f"{_quoted(candidate)} is not a Salesforce org id: 15 or 18 letters and digits expected"
        )
    if not candidate.startswith(ORGANIZATION_PREFIX):
        raise ValueError(f"{_quoted(candidate)} is not an org id: those begin with 00D")
    id15, suffix = candidate[:15], candidate[15:]
    expected = case_checksum(id15)
    if suffix and suffix.upper() != expected:
        raise ValueError(
            f"{_quoted(candidate)} has a wrong checksum: a letter's case was changed or the id "
            "was mistyped"
        )
    return id15 + expected


def same_id(one: str, other: str) -> bool:
    """Whether two ids, each of 15 or 18 characters, name the same record."""
    return bool(one) and one[:15] == other[:15]


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
