"""Pages, made from the templates beside this module."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from zoom_migrator.adapters.web.response import Response, page_headers

_TEMPLATES: Final = Path(__file__).parent / "templates"
# Joiners shape letters of Persian and the scripts of India; nothing else that is invisible passes.
_JOINERS: Final = "\u200c\u200d"


class Pages:
    """Renders pages; every value is escaped, and what is invisible in it is left out."""

    def __init__(self) -> None:
        stylesheet = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
        digest = hashlib.sha256(stylesheet.encode()).digest()
        self._style = f"'sha256-{base64.b64encode(digest).decode()}'"
        self._environment = self.environment()
        # It is our own file, and a style element's content must not be escaped.
        self._environment.globals["stylesheet"] = Markup(stylesheet)  # noqa: S704
        self._environment.filters["moment"] = moment

    def environment(self) -> Environment:
        """How templates become pages."""
        return Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_without_invisible,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def page(
        self,
        template: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        form_action: str = "'none'",
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """A page.

        Args:
            template: Its file, without the ending.
            form_action: Where its form may lead, as the content policy says it.
            values: What the template shows.
        """
        body = self._environment.get_template(f"{template}.html").render(values)
        own = page_headers(style=self._style, form_action=form_action)
        return Response(status, body, {**own, **(headers or {})})


def moment(at: datetime) -> str:
    """A time as people read it."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"


def visible(text: str) -> str:
    """A text in one line, without control characters and without what turns it around."""
    one_line = (" " if letter.isspace() else letter for letter in text)
    return "".join(letter for letter in one_line if letter.isprintable() or letter in _JOINERS)


def _without_invisible(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value
