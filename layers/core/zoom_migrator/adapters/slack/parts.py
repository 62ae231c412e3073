"""Parts that every message in Slack has, as blocks of Block Kit within all of its limits.

Source of the limits: Slack's Block Kit reference, and ``slack_sdk``, whose models check them. That
a message as a whole may have about 13,200 characters of blocks is documented nowhere
(slackapi/bolt-js issue 2509), so that every part has a bound of its own here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from zoom_migrator.adapters.slack.mrkdwn import escaped, packed, plain
from zoom_migrator.domain.notice_message import Tone

MAX_BLOCKS: Final = 50
MAX_CHARACTERS: Final = 13_000
SECTION: Final = 3_000
_HEADER: Final = 150
_PARAGRAPHS: Final = 2_300
_OBSTACLES: Final = 1_800
_FOOTNOTES: Final = 900
# Signs that every font has, whether Slack shows them as emoji or not.
_MARKS: Final = {
    Tone.NEWS: "",
    Tone.GOOD: "✔ ",
    Tone.TO_DO: "➜ ",
    Tone.URGENT: "⚠ ",
    Tone.BAD: "✖ ",
}


def header(subject: str, tone: Tone) -> Block:
    """What a message is about, marked so that it is found again in a channel."""
    text = plain(f"{_MARKS[tone]}{subject}", _HEADER)
    return HeaderBlock(text=PlainTextObject(text=text, emoji=False))


def paragraphs(texts: Sequence[str]) -> Iterator[Block]:
    """What happened."""
    yield from _section("\n\n".join(_within(texts, _PARAGRAPHS)))


def obstacles(texts: Sequence[str]) -> Iterator[Block]:
    """What is known to go wrong."""
    lines = _within((f"• {text}" for text in texts), _OBSTACLES)
    if lines:
        yield section("\n".join(["*If something goes wrong*", *lines]))


def footnotes(texts: Sequence[str]) -> Iterator[Block]:
    """Small print."""
    lines = _within(texts, _FOOTNOTES)
    if lines:
        yield ContextBlock(elements=[markup(line) for line in packed(lines, SECTION)])


def section(text: str) -> Block:
    """A text that is in Slack's markup by now."""
    return SectionBlock(text=markup(text))


def markup(text: str) -> MarkdownTextObject:
    """A text in Slack's markup, in which nothing else becomes a link or a mention by itself."""
    return MarkdownTextObject(text=text, verbatim=True)


def _section(text: str) -> Iterator[Block]:
    if text:
        yield section(text)


def _within(texts: Iterable[str], most: int) -> list[str]:
    """Texts made safe, as many characters of them as there is room for."""
    shown: list[str] = []
    for text in texts:
        left = most - sum(len(each) + 2 for each in shown)
        if left < 2:
            break
        shown.append(escaped(text, left))
    return [text for text in shown if text]
