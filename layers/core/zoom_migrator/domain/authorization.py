"""One attempt at authorizing: from the button on the start page to Zoom's answer.

Nothing that is stored of it is of use to whoever reads the store. Of the state and of the browser's
secret there are fingerprints only, and the PKCE verifier is not stored at all: it is derived from
the two, which only meet again when the same browser comes back from Zoom.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.org import ZoomProduct

_VERIFIER_LABEL: Final = b"pkce-verifier:"


class AttemptStatus(StrEnum):
    """How far an attempt is.

    ``CONSUMED``: its one code may be on its way to Zoom; it is never used again, whatever
    happens. ``ENDED``: it has an outcome.
    """

    ISSUED = "issued"
    CONSUMED = "consumed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """How an attempt ended, with what its page tells.

    Attributes:
        names: Scopes or products that the outcome is about.
        unproven: Products that were chosen and of which Zoom told nothing.
        zoom_email: Who consented, where that is known.
    """

    outcome: Outcome
    at: datetime
    names: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    zoom_email: str = ""


@dataclass(frozen=True, slots=True)
class AuthorizationAttempt:
    """One attempt at authorizing one org, bound to one browser.

    Attributes:
        state_hash: Fingerprint of the state, and the attempt's key everywhere.
        attempt: Number of the migration it belongs to.
        request_id: The request for authorization that it answers.
        products: What was chosen on the start page.
        binding_hash: Fingerprint of the secret in the browser's cookie.
        redirect_uri: Where Zoom sends the browser; the code is exchanged with exactly this.
        code_hash: Fingerprint of the code it was consumed with, which tells a repeated answer
            from another one.
        revision: Counts changes, for optimistic locking; 0 means not stored yet.
    """

    state_hash: str
    org_id: str
    attempt: int
    request_id: str
    products: tuple[ZoomProduct, ...]
    binding_hash: str = field(repr=False)
    redirect_uri: str
    created_at: datetime
    expires_at: datetime
    status: AttemptStatus = AttemptStatus.ISSUED
    consumed_at: datetime | None = None
    code_hash: str = field(default="", repr=False)
    result: AttemptResult | None = None
    revision: int = 0

    def is_bound_to(self, browser_secret: str) -> bool:
        """Whether it was begun in the browser that has this secret, found out in constant time."""
        return matches(browser_secret, self.binding_hash)

    def consumed(self, code_hash: str, *, at: datetime) -> AuthorizationAttempt:
        """The attempt used up; only a store may decide that it can be."""
        return replace(
            self,
            status=AttemptStatus.CONSUMED,
            consumed_at=at,
            code_hash=code_hash,
            revision=self.revision + 1,
        )

    def ended(self, result: AttemptResult) -> AuthorizationAttempt:
        """The attempt with its outcome."""
        return replace(self, status=AttemptStatus.ENDED, result=result, revision=self.revision + 1)


def fingerprint(secret: str) -> str:
    """What is stored of a secret of 256 random bits: nobody finds it from this."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Whether a secret has a fingerprint, found out in constant time."""
    return hmac.compare_digest(fingerprint(secret), stored)


def pkce_verifier(state: str, browser_secret: str) -> str:
    """The PKCE verifier of an attempt: 43 characters that no one but its browser can cause.

    Source: RFC 7636, section 4.1.
    """
    message = _VERIFIER_LABEL + state.encode()
    return _text(hmac.digest(browser_secret.encode(), message, "sha256"))


def pkce_challenge(verifier: str) -> str:
    """What Zoom is told of a verifier beforehand. Source: RFC 7636, section 4.2, ``S256``."""
    return _text(hashlib.sha256(verifier.encode()).digest())


def authorize_address(
    authorize_url: str,
    *,
    client_id: str,
    redirect_uri: str,
    state: str,
    challenge: str,
    scopes: Iterable[str] = (),
) -> str:
    """Where the browser asks for consent.

    Zoom's default challenge method is ``plain``, so ``S256`` is always named. The scope is left
    out where none is asked for: apps with classic scopes refuse it.
    """
    parameters = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    asked = " ".join(scopes)
    return f"{authorize_url}?{urlencode(parameters | ({'scope': asked} if asked else {}))}"


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
