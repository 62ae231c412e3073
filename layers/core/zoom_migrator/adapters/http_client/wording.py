"""Words of the other side, made fit to be stored and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final
from urllib.parse import quote, quote_plus

MAX_DETAIL_CHARACTERS: Final = 300
MAX_NAME_CHARACTERS: Final = 255
REMOVED: Final = "[removed]"
_LINE_BREAKS: Final = str.maketrans(dict.fromkeys("\n\r\t\v\f\x85\u2028\u2029", " "))
_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))
# A session id is the org's id, an exclamation mark and a signature; a JWT is three parts of
# base64url, the first of which begins with '{"'.
_LOOKS_SECRET: Final = re.compile(
    r"00D[A-Za-z0-9]{9,15}(?:!|%21)[^\s\"'<>,;]*"
    r"|eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,2}"
)


def legible(text: str, limit: int) -> str:
    """A text on one line, without characters that cannot be printed, and not too long.

    Control characters could forge lines of a log, direction marks could make a text read as
    another one, and half surrogate pairs cannot be stored.
    """
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text.translate(_LINE_BREAKS)))
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def public_name(text: str) -> str:
    """A name or address that the other side keeps, without anything that looks secret."""
    return _without_secrets(text, (), MAX_NAME_CHARACTERS)


def public_detail(
    text: str, secrets: Iterable[str] = (), hide: Callable[[str], str] | None = None
) -> str:
    """What the other side said, without secrets that it may have repeated.

    Args:
        text: Anything that came from outside.
        secrets: What was sent to it and must not be shown.
        hide: Takes out secrets that are known by their looks alone.
    """
    return _without_secrets(text, secrets, MAX_DETAIL_CHARACTERS, hide)


def _in_html(text: str) -> str:
    # The standard library's function would bring a table of all entities into every cold start.
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    return text


_WRITTEN: Final = (
    _in_html,
    partial(quote, safe=""),
    quote_plus,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
)


def spellings(secret: str) -> tuple[str, ...]:
    """The ways in which a secret may be repeated that was sent in a query and in JSON.

    An address in an error in JSON, or in another address, is written in two ways at once.
    """
    if not secret:
        return ()
    ways = {secret, secret.replace("\\", "\\\\").replace("'", "\\'")}
    for _ in range(2):
        ways |= {written(way) for way in ways for written in _WRITTEN}
    # The longest first: a shorter one may be a part of it.
    return tuple(sorted(ways, key=len, reverse=True))


class Spellings:
    """All spellings of some secrets, which are written only where something is searched for them.

    Most answers are good ones and repeat nothing, and writing takes longer than reading them.
    """

    def __init__(self, *secrets: str) -> None:
        self._secrets = secrets

    def __iter__(self) -> Iterator[str]:
        return (way for secret in self._secrets for way in spellings(secret))


def _without_secrets(
    text: str, secrets: Iterable[str], limit: int, hide: Callable[[str], str] | None = None
) -> str:
    # Made legible first: a stray control character must not hide a token from the search.
    text = legible(text, len(text))
    for secret in secrets:
        if secret:
            text = text.replace(secret, REMOVED)
    text = _LOOKS_SECRET.sub(REMOVED, text)
    # Shortened last: of a secret that is cut off, the rest would not be recognised.
    return legible(hide(text) if hide else text, limit)
