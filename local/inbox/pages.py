"""The pages that people see, rendered."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.inbox.mail import ReceivedMail
from local.simulation.reply import Reply

HTML: Final = "text/html;charset=utf-8"
_TEXT: Final = "text/plain;charset=utf-8"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A mail may do here what it may in a mailbox: show itself, and open links elsewhere.
_MAILS_OWN: Final = {
    **_HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
}
_HEAD: Final = re.compile(r"<head[^>]*>", re.IGNORECASE)
WIDTHS: Final = (320, 360, 600)


def _moment(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["moment"] = _moment
    return made


_TEMPLATES: Final = _environment()


def overview(mails: list[ReceivedMail], addresses: list[str], shown: str) -> Reply:
    """Return the list of mails, newest first."""
    newest_first = list(reversed(mails))
    return _page("list.html", mails=newest_first, addresses=addresses, shown=shown)


def mail(shown: ReceivedMail, *, part: str, width: int | None, said: str) -> Reply:
    """Return a mail.

    Args:
        part: ``html``, ``text`` or ``source``.
        width: How wide the mail is shown, or None for as wide as there is room.
        said: What came of unsubscribing.
    """
    return _page("mail.html", mail=shown, part=part, width=width, widths=WIDTHS, said=said)


def mails_own(shown: ReceivedMail) -> Reply:
    """Return the HTML part by itself; its links open elsewhere, as in a mailbox."""
    html = _HEAD.sub(lambda found: f'{found[0]}<base target="_blank">', shown.html, count=1)
    return Reply(200, html.encode(), HTML, dict(_MAILS_OWN))


def not_found() -> Reply:
    """Return the page of what is not there."""
    return Reply(404, b"There is no such page.\n", _TEXT, dict(_HEADERS))


def redirect(location: str) -> Reply:
    """Return a redirect after which browsers use GET."""
    return Reply(303, b"", HTML, {**_HEADERS, "Location": location})


def _page(template: str, **details: object) -> Reply:
    text = _TEMPLATES.get_template(template).render(**details)
    return Reply(200, text.encode(), HTML, dict(_HEADERS))
