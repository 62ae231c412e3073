"""Everything that a simulated Slack knows, and the log of requests."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from local.slack.faults import Faults, Phase
from local.slack.limits import PostingLimit
from local.slack.messages import MessageBook, PostedMessage
from local.slack.model import SimulatedSlack
from local.slack.replies import ReplyBook

_MAX_RECORDED: Final = 200_000


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request as it came in, without anything secret.

    Attributes:
        what: Name of the method, or ``webhook`` or ``reply``.
        status: HTTP status of the answer; 0 if the connection was broken instead.
        error: Slack's word where it refused.
    """

    phase: Phase
    what: str
    status: int
    error: str = ""


class World:
    """Document, messages, faults and log of one simulated Slack."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start with the good case."""
        self.clock = clock
        self.lock = threading.RLock()
        self.faults = Faults()
        self.document = SimulatedSlack()
        self.messages = MessageBook(clock)
        self.replies = ReplyBook(clock)
        self.limit = PostingLimit(clock)
        self.recorded: deque[RecordedRequest] = deque(maxlen=_MAX_RECORDED)

    def load(self, document: SimulatedSlack) -> None:
        """Hold a document in place of the one before."""
        with self.lock:
            self.document = document
            self.faults.add(*document.faults)

    def post(
        self, channel_id: str, text: str, blocks: object, *, is_unfurled: bool
    ) -> PostedMessage:
        """Post a message that was checked.

        Raises:
            RateLimited: The channel has had too many by now.
        """
        self.limit.take(channel_id, self.document.burst)
        shown = blocks if isinstance(blocks, list) else []
        return self.messages.post(channel_id, text, shown, is_unfurled=is_unfurled)

    def clear_messages(self) -> None:
        """Empty all channels."""
        with self.lock:
            self.messages.clear()
            self.limit.forget()

    def record(self, request: RecordedRequest) -> None:
        """Write a request into the log."""
        with self.lock:
            self.recorded.append(request)
