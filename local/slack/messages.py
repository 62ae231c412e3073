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
        told: What Slack said to each press, oldest first; nothing where the app answered in time.
        replaced: Blocks that a reply has replaced, which windows opened before still show.
    """

    channel_id: str
    ts: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    is_edited: bool = False
    trouble: str = ""
    is_unfurled: bool = True
    told: list[str] = field(default_factory=list)
    replaced: list[dict[str, Any]] = field(default_factory=list)

    @property
    def buttons(self) -> Iterator[dict[str, Any]]:
        """Every button, with the id of its block."""
        return _buttons(self.blocks)

    def button(self, action_id: str) -> dict[str, Any] | None:
        """Return a button, or None."""
        return _named(self.buttons, action_id)

    def earlier_button(self, action_id: str) -> dict[str, Any] | None:
        """Return a button that the message has or had before it was replaced, or None."""
        return self.button(action_id) or _named(_buttons(self.replaced), action_id)

    def replace(self, text: str, blocks: list[dict[str, Any]]) -> None:
        """Say something else from now on."""
        self.replaced += self.blocks
        self.text, self.blocks = text, blocks
        self.is_edited, self.trouble = True, ""

    def tell(self, trouble: str) -> None:
        """Keep what Slack says to whoever has pressed."""
        self.trouble = trouble
        self.told.append(trouble)


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


def _buttons(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, block in enumerate(blocks):
        block_id = block.get("block_id") or f"b{number}"
        parts = [*block.get("elements", []), block.get("accessory") or {}]
        for part in parts:
            if part.get("type") == "button":
                yield {**part, "block_id": block_id}


def _named(buttons: Iterator[dict[str, Any]], action_id: str) -> dict[str, Any] | None:
    return next((one for one in buttons if one.get("action_id") == action_id), None)
