"""Addresses of pages that tell how an attempt came out, without anything that is secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from zoom_migrator.domain.authorization_outcome import Outcome

# What the callback may have to say that is not stored with the attempt.
_SAID: Final = (Outcome.ALREADY_DONE, Outcome.OUR_MISCONFIGURATION)
_TEXT: Final = re.compile(rf"(?P<key>[0-9a-f]{{64}})(?:\.(?P<said>{'|'.join(_SAID)}))?")


@dataclass(frozen=True, slots=True)
class ResultReference:
    """Names an attempt to the browser it was begun in; to any other it leads nowhere.

    Attributes:
        key: The attempt's key.
        said: What was said of it when it came back, where the store does not tell. Anybody can
            change it, so it only ever chooses between things that are true.
    """

    key: str
    said: Outcome | None = None

    @classmethod
    def to(cls, key: str, outcome: Outcome) -> Self:
        """The reference to how an attempt came out."""
        return cls(key, outcome if outcome in _SAID else None)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a reference; None where it is none."""
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        return cls(match["key"], Outcome(match["said"]) if match["said"] else None)

    def __str__(self) -> str:
        return self.key if self.said is None else f"{self.key}.{self.said}"
