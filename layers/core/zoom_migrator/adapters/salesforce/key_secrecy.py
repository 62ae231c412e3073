"""Taking old keys out of what an org says, without knowing them.

Customers word the messages of their rules, triggers and flows, and may repeat in them what a row
holds. That is not known where a row is only to be emptied.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from zoom_migrator.adapters.http_client.wording import REMOVED

# Zoom's keys have 22 characters of base64url and its secrets 36, as far as anybody has seen them;
# record ids have at most 18.
_LONG_WORD: Final = re.compile(r"[A-Za-z0-9_-]{20,}")


def without_keys(text: str) -> str:
    """A text without words that look like keys; names of classes and fields stay."""
    return _LONG_WORD.sub(lambda found: REMOVED if _looks_random(found[0]) else found[0], text)


def _looks_random(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    if letters and any(character.isdigit() for character in word):
        return True
    changes = sum(one.islower() != other.islower() for one, other in pairwise(letters))
    # Names are made of words, in which most letters are of the same case as the one before.
    return changes * 3 >= len(word)
