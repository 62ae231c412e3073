"""PKCE, RFC 7636: the challenge of the authorization and the verifier of the exchange."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

_SHAPE: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
METHODS: Final = ("S256", "plain")


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge; its method is ``plain`` where the request names none, as at Zoom."""

    value: str
    method: str

    def is_well_formed(self) -> bool:
        """Say whether value and method are ones that a verifier can meet."""
        return self.method in METHODS and _SHAPE.fullmatch(self.value) is not None

    def is_met_by(self, verifier: str) -> bool:
        """Say whether a verifier belongs to this challenge."""
        if _SHAPE.fullmatch(verifier) is None:
            return False
        shown = s256(verifier) if self.method == "S256" else verifier
        return hmac.compare_digest(shown, self.value)


def s256(verifier: str) -> str:
    """Return the S256 challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
