"""Tokens that show that a form was filled in on our own page, and not too long ago."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from zoom_migrator.ports import Clock, LinkSigner

# Long enough to talk it over within a working day.
LIFETIME: Final = timedelta(hours=12)
_TOKEN: Final = re.compile(r"([1-9][0-9]{9})\.([A-Za-z0-9_-]{43})")


class FormTokens:
    """Makes the tokens of forms, and tells them from others.

    Nothing is stored, and no cookie is set: a token is a signature of what the form is about and
    until when it counts. Whoever has it had the page, and so the link.
    """

    def __init__(self, signer: LinkSigner, clock: Clock) -> None:
        """Take the key's signer; links and tokens never read alike, so they can share one."""
        self._signer = signer
        self._clock = clock

    def issue(self, subject: str) -> str:
        """A token for a form about this."""
        expires = int((self._clock.now() + LIFETIME).timestamp())
        return f"{expires}.{self._signer.sign(_claims(subject, expires))}"

    def is_good(self, token: str, subject: str) -> bool:
        """Whether a token was issued for a form about this, and still counts."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            return False
        expires = int(match[1])
        if self._clock.now().timestamp() >= expires:
            return False
        return self._signer.is_genuine(_claims(subject, expires), match[2])


def _claims(subject: str, expires: int) -> str:
    return f"form.{subject}.{expires}"
