"""Messages as Slack takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from zoom_migrator.adapters.slack import parts
from zoom_migrator.adapters.slack.digest_blocks import digest_blocks
from zoom_migrator.adapters.slack.mrkdwn import escaped
from zoom_migrator.adapters.slack.notice_blocks import notice_blocks
from zoom_migrator.domain.notice_message import AnyMessage, Message

_FALLBACK: Final = 1_000


@dataclass(frozen=True, slots=True)
class SlackContent:
    """What a message consists of.

    Attributes:
        text: What notifications and screen readers say.
        blocks: What a channel shows, as JSON.
    """

    text: str
    blocks: list[dict[str, Any]] = field(repr=False)


def content_of(message: AnyMessage, *, with_buttons: bool) -> SlackContent:
    """A message as Slack takes it.

    Args:
        with_buttons: Whether the app is told of presses.

    Raises:
        SlackObjectFormationError: It breaks a limit of Slack's; tests hold every kind to them.
    """
    blocks = (
        notice_blocks(message, with_buttons=with_buttons)
        if isinstance(message, Message)
        else digest_blocks(message)
    )
    text = escaped(f"{message.subject}. {message.preheader}", _FALLBACK)
    return SlackContent(text, [block.to_dict() for block in blocks])


def content_of_reply(text: str) -> SlackContent:
    """What a message says in place of its buttons, once one was pressed."""
    said = escaped(text, parts.SECTION)
    return SlackContent(said, [parts.section(said).to_dict()])
