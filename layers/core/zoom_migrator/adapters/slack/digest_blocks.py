"""Several notices in one message, as blocks of Slack's Block Kit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slack_sdk.models.blocks import Block

from zoom_migrator.adapters.slack import parts
from zoom_migrator.adapters.slack.mrkdwn import bold, escaped, link, packed
from zoom_migrator.domain.notice_message import DigestItem, DigestMessage, DigestSection

# What is left for the list when everything else is as long as it may be.
_LIST: Final = 7_000
_HEADING: Final = 80
_NAME: Final = 120
_TEXT: Final = 400
# What a section takes besides its texts: how many more there are, and what surrounds it in JSON.
_FRAME: Final = 150
# A line's end takes two characters in JSON.
_LINE_END: Final = 2


def digest_blocks(message: DigestMessage) -> Iterator[Block]:
    """The blocks of a digest. It has links only: a row of buttons for every org would be a wall.

    What there is no room for is counted with its section, so that nobody takes the list for
    all of it.
    """
    yield parts.header(message.subject, message.tone)
    yield from parts.paragraphs(message.paragraphs)
    headings = [_heading(section) for section in message.sections]
    left = _LIST - sum(len(heading) + _FRAME for heading in headings)
    for heading, section in zip(headings, message.sections, strict=True):
        lines = list(_lines(section, left))
        left -= sum(len(line) + _LINE_END for line in lines)
        for text in packed([heading, *lines, *_more(section, len(lines))], parts.SECTION):
            yield parts.section(text)
    yield from parts.obstacles(message.obstacles)
    yield from parts.footnotes(message.footnotes)


def _heading(section: DigestSection) -> str:
    count = len(section.items) + section.more
    return bold(f"{section.heading} ({count:,})", _HEADING)


def _lines(section: DigestSection, room: int) -> Iterator[str]:
    """The items that there is room for."""
    for line in map(_line, section.items):
        room -= len(line) + _LINE_END
        if room < 0:
            return
        yield line


def _more(section: DigestSection, shown: int) -> Iterator[str]:
    hidden = len(section.items) + section.more - shown
    if hidden:
        yield f"• and {hidden:,} more"


def _line(item: DigestItem) -> str:
    line = f"• {bold(item.org, _NAME)}: {escaped(item.text, _TEXT)}"
    return f"{line} {link(item.action.url, item.action.label)}" if item.action else line
