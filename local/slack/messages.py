"""Messages in channels, in the order they came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

_MICROSECONDS: Final = 1_000_000


@dataclass
class PostedMessage:
    """A message.

    Attributes:
        ts: When it was posted, as Slack writes it; unique in its channel.
        is_edited: Whether a reply has put something else in its place.
        trouble: Why the last press on one of its buttons came to nothing.
        is_unfurled: Whether Slack would look behind its links.
    """

    channel_id: str
    ts: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    is_edited: bool = False
    trouble: str = ""
    is_unfurled: bool = True

    @property
    def buttons(self) -> Iterator[dict[str, Any]]:
        """Every button, with the id of its block."""
        for number, block in enumerate(self.blocks):
            block_id = block.get("block_id") or f"b{number}"
            parts = [*block.get("elements", []), block.get("accessory") or {}]
            for part in parts:
                if part.get("type") == "button":
                    yield {**part, "block_id": block_id}

    def button(self, action_id: str) -> dict[str, Any] | None:
        """Return a button, or None."""
        return next((one for one in self.buttons if one.get("action_id") == action_id), None)


class MessageBook:
    """All messages. Has to be used under the world's lock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._messages: list[PostedMessage] = []
        self._last_ts = 0

    def post(
        self, channel_id: str, text: str, blocks: list[dict[str, Any]], *, is_unfurled: bool
    ) -> PostedMessage:
        """Add a message."""
        # No two messages have the same time, however fast they come.
        self._last_ts = max(int(self._clock() * _MICROSECONDS), self._last_ts + 1)
        seconds, rest = divmod(self._last_ts, _MICROSECONDS)
        message = PostedMessage(
            channel_id, f"{seconds}.{rest:06}", text, blocks, is_unfurled=is_unfurled
        )
        self._messages.append(message)
        return message

    def remove(self, message: PostedMessage) -> None:
        """Take a message away."""
        self._messages.remove(message)

    def of(self, channel_id: str) -> list[PostedMessage]:
        """Return the messages of a channel, oldest first."""
        return [one for one in self._messages if one.channel_id == channel_id]

    def find(self, channel_id: str, ts: str) -> PostedMessage | None:
        """Return a message, or None."""
        found = (one for one in self._messages if (one.channel_id, one.ts) == (channel_id, ts))
        return next(found, None)

    @property
    def all(self) -> list[PostedMessage]:
        """Every message, oldest first."""
        return list(self._messages)

    def clear(self) -> None:
        """Forget every message."""
        self._messages.clear()
