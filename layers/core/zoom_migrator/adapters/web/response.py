"""Answers, each with the headers that keep a page and its link to whoever opened it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

# Sources: OWASP secure headers project; HTML standard, "Cross-origin opener policies".
STRICT_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
_POLICY: Final = "Content-Security-Policy"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer to a request.

    Attributes:
        body: An HTML document, or nothing.
        headers: What it says beside the strict headers.
        cookies: Values of ``Set-Cookie``.
    """

    status: HTTPStatus
    body: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)

    def event(self, *, with_body: bool = True) -> dict[str, Any]:
        """The answer as API Gateway takes it from a function."""
        single = {**STRICT_HEADERS, _POLICY: content_policy(), **self.headers}
        headers = {name: [value] for name, value in single.items()}
        if self.cookies:
            headers["Set-Cookie"] = [*self.cookies]
        return {
            "statusCode": int(self.status),
            "multiValueHeaders": headers,
            "body": self.body if with_body else "",
            "isBase64Encoded": False,
        }


def content_policy(*, style: str = "'none'", form_action: str = "'none'") -> str:
    """A policy under which a page loads nothing, runs nothing and is framed by nobody.

    Args:
        style: Source of its styles, such as the hash of a stylesheet within the page.
        form_action: Where its form may lead. Browsers hold redirects that follow to it, too.
    """
    return (
        f"default-src 'none'; style-src {style}; form-action {form_action}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def page_headers(*, style: str, form_action: str) -> dict[str, str]:
    """The headers of a page with its own policy."""
    return {_POLICY: content_policy(style=style, form_action=form_action)}


def see_other(location: str, *, cookies: tuple[str, ...] = ()) -> Response:
    """Send the browser on with a GET, so that reloading repeats nothing."""
    return Response(HTTPStatus.SEE_OTHER, headers={"Location": location}, cookies=cookies)


def nothing() -> Response:
    """An answer without content, which leaves the browser where it is."""
    return Response(HTTPStatus.NO_CONTENT)
