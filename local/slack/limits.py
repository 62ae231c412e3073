"""The limit on messages: one a second for every channel, and short bursts.

Source: Slack, "Rate limits": posting messages.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from local.slack.errors import RateLimited


class PostingLimit:
    """Counts messages by channel. Has to be called under the world's lock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        # By channel: when all that was posted would have been posted at one message a second.
        self._paid_until: dict[str, float] = {}

    def take(self, channel_id: str, burst: int) -> None:
        """Count a message.

        Raises:
            RateLimited: The channel has had too many by now; this one does not count.
        """
        now = self._clock()
        paid_until = max(self._paid_until.get(channel_id, now), now) + 1
        too_early = paid_until - now - burst
        if too_early > 0:
            raise RateLimited(str(math.ceil(too_early)))
        self._paid_until[channel_id] = paid_until

    def forget(self) -> None:
        """Count anew."""
        self._paid_until.clear()
