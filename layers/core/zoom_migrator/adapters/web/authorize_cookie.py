"""The cookies by which the browser is known again that an authorization was begun in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from zoom_migrator.adapters.web.request import Request
from zoom_migrator.domain.authorization_settings import LONGEST_ATTEMPT
from zoom_migrator.domain.signed_link import MAX_LINK_CHARACTERS
from zoom_migrator.use_cases.authorization_attempt import Browser

# The prefix makes browsers hold a cookie to this very host, and to encryption.
# Source: RFC 6265bis, section 4.1.3.2.
_PREFIX: Final = "__Host-authorize-"
_NAME: Final = re.compile(_PREFIX + r"(?P<key>[0-9a-f]{64})")
_VALUE: Final = re.compile(
    r"(?P<secret>[A-Za-z0-9_-]{43})"
    rf"(?:\.(?P<link>[A-Za-z0-9_.-]{{1,{MAX_LINK_CHARACTERS}}}))?"
)
_ATTRIBUTES: Final = "Path=/; Secure; HttpOnly; SameSite=Lax"
LONGEST_SECONDS: Final = int(LONGEST_ATTEMPT.total_seconds())
# API Gateway takes about 10 KB of headers; a cookie has a quarter of one.
_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class AttemptCookie:
    """What a browser keeps of one attempt; every tab has its own.

    Attributes:
        key: The attempt's key, which is no secret.
        link: The link of the start page, so that the way back to it needs nobody who can sign.
    """

    key: str
    secret: str = field(repr=False)
    link: str = field(repr=False)

    def lasting(self, seconds: int = LONGEST_SECONDS) -> str:
        """The value of ``Set-Cookie`` that has it kept for so long."""
        value = f"{self.secret}.{self.link}" if self.link else self.secret
        return f"{_PREFIX}{self.key}={value}; Max-Age={seconds}; {_ATTRIBUTES}"

    def ending(self) -> str:
        """The value of ``Set-Cookie`` that has it forgotten."""
        return f"{_PREFIX}{self.key}=; Max-Age=0; {_ATTRIBUTES}"


def cookies_of(request: Request) -> tuple[AttemptCookie, ...]:
    """The attempts that were begun in a browser, those first that it began last.

    What is malformed is left out, and so is what comes twice: only one of them can be ours.
    """
    times = Counter(name for name, _ in request.cookies)
    found = [
        AttemptCookie(name["key"], value["secret"], value["link"] or "")
        for sent, content in request.cookies
        if times[sent] == 1
        and (name := _NAME.fullmatch(sent)) is not None
        and (value := _VALUE.fullmatch(content)) is not None
    ]
    return tuple(reversed(found))


def browser_of(cookies: tuple[AttemptCookie, ...]) -> Browser:
    """The same as the use cases take it."""
    return {each.key: each.secret for each in cookies}


def cookie_of(cookies: tuple[AttemptCookie, ...], key: str) -> AttemptCookie | None:
    """The cookie of one attempt, or None."""
    return next((each for each in cookies if each.key == key), None)


def beginning(
    new: AttemptCookie, seconds: int, *, kept: tuple[AttemptCookie, ...]
) -> tuple[str, ...]:
    """The values of ``Set-Cookie`` for a new attempt; the oldest of many others make room."""
    return (new.lasting(seconds), *(each.ending() for each in kept[_MOST - 1 :]))
