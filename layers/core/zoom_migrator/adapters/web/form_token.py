"""Tokens that show that a form was filled in on our own page, and not too long ago."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from typing import Final

from zoom_migrator.ports import Clock

# Long enough to talk it over within a working day.
LIFETIME: Final = timedelta(hours=12)
_TOKEN: Final = re.compile(r"([1-9][0-9]{9})\.([A-Za-z0-9_-]{43})")


class FormTokens:
    """Makes the tokens of forms, and tells them from others.

    Nothing is stored, no cookie is set, and no key is asked for: a token is a MAC of until when it
    counts, under the signed link of the page as its key. Whoever can make one has the link, and
    so could have had it from the page.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def issue(self, link: str) -> str:
        """A token for a form on the page behind this link, whose signature has been checked."""
        expires = int((self._clock.now() + LIFETIME).timestamp())
        return f"{expires}.{_mac(link, expires)}"

    def is_good(self, token: str, link: str) -> bool:
        """Whether a token was issued for a form behind this link, and still counts."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            return False
        expires = int(match[1])
        if self._clock.now().timestamp() >= expires:
            return False
        return hmac.compare_digest(_mac(link, expires), match[2])


def _mac(link: str, expires: int) -> str:
    mac = hmac.digest(link.encode(), f"form.{expires}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
