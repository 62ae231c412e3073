"""Who really wants a request: a person on our page, another site, or a browser guessing ahead."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from zoom_migrator.adapters.web.request import Request

# ``none``: the person acted outside of any page, such as by loading the page again.
_OWN_SITE: Final = ("same-origin", "none")
_GUESSES: Final = ("sec-purpose", "purpose", "x-purpose", "x-moz")


def is_prefetch(request: Request) -> bool:
    """Whether a browser loads the page ahead, without anybody having asked for it.

    Source: Fetch standard, ``Sec-Purpose``; the others are what it was called before.
    """
    said = [request.header(name).lower() for name in _GUESSES]
    return any("prefetch" in value or "prerender" in value or value == "preview" for value in said)


def is_from_another_site(request: Request) -> bool:
    """Whether the browser says that another site's page sent the request.

    Browsers that say nothing pass: the form's token is the proof, this only adds to it. An origin
    of ``null`` says nothing, because that is what our own page sends: under a referrer policy of
    ``no-referrer`` browsers keep back the origin of a form, too (Fetch standard, "append a
    request Origin header").
    """
    site = request.header("sec-fetch-site").lower()
    if site and site not in _OWN_SITE:
        return True
    origin = request.header("origin")
    if not origin or origin == "null":
        return False
    return _host_of(origin) != request.header("host").lower()


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
