"""Grants and their tokens: rotation, and one live grant per user and app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from local.zoom.behaviour import Behaviour
from local.zoom.codes import Consent
from local.zoom.errors import expired_access_token, invalid_access_token, invalid_grant
from local.zoom.tokens import TokenMint

_DAY_SECONDS: Final = 86_400


@dataclass(slots=True)
class Grant:
    """A live grant. Only its newest refresh token works.

    Attributes:
        code: The code that led to it; empty for server-to-server apps.
        refresh_token: Empty for server-to-server apps, which have none.
        generation: How often its tokens were issued.
    """

    consent: Consent
    code: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    refresh_expires_at: float = 0.0
    generation: int = 0
    expiries: dict[str, float] = field(default_factory=dict, repr=False)

    @property
    def owner(self) -> tuple[str, str]:
        """App and user: of these there is one live grant."""
        return self.consent.client_id, self.consent.user_id

    @property
    def access_expires_at(self) -> float:
        """When the newest access token expires, in seconds since 1970."""
        return self.expiries[self.access_token]


class GrantBook:
    """Every grant that lives."""

    def __init__(self, mint: TokenMint, clock: Callable[[], float], behaviour: Behaviour) -> None:
        """Start without grants."""
        self._mint = mint
        self._clock = clock
        self._behaviour = behaviour
        self._grants: dict[tuple[str, str], Grant] = {}
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}

    @property
    def live(self) -> list[Grant]:
        """Copies of the live grants, oldest first."""
        return [replace(grant) for grant in self._grants.values()]

    def of(self, client_id: str, user_id: str) -> Grant | None:
        """Return a copy of the live grant of a user for an app."""
        grant = self._grants.get((client_id, user_id))
        return None if grant is None else replace(grant)

    def issue(self, consent: Consent, code: str = "", *, refreshable: bool = True) -> Grant:
        """Return a new grant; an earlier one of the same user for the same app ends."""
        grant = Grant(consent, code)
        self.end(consent.client_id, user_id=consent.user_id)
        self._grants[grant.owner] = grant
        self._new_tokens(grant, refreshable=refreshable)
        return replace(grant)

    def refresh(self, refresh_token: str, client_id: str) -> Grant:
        """Rotate both tokens of a grant and return a copy of it.

        Raises:
            TokenRefused: The token is not the newest of a live grant of this app.
        """
        self.with_refresh_token(refresh_token, client_id)
        grant = self._by_refresh.pop(refresh_token)
        if self._behaviour.new_token_ends_old:
            self._forget_access(grant)
        self._new_tokens(grant)
        return replace(grant)

    def with_refresh_token(self, refresh_token: str, client_id: str) -> Grant:
        """Return a copy of the live grant of a refresh token.

        Raises:
            TokenRefused: The token is not the newest of a live grant of this app.
        """
        grant = self._by_refresh.get(refresh_token)
        if grant is None or grant.consent.client_id != client_id:
            raise invalid_grant()
        if self._clock() >= grant.refresh_expires_at:
            raise invalid_grant()
        return replace(grant)

    def with_access_token(self, access_token: str) -> Grant:
        """Return a copy of the live grant of an access token.

        Raises:
            ApiRefused: The token is unknown, ended or expired.
        """
        grant = self._by_access.get(access_token)
        if grant is None:
            raise invalid_access_token()
        if self._clock() >= grant.expiries[access_token]:
            raise expired_access_token()
        return replace(grant)

    def holding(self, access_token: str) -> Grant | None:
        """Return a copy of the grant that an access token belongs to, expired or not."""
        grant = self._by_access.get(access_token)
        return None if grant is None else replace(grant)

    def end(self, client_id: str, *, user_id: str | None = None, account_id: str = "") -> int:
        """End the grants of an app: of one user, of an account, or all; return how many."""
        ended = [
            grant
            for grant in self._of_app(client_id, user_id)
            if account_id in ("", grant.consent.account_id)
        ]
        for grant in ended:
            del self._grants[grant.owner]
            self._by_refresh.pop(grant.refresh_token, None)
            self._forget_access(grant)
        return len(ended)

    def _of_app(self, client_id: str, user_id: str | None) -> list[Grant]:
        if user_id is not None:
            grant = self._grants.get((client_id, user_id))
            return [] if grant is None else [grant]
        return [one for one in self._grants.values() if one.consent.client_id == client_id]

    def _new_tokens(self, grant: Grant, *, refreshable: bool = True) -> None:
        now = self._clock()
        grant.generation += 1
        expires_at = now + self._behaviour.access_token_seconds
        grant.access_token = self._token("access_token", grant, now, expires_at)
        grant.expiries[grant.access_token] = expires_at
        self._by_access[grant.access_token] = grant
        if refreshable:
            grant.refresh_expires_at = now + self._behaviour.refresh_token_days * _DAY_SECONDS
            grant.refresh_token = self._token("refresh_token", grant, now, grant.refresh_expires_at)
            self._by_refresh[grant.refresh_token] = grant

    def _token(self, kind: str, grant: Grant, now: float, expires_at: float) -> str:
        consent = grant.consent
        return self._mint.token(
            kind,
            client_id=consent.client_id,
            account_id=consent.account_id,
            user_id=consent.user_id,
            code=grant.code,
            now=now,
            expires_at=expires_at,
        )

    def _forget_access(self, grant: Grant) -> None:
        for token in grant.expiries:
            self._by_access.pop(token, None)
        grant.expiries = {}
