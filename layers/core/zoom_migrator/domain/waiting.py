"""How long a migration waits before it looks again: longer and longer, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True, slots=True)
class Patience:
    """A wait that grows with the time already waited.

    Attributes:
        first: The shortest wait.
        longest: The longest wait.
        deadline: After this much waiting it is given up.
    """

    first: timedelta
    longest: timedelta
    deadline: timedelta

    def is_over(self, since: datetime, now: datetime) -> bool:
        """Whether there is nothing more to wait for."""
        return now - since >= self.deadline

    def next_wait(self, since: datetime, now: datetime) -> int:
        """Whole seconds to wait: half of what has been waited, and never beyond the deadline."""
        waited = max(now - since, timedelta())
        left = max(self.deadline - waited, timedelta(seconds=1))
        wait = min(max(waited / 2, self.first), self.longest, left)
        return max(1, ceil(wait.total_seconds()))
