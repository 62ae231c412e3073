"""Everything that a simulated Zoom knows, and the log of requests."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from local.zoom.behaviour import Behaviour
from local.zoom.codes import CodeBook, CodeReused, Consent
from local.zoom.faults import Faults, Phase
from local.zoom.grants import Grant, GrantBook
from local.zoom.limits import Limits
from local.zoom.model import AppKind, SimulatedZoom
from local.zoom.registry import Member, Registry, lets_use
from local.zoom.sessions import Sessions
from local.zoom.tokens import TokenMint

_MAX_RECORDED: Final = 200_000


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request as it came in, without anything secret.

    Attributes:
        method: HTTP method.
        target: Path and query; values of parameters that carry credentials are blanked.
        status: HTTP status of the answer; 0 if the connection was broken instead.
        phase: The kind of request; None for addresses that Zoom does not have.
        client_id: The app that it is about, as far as the request names one.
        credentials: How the app showed its secret: ``basic``, ``body`` or empty.
        parameters: Names of the parameters, in order.
    """

    method: str
    target: str
    status: int
    phase: Phase | None
    client_id: str
    credentials: str
    parameters: tuple[str, ...]


class World:
    """Documents, grants, sessions, faults and log of one simulated Zoom."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start without accounts and apps."""
        self.clock = clock
        self.lock = threading.RLock()
        self.behaviour = Behaviour()
        self.faults = Faults()
        self.registry = Registry()
        self.recorded: deque[RecordedRequest] = deque(maxlen=_MAX_RECORDED)
        self.counts: Counter[str] = Counter()
        self._start_over()

    def _start_over(self) -> None:
        self.mint = TokenMint()
        self.codes = CodeBook(self.mint, self.clock, self.behaviour)
        self.grants = GrantBook(self.mint, self.clock, self.behaviour)
        self.sessions = Sessions(self.clock, self.behaviour)
        self.limits = Limits(self.clock)
        # Apps that were added: the app stays in the list when only its tokens end.
        self.installed: dict[tuple[str, str], Consent] = {}
        self.asked_for_approval: list[tuple[str, str]] = []

    def load(
        self, document: SimulatedZoom, *, client_secret: str = "", webhook_secret: str = ""
    ) -> None:
        """Add what a document holds.

        Args:
            client_secret: The secret of apps whose document names none.
            webhook_secret: Likewise the secret token of their webhooks.

        Raises:
            ValueError: Somebody has two logins.
        """
        with self.lock:
            for account in document.accounts:
                self.registry.add(account)
            for app in document.apps:
                self.registry.register(
                    app, client_secret=client_secret, webhook_secret=webhook_secret
                )
            self.change_behaviour(document.behaviour)
            self.faults.add(*document.faults)

    def change_behaviour(self, behaviour: Behaviour) -> None:
        """Behave differently from the next request on."""
        for name in behaviour.model_fields_set:
            setattr(self.behaviour, name, getattr(behaviour, name))

    def clear(self) -> None:
        """Forget accounts, apps, grants, faults, behaviour and log."""
        with self.lock:
            self.registry.clear()
            self.faults.clear()
            self.behaviour.__dict__.update(Behaviour().__dict__)
            self.forget_requests()
            self._start_over()

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str | None) -> Grant:
        """Exchange a code for a grant; a code that comes twice may end what it gave.

        Raises:
            TokenRefused: The code is not good, or not good for this request.
            CodeReused: It came before.
        """
        try:
            consent = self.codes.spend(code, client_id, redirect_uri, verifier)
        except CodeReused as reused:
            grant = self.grants.of(client_id, reused.consent.user_id)
            if self.behaviour.reused_code_ends_grant and grant is not None and grant.code == code:
                self.grants.end(client_id, user_id=reused.consent.user_id)
            raise
        return self.grants.issue(consent, code)

    def consent(self, consent: Consent) -> str:
        """Add an app for a person and return the code that the browser takes along."""
        self.installed[(consent.client_id, consent.user_id)] = consent
        return self.codes.issue(consent)

    def member_of(self, grant: Grant) -> Member | None:
        """Return whose grant it is, unless that person is gone or the app is shut out."""
        consent = grant.consent
        account = self.registry.known_account(consent.account_id)
        app = self.registry.known_app(consent.client_id)
        if account is None or app is None or not app.enabled or not lets_use(account, app):
            return None
        found = (one for one in account.people if one.user_id == consent.user_id and one.active)
        person = next(found, None)
        return None if person is None else Member(person, account)

    def uninstall(self, client_id: str, member: Member) -> None:
        """Remove an app: its tokens end, of an account-level app those of all admins.

        Raises:
            KeyError: There is no such app.
        """
        app = self.registry.app(client_id)
        if app.kind is AppKind.ACCOUNT:
            self.grants.end(client_id, account_id=member.account.account_id)
        else:
            self.grants.end(client_id, user_id=member.person.user_id)
        self.installed.pop((client_id, member.person.user_id), None)

    def record(self, request: RecordedRequest) -> None:
        """Write a request into the log."""
        with self.lock:
            self.recorded.append(request)
            self.counts[request.phase or "unknown"] += 1

    def forget_requests(self) -> None:
        """Empty the log."""
        with self.lock:
            self.recorded.clear()
            self.counts.clear()
