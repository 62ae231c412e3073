"""The stopwatch of the product's connections, which moves only when somebody lets it."""

from __future__ import annotations

from typing import Final

_LONGER_THAN_ANY_DEADLINE: Final = 1_000.0


class Stopwatch:
    """Seconds that stand still, unless somebody lets the time run out."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def __call__(self) -> float:
        return self._seconds

    def run_out(self) -> None:
        """Let every deadline pass that is running now."""
        self._seconds += _LONGER_THAN_ANY_DEADLINE
