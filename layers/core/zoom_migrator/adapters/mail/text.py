"""Messages as plain text: the text part of a mail, and what the docs show of each kind."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Final

from zoom_migrator.domain.notice_message import (
    Action,
    AnyMessage,
    DigestMessage,
    DigestSection,
    Message,
)

WIDTH: Final = 72
_COMMAND: Final = re.compile(r"`[^`]+`")
_UNBROKEN: Final = "\ue000"
_OBSTACLES: Final = "If something goes wrong"


def as_text(message: AnyMessage, *, unsubscribe_url: str = "") -> str:
    """A message as text in lines that every mailbox shows, ending with a line end.

    Addresses stand on lines of their own and are never broken.
    """
    blocks = _message(message) if isinstance(message, Message) else _digest(message)
    end = [_unsubscribe(unsubscribe_url)] if unsubscribe_url else []
    notes = [_filled(note) for note in message.footnotes]
    if notes or end:
        blocks = [*blocks, "-- ", *notes, *end]
    return "\n\n".join(block for block in blocks if block).replace("-- \n\n", "-- \n") + "\n"


def _message(message: Message) -> list[str]:
    return [
        *(_filled(paragraph) for paragraph in message.paragraphs),
        _facts(message.facts),
        _steps(message.steps),
        _action(message.action) if message.action else "",
        f"{_underlined('Who has to do it')}\n{_filled(message.who)}" if message.who else "",
        _obstacles(message.obstacles),
    ]


def _digest(message: DigestMessage) -> list[str]:
    return [
        *(_filled(paragraph) for paragraph in message.paragraphs),
        *(block for section in message.sections for block in _section(section)),
        _obstacles(message.obstacles),
    ]


def _section(section: DigestSection) -> Iterator[str]:
    count = len(section.items) + section.more
    yield _underlined(f"{section.heading} ({count:,})")
    for item in section.items:
        lines = [_filled(item.org, first="* "), _filled(item.text, first="  ")]
        if item.action:
            lines.append(f"  {item.action.label}: {item.action.url}")
        yield "\n".join(lines)
    if section.more:
        yield f"* and {section.more:,} more"


def _facts(facts: tuple[tuple[str, str], ...]) -> str:
    width = max((len(name) for name, _ in facts), default=0)
    return "\n".join(f"{name + ':':<{width + 1}} {value}" for name, value in facts)


def _steps(steps: tuple[str, ...]) -> str:
    if not steps:
        return ""
    if len(steps) == 1:
        return f"{_underlined('What to do')}\n{_filled(steps[0])}"
    numbered = [_filled(step, first=f"{number}. ") for number, step in enumerate(steps, start=1)]
    return "\n".join([_underlined("What to do"), *numbered])


def _action(action: Action) -> str:
    return f"{action.label}:\n{action.url}"


def _obstacles(obstacles: tuple[str, ...]) -> str:
    if not obstacles:
        return ""
    return "\n".join([_underlined(_OBSTACLES), *(_filled(each, first="* ") for each in obstacles)])


def _unsubscribe(url: str) -> str:
    return f"To end reminders like this one, and nothing else:\n{url}"


def _underlined(heading: str) -> str:
    return f"{heading}\n{'-' * len(heading)}"


def _filled(text: str, *, first: str = "") -> str:
    """Lines of a text. What stands between backticks is a command, and stays whole."""
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _UNBROKEN), text)
    return textwrap.fill(
        whole,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    ).replace(_UNBROKEN, " ")
