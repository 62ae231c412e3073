"""Slack's markup as HTML, as far as messages of this product use it.

Source: Slack, "Formatting text for app surfaces".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

_PARTS: Final = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<link>[^>\n]+)>"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
    r"|(?<!\w)~(?P<struck>[^~\n]+)~(?!\w)"
    r"|(?P<bare>https?://[^\s<>|]+)"
)
_ELEMENTS: Final = {"bold": "strong", "italic": "em", "struck": "s"}


def as_html(part: Mapping[str, object]) -> Markup:
    """Return a text object as HTML."""
    text = str(part.get("text", ""))
    if part.get("type") == "plain_text":
        return _lines(text)
    return _marked(text, is_verbatim=part.get("verbatim") is True)


def text_as_html(text: str) -> Markup:
    """Return the text of a message without blocks as HTML."""
    return _marked(text, is_verbatim=False)


def _marked(text: str, *, is_verbatim: bool) -> Markup:
    made, place = Markup(), 0
    for found in _PARTS.finditer(text):
        made += _lines(text[place : found.start()]) + _part(found, is_verbatim)
        place = found.end()
    return made + _lines(text[place:])


def _part(found: re.Match[str], is_verbatim: bool) -> Markup:
    kind, inner = str(found.lastgroup), str(found[str(found.lastgroup)])
    if kind == "code":
        return Markup("<code>{}</code>").format(_decoded(inner))
    if kind == "link":
        address, _, label = inner.partition("|")
        return _link(address, label or address)
    if kind == "bare":
        return _lines(inner) if is_verbatim else _link(inner, inner)
    element = Markup(_ELEMENTS[kind])  # noqa: S704 - one of three names
    return Markup("<{0}>{1}</{0}>").format(element, _marked(inner, is_verbatim=is_verbatim))


def _link(address: str, label: str) -> Markup:
    url = _decoded(address)
    if urlsplit(url).scheme not in ("http", "https", "mailto"):
        # A mention: nobody is told here.
        return Markup("<b>{}</b>").format(_decoded(label))
    template = '<a href="{}" target="_blank" rel="noreferrer">{}</a>'
    return Markup(template).format(url, _decoded(label))  # noqa: S704 - format escapes


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(_decoded(line)) for line in text.split("\n"))


def _decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
