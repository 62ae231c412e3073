"""Several notices in one message, as blocks of Slack's Block Kit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slack_sdk.models.blocks import Block

from zoom_migrator.adapters.slack import parts
from zoom_migrator.adapters.slack.mrkdwn import bold, escaped, link, packed
from zoom_migrator.domain.notice_message import DigestItem, DigestMessage, DigestSection

# What is left for the list when everything else is as long as it may be.
_LIST: Final = 6_500
_HEADING: Final = 150
_NAME: Final = 120
_TEXT: Final = 400
# A list needs more room for all that surrounds its texts in JSON.
_MORE: Final = 40


def digest_blocks(message: DigestMessage) -> Iterator[Block]:
    """The blocks of a digest. It has links only: a row of buttons for every org would be a wall.

    What there is no room for is counted with its section, so that nobody takes the list for
    all of it.
    """
    yield parts.header(message.subject, message.tone)
    yield from parts.paragraphs(message.paragraphs)
    left = _LIST
    for section in message.sections:
        lines = _lines(section, left)
        left -= sum(len(line) + 1 for line in lines)
        for text in packed(lines, parts.SECTION):
            yield parts.section(text)
    yield from parts.obstacles(message.obstacles)
    yield from parts.footnotes(message.footnotes)


def _lines(section: DigestSection, room: int) -> list[str]:
    count = len(section.items) + section.more
    lines = [bold(f"{section.heading} ({count:,})", _HEADING)]
    room -= len(lines[0]) + _MORE
    shown = 0
    for line in map(_line, section.items):
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
        shown += 1
    hidden = count - shown
    if hidden:
        lines.append(f"• and {hidden:,} more")
    return lines


def _line(item: DigestItem) -> str:
    line = f"• {bold(item.org, _NAME)}: {escaped(item.text, _TEXT)}"
    return f"{line} {link(item.action.url, item.action.label)}" if item.action else line
