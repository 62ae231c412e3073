"""Refusals in the three shapes of Zoom: token endpoint, REST API, and pages for people.

Wording and status are those that clients met; `docs/simulators.md` lists what is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping

INVALID_ACCESS_TOKEN = "Invalid access token."  # noqa: S105 - a message
EXPIRED_ACCESS_TOKEN = "Access token is expired."  # noqa: S105 - a message


class TokenRefused(Exception):
    """The token endpoint says no: a JSON object with ``error`` and, mostly, ``reason``."""

    def __init__(self, error: str, reason: str | None, status: int = 400) -> None:
        """Keep what goes into the answer."""
        super().__init__(error)
        self.error = error
        self.reason = reason
        self.status = status

    def body(self) -> dict[str, str]:
        """Return the answer; there is no ``error_description`` at Zoom."""
        reason = {} if self.reason is None else {"reason": self.reason}
        return {**reason, "error": self.error}


class ApiRefused(Exception):
    """The REST API says no: a JSON object with ``code`` and ``message``."""

    def __init__(
        self, status: int, code: int, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Keep what goes into the answer."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self) -> dict[str, object]:
        """Return the answer."""
        return {"code": self.code, "message": self.message}


class PageRefused(Exception):
    """A page of Zoom's own that ends the way: the browser never goes back to the app.

    Attributes:
        status: HTTP status.
        title: The page's heading.
        message: What it says below.
        code: Zoom's error code, shown with a comma as in ``(4,700)``, or None.
        short: The message that the JSON form of the page carries.
        template: The page.
        details: What the page shows besides.
    """

    def __init__(
        self,
        title: str,
        message: str,
        *,
        status: int = 400,
        code: int | None = None,
        short: str = "",
        template: str = "refused.html",
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Keep what goes onto the page."""
        super().__init__(title)
        self.title = title
        self.message = message
        self.status = status
        self.code = code
        self.short = short or message
        self.template = template
        self.details = dict(details or {})

    def body(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "status": False,
            "errorCode": self.code,
            "errorMessage": self.short,
            "result": None,
        }


def invalid_client(status: int) -> TokenRefused:
    """Return the answer to wrong or missing client credentials."""
    return TokenRefused("invalid_client", "Invalid client_id or client_secret", status)


def invalid_grant() -> TokenRefused:
    """Return the answer to a refresh token that is dead, rotated out or unknown."""
    return TokenRefused("invalid_grant", "Invalid Token!")


def invalid_code(code: str) -> TokenRefused:
    """Return the answer to a code that is unknown, used or too old: it echoes the code."""
    return TokenRefused("invalid_grant", f"Invalid authorization code {code}")


def invalid_access_token() -> ApiRefused:
    """Return the answer to a missing, malformed, revoked or superseded access token."""
    return ApiRefused(401, 124, INVALID_ACCESS_TOKEN)


def expired_access_token() -> ApiRefused:
    """Return the answer to an access token that was good once."""
    return ApiRefused(401, 124, EXPIRED_ACCESS_TOKEN)


def page_not_found() -> PageRefused:
    """Return the page for an address that this site does not have."""
    return PageRefused("This page does not exist", "Check the address.", status=404)
