"""A Zoom in memory: one live grant for each user, rotating refresh tokens, codes that work once."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, urlsplit

from zoom_migrator.domain.authorization import pkce_challenge
from zoom_migrator.domain.grant import IssuedTokens, TokenPair
from zoom_migrator.domain.zoom_account import ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.ports import Clock

CLIENT_ID: Final = "zoom-client-of-the-tests"
API_URL: Final = "https://api.zoom.us"
_CODE_LIFETIME: Final = timedelta(minutes=5)
_ACCESS_LIFETIME: Final = timedelta(hours=1)
_C = ZoomFailureCode


type Meanwhile = Callable[[], object]


class Call(StrEnum):
    """A kind of call."""

    EXCHANGE = "exchange"
    REFRESH = "refresh"
    REVOKE = "revoke"
    USER = "user"
    PRODUCTS = "products"


@dataclass(frozen=True, slots=True)
class ZoomPerson:
    """Somebody who can consent, and what a consent of theirs grants."""

    user: ZoomUser
    products: ZoomProducts
    scopes: tuple[str, ...] = ("user:read:user:admin", "user:read:settings:admin")


@dataclass
class _Code:
    person: ZoomPerson
    challenge: str
    redirect_uri: str
    issued_at: datetime
    tries: int = 0


@dataclass
class _LiveGrant:
    person: ZoomPerson
    pair: TokenPair
    expires_at: datetime


@dataclass
class _Trouble:
    failure: ZoomFailure
    takes_effect: bool


@dataclass
class _Memory:
    codes: dict[str, _Code] = field(default_factory=dict)
    grants: dict[str, _LiveGrant] = field(default_factory=dict)
    troubles: dict[Call, deque[_Trouble]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    before: dict[Call, Meanwhile] = field(default_factory=dict)
    after: dict[Call, Meanwhile] = field(default_factory=dict)


class InMemoryZoomGateway:
    """A :class:`~zoom_migrator.oauth_ports.ZoomGateway` with a Zoom of its own behind it."""

    def __init__(self, clock: Clock, *, client_id: str = CLIENT_ID) -> None:
        self.app: str | ZoomFailure = client_id
        self._clock = clock
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._memory = _Memory()

    @property
    def calls(self) -> list[Call]:
        """Every call so far, in order."""
        with self._lock:
            return list(self._memory.calls)

    def consent(self, address: str, person: ZoomPerson) -> dict[str, list[str]]:
        """Have somebody consent on Zoom's page; returns what their browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        with self._lock:
            code = f"code-{next(self._numbers)}-canary"
            self._memory.codes[code] = _Code(
                person, asked["code_challenge"], asked["redirect_uri"], self._clock.now()
            )
        return {"code": [code], "state": [asked["state"]]}

    def will_fail(self, call: Call, *failures: ZoomFailure, takes_effect: bool = False) -> None:
        """Let the next calls of a kind fail, one after the other.

        Args:
            takes_effect: Whether they are carried out all the same, and only the answer is lost.
        """
        with self._lock:
            queue = self._memory.troubles.setdefault(call, deque())
            queue.extend(_Trouble(failure, takes_effect) for failure in failures)

    def meanwhile(
        self, *, before: Call | None = None, after: Call | None = None, happens: Meanwhile
    ) -> None:
        """Let something happen once, just before or just after the next call of a kind."""
        if before is not None:
            self._memory.before[before] = happens
        if after is not None:
            self._memory.after[after] = happens

    def forget_calls(self) -> None:
        """Count calls from now on."""
        with self._lock:
            self._memory.calls.clear()

    def deauthorize(self, user_id: str) -> None:
        """End a user's grant, as they do in Zoom's Marketplace."""
        with self._lock:
            self._memory.grants.pop(user_id, None)

    def is_live(self, pair: TokenPair) -> bool:
        """Whether a refresh with this pair would work now."""
        with self._lock:
            return any(live.pair == pair for live in self._memory.grants.values())

    def codes_tried(self) -> dict[str, int]:
        """How often each code was exchanged, or tried to be; codes that never were left out."""
        with self._lock:
            codes = self._memory.codes.items()
            return {code: known.tries for code, known in codes if known.tries}

    def live_users(self) -> set[str]:
        """Ids of the users who have a live grant."""
        with self._lock:
            return set(self._memory.grants)

    def client_id(self) -> str | ZoomFailure:
        """See the port."""
        return self.app

    def exchange(
        self, code: str, *, verifier: str, redirect_uri: str
    ) -> IssuedTokens | ZoomFailure:
        """See the port."""
        with self._call(Call.EXCHANGE) as trouble:
            if trouble is not None and not trouble.takes_effect:
                return trouble.failure
            answer = self._tokens_for(code, verifier, redirect_uri)
            return trouble.failure if trouble is not None else answer

    def refresh(self, refresh_token: str) -> IssuedTokens | ZoomFailure:
        """See the port."""
        with self._call(Call.REFRESH) as trouble:
            if trouble is not None and not trouble.takes_effect:
                return trouble.failure
            live = self._grant_with(refresh_token=refresh_token)
            answer: IssuedTokens | ZoomFailure = ZoomFailure(_C.GRANT_INVALID, "Invalid Token!")
            if live is not None:
                answer = self._issue(live.person)
            return trouble.failure if trouble is not None else answer

    def revoke(self, access_token: str) -> ZoomFailure | None:
        """See the port."""
        with self._call(Call.REVOKE) as trouble:
            if trouble is not None and not trouble.takes_effect:
                return trouble.failure
            live = self._grant_with(access_token=access_token)
            if live is not None:
                del self._memory.grants[live.person.user.user_id]
            return trouble.failure if trouble is not None else None

    def user(self, access_token: str, *, api_url: str) -> ZoomUser | ZoomFailure:
        """See the port."""
        with self._call(Call.USER) as trouble:
            live = trouble.failure if trouble is not None else self._bearer(access_token)
            return live if isinstance(live, ZoomFailure) else live.person.user

    def products(
        self, access_token: str, user: ZoomUser, *, api_url: str
    ) -> ZoomProducts | ZoomFailure:
        """See the port."""
        with self._call(Call.PRODUCTS) as trouble:
            live = trouble.failure if trouble is not None else self._bearer(access_token)
            return live if isinstance(live, ZoomFailure) else live.person.products

    @contextmanager
    def _call(self, call: Call) -> Iterator[_Trouble | None]:
        """One call, with what was planned for it: nothing else happens at Zoom meanwhile."""
        self._memory.before.pop(call, _nothing)()
        with self._lock:
            self._memory.calls.append(call)
            queue = self._memory.troubles.get(call)
            yield queue.popleft() if queue else None
        self._memory.after.pop(call, _nothing)()

    def _tokens_for(
        self, code: str, verifier: str, redirect_uri: str
    ) -> IssuedTokens | ZoomFailure:
        known = self._memory.codes.get(code)
        is_good = (
            known is not None
            and known.tries == 0
            and self._clock.now() - known.issued_at < _CODE_LIFETIME
            and known.redirect_uri == redirect_uri
            and known.challenge == pkce_challenge(verifier)
        )
        if known is not None:
            known.tries += 1
        if known is None or not is_good:
            return ZoomFailure(_C.CODE_INVALID, "Invalid authorization code")
        return self._issue(known.person)

    def _issue(self, person: ZoomPerson) -> IssuedTokens:
        """Tokens for somebody; those they had before are dead from now on."""
        number = next(self._numbers)
        pair = TokenPair(f"access-{number}-canary", f"refresh-{number}-canary")
        expires_at = self._clock.now() + _ACCESS_LIFETIME
        self._memory.grants[person.user.user_id] = _LiveGrant(person, pair, expires_at)
        return IssuedTokens(pair, expires_at, person.scopes, API_URL)

    def _bearer(self, access_token: str) -> _LiveGrant | ZoomFailure:
        live = self._grant_with(access_token=access_token)
        if live is None:
            return ZoomFailure(_C.ACCESS_TOKEN_REJECTED, "Invalid access token.", 401)
        if self._clock.now() >= live.expires_at:
            return ZoomFailure(_C.ACCESS_TOKEN_EXPIRED, "Access token is expired.", 401)
        return live

    def _grant_with(self, *, access_token: str = "", refresh_token: str = "") -> _LiveGrant | None:
        for live in self._memory.grants.values():
            if access_token and live.pair.access_token == access_token:
                return live
            if refresh_token and live.pair.refresh_token == refresh_token:
                return live
        return None


def _nothing() -> None:
    """Happens where nothing was planned."""
