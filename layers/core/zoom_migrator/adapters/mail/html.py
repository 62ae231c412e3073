"""Messages as HTML: the part of a mail that most people read.

It says what the text part says, in the same order; a test compares the two. Styles stand with
their elements, because many mailboxes drop a stylesheet; what is left in one is for dark mode, and
nothing breaks without it. Nothing is fetched from anywhere.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from zoom_migrator.adapters.web.pages import visible
from zoom_migrator.domain.notice_message import AnyMessage, Message, Tone

_TEMPLATES: Final = Path(__file__).parent / "templates"
_COMMAND: Final = re.compile(r"`([^`]+)`")
# Contrast of all of these with what they stand on is at least 4.5 to 1, dark and light.
_COLOURS: Final = {
    Tone.NEWS: "#0b5cad",
    Tone.GOOD: "#1b6b3a",
    Tone.TO_DO: "#0b5cad",
    Tone.URGENT: "#7a4b00",
    Tone.BAD: "#b3261e",
}


def as_html(message: AnyMessage, *, unsubscribe_url: str = "") -> str:
    """A message as an HTML document."""
    template = "notice.html" if isinstance(message, Message) else "digest.html"
    return (
        _environment()
        .get_template(template)
        .render(message=message, unsubscribe_url=unsubscribe_url, colour=_COLOURS[message.tone])
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_without_invisible,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["with_commands"] = _with_commands
    made.filters["colour_of"] = _COLOURS.__getitem__
    return made


def _with_commands(text: str) -> Markup:
    """A text in which what stands between backticks is shown as a command."""
    shown = _COMMAND.sub(r'<code style="font-size:14px">\1</code>', str(escape(visible(text))))
    return Markup(shown)  # noqa: S704 - escaped before


def _without_invisible(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value
