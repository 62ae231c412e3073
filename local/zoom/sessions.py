"""Browsers that are signed in, and the consent screens that wait for an answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from local.zoom.behaviour import Behaviour
from local.zoom.pkce import Challenge

COOKIE: Final = "_zm_ssid"
_HOUR_SECONDS: Final = 3_600
_SCREEN_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked request for an authorization.

    Attributes:
        state: As it came; None if there was none.
        required: Scopes that come with consent.
        optional: Scopes that the person may untick.
    """

    client_id: str
    redirect_uri: str
    state: str | None
    challenge: Challenge | None
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(slots=True)
class Screen:
    """A consent screen that is shown to a person; ``location`` once it was answered."""

    ticket: str
    session: str
    email: str
    request: AuthorizationRequest
    expires_at: float
    location: str | None = None


@dataclass(slots=True)
class _Session:
    email: str
    expires_at: float
    tickets: list[str] = field(default_factory=list)


class Sessions:
    """Who is signed in where."""

    def __init__(self, clock: Callable[[], float], behaviour: Behaviour) -> None:
        """Start with nobody."""
        self._clock = clock
        self._behaviour = behaviour
        self._sessions: dict[str, _Session] = {}
        self._screens: dict[str, Screen] = {}

    def sign_in(self, email: str) -> str:
        """Return the cookie value of a new session."""
        session = secrets.token_urlsafe(24)
        until = self._clock() + self._behaviour.signed_in_hours * _HOUR_SECONDS
        self._sessions[session] = _Session(email, until)
        return session

    def sign_out(self, session: str) -> None:
        """End a session and what waits in it."""
        for ticket in self._sessions.pop(session, _Session("", 0.0)).tickets:
            self._screens.pop(ticket, None)

    def email_of(self, session: str) -> str | None:
        """Return who is signed in."""
        found = self._sessions.get(session)
        if found is None or self._clock() >= found.expires_at:
            return None
        return found.email

    def show(self, session: str, request: AuthorizationRequest) -> Screen:
        """Return a new consent screen for a session that is signed in.

        Raises:
            KeyError: It is not.
        """
        entry = self._sessions[session]
        ticket = secrets.token_urlsafe(24)
        until = self._clock() + _SCREEN_SECONDS
        screen = Screen(ticket, session, entry.email, request, until)
        self._screens[ticket] = screen
        entry.tickets.append(ticket)
        return screen

    def screen(self, ticket: str, session: str) -> Screen | None:
        """Return a screen of this session that is not too old."""
        screen = self._screens.get(ticket)
        if screen is None or screen.session != session or self.email_of(session) is None:
            return None
        return screen if self._clock() < screen.expires_at else None
