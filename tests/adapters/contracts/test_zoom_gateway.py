"""What Zoom does, the simulated one over HTTP and the twin in memory alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from local.zoom import ZoomSimulator
from tests.adapters.zoom.lab import (
    ACCOUNT,
    ADMIN,
    CLIENT_ID,
    MEMBER_WITHOUT_PHONE,
    REDIRECT_URI,
    VERIFIER,
    an_account,
    an_app,
    failed,
    gateway_to,
    issued,
)
from tests.builders import NOW
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.memory.zoom import InMemoryZoomGateway, ZoomPerson
from zoom_migrator.domain.authorization import authorize_address, pkce_challenge
from zoom_migrator.domain.grant import IssuedTokens
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind
from zoom_migrator.oauth_ports import ZoomGateway

Y, N = Possession.YES, Possession.NO
C = ZoomFailureCode


class Zoom:
    """A Zoom in which people can be told to consent."""

    gateway: ZoomGateway

    def code_of(self, email: str = ADMIN) -> str:
        """Have somebody consent."""
        raise NotImplementedError

    def exchange(self, code: str, verifier: str = VERIFIER) -> IssuedTokens | ZoomFailure:
        """Exchange a code."""
        return self.gateway.exchange(code, verifier=verifier, redirect_uri=REDIRECT_URI)

    def tokens(self, email: str = ADMIN) -> IssuedTokens:
        """Tokens of somebody."""
        return issued(self.exchange(self.code_of(email)))

    def user(self, tokens: IssuedTokens) -> ZoomUser | ZoomFailure:
        """Who tokens belong to."""
        return self.gateway.user(tokens.pair.access_token, api_url=tokens.api_url)


class SimulatedZoomOverHttp(Zoom):
    """The simulator, asked over HTTP."""

    def __init__(self, simulator: ZoomSimulator, clock: SettableClock) -> None:
        self._simulator = simulator
        simulator.add(an_account())
        self._app = simulator.register(an_app())
        self.gateway = gateway_to(simulator.base_url, clock)

    def code_of(self, email: str = ADMIN) -> str:
        """See above."""
        return self._simulator.issue_code(email, self._app, verifier=VERIFIER)


class ZoomInMemory(Zoom):
    """The twin."""

    def __init__(self, clock: SettableClock) -> None:
        self._twin = InMemoryZoomGateway(clock, client_id=CLIENT_ID)
        self.gateway = self._twin
        self._people = {
            email: ZoomPerson(ZoomUser(email, ACCOUNT, email, 2), products)
            for email, products in (
                (ADMIN, ZoomProducts(Y, Y, Y)),
                (MEMBER_WITHOUT_PHONE, ZoomProducts(Y, N, Y)),
            )
        }

    def code_of(self, email: str = ADMIN) -> str:
        """See above."""
        address = authorize_address(
            "https://zoom.us/oauth/authorize",
            client_id=CLIENT_ID,
            redirect_uri=REDIRECT_URI,
            state="state",
            challenge=pkce_challenge(VERIFIER),
        )
        return self._twin.consent(address, self._people[email])["code"][0]


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture(params=["memory", "http"])
def zoom(request: pytest.FixtureRequest, clock: SettableClock) -> Iterator[Zoom]:
    if request.param == "memory":
        yield ZoomInMemory(clock)
        return
    with ZoomSimulator(clock=lambda: clock.now().timestamp()) as simulator:
        yield SimulatedZoomOverHttp(simulator, clock)


def test_the_app_knows_its_id(zoom: Zoom) -> None:
    assert zoom.gateway.client_id() == CLIENT_ID


def test_a_code_is_exchanged_for_tokens(zoom: Zoom) -> None:
    tokens = zoom.tokens()

    assert tokens.expires_at == NOW + timedelta(hours=1)
    assert set(tokens.scopes) == {"user:read:user:admin", "user:read:settings:admin"}
    assert tokens.api_url == "https://api.zoom.us"


def test_a_code_works_once(zoom: Zoom) -> None:
    code = zoom.code_of()
    issued(zoom.exchange(code))

    failure = failed(zoom.exchange(code))

    assert (failure.code, failure.kind) == (C.CODE_INVALID, ZoomFailureKind.TERMINAL)


def test_a_code_lives_five_minutes(zoom: Zoom, clock: SettableClock) -> None:
    code = zoom.code_of()
    clock.advance(timedelta(minutes=5, seconds=1))

    assert failed(zoom.exchange(code)).code is C.CODE_INVALID


def test_a_code_needs_the_verifier_that_was_announced(zoom: Zoom) -> None:
    assert failed(zoom.exchange(zoom.code_of(), "another-verifier" * 3)).kind in (
        ZoomFailureKind.TERMINAL,
        ZoomFailureKind.AMBIGUOUS,
    )


def test_a_code_that_nobody_issued_is_refused(zoom: Zoom) -> None:
    assert failed(zoom.exchange("nobody-issued-this")).code is C.CODE_INVALID


def test_tokens_tell_who_consented_and_what_they_may_use(zoom: Zoom) -> None:
    for email, expected in (
        (ADMIN, ZoomProducts(Y, Y, Y)),
        (MEMBER_WITHOUT_PHONE, ZoomProducts(Y, N, Y)),
    ):
        tokens = zoom.tokens(email)
        user = zoom.user(tokens)
        assert isinstance(user, ZoomUser)
        assert user.email == email
        products = zoom.gateway.products(tokens.pair.access_token, user, api_url=tokens.api_url)
        assert products == expected


def test_a_refresh_token_is_exchanged_for_a_new_pair_once(zoom: Zoom) -> None:
    old = zoom.tokens()

    new = issued(zoom.gateway.refresh(old.pair.refresh_token))

    assert new.pair != old.pair
    assert isinstance(zoom.user(new), ZoomUser)
    again = failed(zoom.gateway.refresh(old.pair.refresh_token))
    assert (again.code, again.kind) == (C.GRANT_INVALID, ZoomFailureKind.TERMINAL)


def test_a_later_consent_of_the_same_user_ends_the_earlier_one(zoom: Zoom) -> None:
    earlier = zoom.tokens()
    later = zoom.tokens()

    assert failed(zoom.user(earlier)).code is C.ACCESS_TOKEN_REJECTED
    assert failed(zoom.gateway.refresh(earlier.pair.refresh_token)).code is C.GRANT_INVALID
    assert isinstance(zoom.user(later), ZoomUser)


def test_a_consent_of_another_user_ends_nothing(zoom: Zoom) -> None:
    tokens = zoom.tokens()
    zoom.tokens(MEMBER_WITHOUT_PHONE)

    assert isinstance(zoom.user(tokens), ZoomUser)


def test_a_revoked_grant_is_dead(zoom: Zoom) -> None:
    tokens = zoom.tokens()

    assert zoom.gateway.revoke(tokens.pair.access_token) is None

    assert failed(zoom.user(tokens)).code is C.ACCESS_TOKEN_REJECTED
    assert failed(zoom.gateway.refresh(tokens.pair.refresh_token)).code is C.GRANT_INVALID
    again = zoom.gateway.revoke(tokens.pair.access_token)
    assert again is None or again.kind is ZoomFailureKind.TERMINAL


def test_an_access_token_lives_an_hour(zoom: Zoom, clock: SettableClock) -> None:
    tokens = zoom.tokens()
    clock.advance(timedelta(hours=1, seconds=1))

    assert failed(zoom.user(tokens)).code is C.ACCESS_TOKEN_EXPIRED
    assert isinstance(zoom.user(issued(zoom.gateway.refresh(tokens.pair.refresh_token))), ZoomUser)
