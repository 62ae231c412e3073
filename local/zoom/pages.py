"""The pages that people see, rendered."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.simulation.reply import Reply
from local.zoom.errors import PageRefused
from local.zoom.scopes import described

HTML: Final = "text/html;charset=utf-8"
# No form-action: browsers apply it to the redirect that follows a consent, too.
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_DEFAULTS: Final = {"wide": False, "code": None, "email": "", "next": "/marketplace/installed"}


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["described"] = described
    return made


_TEMPLATES: Final = _environment()


def page(template: str, title: str, *, status: int = 200, **details: object) -> Reply:
    """Return a page."""
    values = {**_DEFAULTS, "title": title, **details}
    text = _TEMPLATES.get_template(template).render(values)
    return Reply(status, text.encode(), HTML, dict(_HEADERS))


def refusal(refused: PageRefused, *, email: str = "", back: str = "") -> Reply:
    """Return the page of a refusal; ``back`` is where a change of account leads."""
    details = {"message": refused.message, **refused.details}
    if back:
        details["next"] = back
    return page(
        refused.template,
        refused.title,
        status=refused.status,
        code=refused.code,
        email=email,
        **details,
    )


def redirect(location: str) -> Reply:
    """Return a redirect after which browsers use GET."""
    return Reply(302, b"", HTML, {**_HEADERS, "Location": location})
