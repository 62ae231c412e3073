"""Authorization codes: short-lived, single use, bound to app, redirect address and challenge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from local.zoom.behaviour import Behaviour
from local.zoom.errors import TokenRefused, invalid_code
from local.zoom.pkce import Challenge
from local.zoom.tokens import TokenMint


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to, and what the exchange of its code has to show again."""

    client_id: str
    account_id: str
    user_id: str
    scopes: tuple[str, ...]
    redirect_uri: str = ""
    challenge: Challenge | None = None


class CodeReused(Exception):
    """A code came a second time; what the first one gave may have to end."""

    def __init__(self, consent: Consent) -> None:
        """Keep whose code it is."""
        super().__init__("code reused")
        self.consent = consent


@dataclass(slots=True)
class _Code:
    consent: Consent
    expires_at: float
    spent: bool = False


class CodeBook:
    """The codes that were issued."""

    def __init__(self, mint: TokenMint, clock: Callable[[], float], behaviour: Behaviour) -> None:
        """Start without codes."""
        self._mint = mint
        self._clock = clock
        self._behaviour = behaviour
        self._codes: dict[str, _Code] = {}

    def issue(self, consent: Consent) -> str:
        """Return a code for a consent."""
        code = self._mint.code()
        self._codes[code] = _Code(consent, self._clock() + self._behaviour.code_seconds)
        return code

    def spend(self, code: str, client_id: str, redirect_uri: str, verifier: str | None) -> Consent:
        """Return what a code stands for; the first attempt of its own app spends it.

        Raises:
            TokenRefused: The code is unknown, too old, or not good for this request.
            CodeReused: It was spent before.
        """
        known = self._codes.get(code)
        if known is None or known.consent.client_id != client_id:
            raise invalid_code(code)
        if known.spent:
            raise CodeReused(known.consent)
        known.spent = True
        if self._clock() >= known.expires_at:
            raise invalid_code(code)
        if redirect_uri != known.consent.redirect_uri:
            raise TokenRefused("invalid_request", "Redirect URI mismatch.")
        _check_verifier(known.consent.challenge, verifier)
        return known.consent


def _check_verifier(challenge: Challenge | None, verifier: str | None) -> None:
    # A verifier without a challenge is refused too, or PKCE could be downgraded (RFC 9700, 2.1.1).
    met = verifier is None if challenge is None else challenge.is_met_by(verifier or "")
    if not met:
        raise TokenRefused("invalid_grant", "Invalid code verifier")
