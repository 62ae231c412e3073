"""Texts as Slack's own markup, in which nothing that came from outside means anything.

Source: Slack, "Formatting text for app surfaces": ``&``, ``<`` and ``>`` alone are escaped, and
every link or mention stands between the latter two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from zoom_migrator.adapters.web.pages import visible

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What would end a link early, or begin its label.
_IN_LINKS: Final = {"<": "%3C", ">": "%3E", "|": "%7C", "&": "&amp;", " ": "%20"}
_CUT: Final = "…"
# Slack takes no empty text.
_NOTHING: Final = "-"
_MAX_LABEL: Final = 75


def escaped(text: str, most: int) -> str:
    """A text that is shown as it is, in so many characters at most once it is escaped."""
    shown: list[str] = []
    length = 0
    for letter in visible(text):
        part = _ENTITIES.get(letter, letter)
        if length + len(part) > most:
            return "".join(_without_last(shown, length, most)) + _CUT
        shown.append(part)
        length += len(part)
    return "".join(shown)


def plain(text: str, most: int) -> str:
    """A text for where Slack reads no markup, in so many characters at most; never none at all."""
    shown = visible(text) or _NOTHING
    return shown if len(shown) <= most else shown[: most - 1] + _CUT


def bold(text: str, most: int) -> str:
    """A text that stands out, on one line.

    An asterisk within it would end that too early.
    """
    return f"*{escaped(text.replace('*', '∗').strip(), most - 2)}*"  # noqa: RUF001


def link(url: str, label: str) -> str:
    """A label that leads somewhere."""
    address = "".join(_IN_LINKS.get(letter, letter) for letter in url)
    return f"<{address}|{escaped(label, _MAX_LABEL) or _NOTHING}>"


def packed(lines: Iterable[str], most: int) -> list[str]:
    """Lines put together to texts of so many characters at most; no line is broken.

    Args:
        lines: Each short enough to fit.
    """
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= most:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


def _without_last(shown: list[str], length: int, most: int) -> list[str]:
    """Parts with room for the sign that something was cut off."""
    while shown and length + len(_CUT) > most:
        length -= len(shown.pop())
    return shown
