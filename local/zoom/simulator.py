"""The simulator for Python programs: a server in a background thread, and a handle on its world."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable

from local.simulation.background import BackgroundServer
from local.zoom import control_actions as actions
from local.zoom import event_actions, webhooks
from local.zoom.behaviour import Behaviour
from local.zoom.faults import Faults, Phase
from local.zoom.grants import Grant
from local.zoom.model import SimulatedAccount, SimulatedApp, SimulatedPerson, SimulatedZoom
from local.zoom.pkce import s256
from local.zoom.server import Server
from local.zoom.webhooks import Delivered, Posting
from local.zoom.world import RecordedRequest, World


class ZoomSimulator(BackgroundServer):
    """Zoom behind one port of 127.0.0.1: its website, its token endpoint and its REST API.

    Use it as a context manager, or call ``start`` and ``stop``. Every method and property may be
    used from any thread. Documents may be changed at any time and count from the next request on.
    """

    def __init__(
        self,
        document: SimulatedZoom | None = None,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Prepare a simulator; nothing is bound yet.

        Args:
            document: Accounts, apps, behaviour and faults to start with.
            port: Port of 127.0.0.1; 0 takes a free one.
            tls: Serve https with this context.
            clock: Seconds since 1970; every lifetime and limit goes by it.
            sleep: Waits out a latency, in seconds.

        Raises:
            ValueError: Somebody has two logins.
        """
        self.world = World(clock)
        super().__init__(Server(self.world, tls, sleep), port=port, name="zoom-simulator")
        if document is not None:
            self.world.load(document)

    @property
    def faults(self) -> Faults:
        """The faults that are switched on."""
        return self.world.faults

    @property
    def behaviour(self) -> Behaviour:
        """The switches for what Zoom leaves open; set their attributes."""
        return self.world.behaviour

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request so far, oldest first."""
        with self.world.lock:
            return list(self.world.recorded)

    def requests_in(self, *phases: Phase) -> list[RecordedRequest]:
        """Return the requests of some phases."""
        return [one for one in self.requests if one.phase in phases]

    def forget_requests(self) -> None:
        """Empty the log of requests."""
        self.world.forget_requests()

    def secret_values(self) -> list[str]:
        """Return every secret, code and token so far, for tests that look for leaks."""
        with self.world.lock:
            apps = self.world.registry.apps
            made = [value for app in apps for value in (app.client_secret, app.webhook_secret)]
            return made + self.world.mint.made

    def load(self, document: SimulatedZoom) -> None:
        """Add what a document holds.

        Raises:
            ValueError: Somebody has two logins.
        """
        self.world.load(document)

    def add(self, account: SimulatedAccount) -> SimulatedAccount:
        """Add an account; one with the same id is replaced.

        Raises:
            ValueError: Somebody has two logins.
        """
        with self.world.lock:
            return self.world.registry.add(account)

    def register(self, app: SimulatedApp) -> SimulatedApp:
        """Register an app and return it with its secrets; one with the same id is replaced."""
        with self.world.lock:
            return self.world.registry.register(app)

    def account(self, name_or_id: str) -> SimulatedAccount:
        """Return an account.

        Raises:
            KeyError: There is no such account.
        """
        return self.world.registry.account(name_or_id)

    def person(self, email: str) -> SimulatedPerson:
        """Return a person.

        Raises:
            KeyError: There is no such person.
        """
        return self.world.registry.member(email).person

    def grant_of(self, email: str, app: SimulatedApp) -> Grant | None:
        """Return a copy of somebody's live grant, tokens included.

        Raises:
            KeyError: There is no such person.
        """
        with self.world.lock:
            return self.world.grants.of(app.client_id, self.person(email).user_id)

    def issue_code(
        self,
        email: str,
        app: SimulatedApp,
        *,
        redirect_uri: str = "",
        verifier: str | None = None,
        scopes: list[str] | None = None,
    ) -> str:
        """Let somebody consent without pages and return the code.

        Args:
            email: Who consents.
            app: The app.
            redirect_uri: The address that the exchange has to name; the app's first if empty.
            verifier: The PKCE verifier that the exchange has to show.
            scopes: What is granted; None means all of the app's scopes.

        Raises:
            KeyError: There is no such person.
        """
        order = {
            "client_id": app.client_id,
            "email": email,
            "redirect_uri": redirect_uri or next(iter(app.redirect_uris), ""),
            "code_challenge": None if verifier is None else s256(verifier),
            "scopes": scopes,
        }
        with self.world.lock:
            return actions.issue_code(self.world, order)

    def issue_tokens(
        self, email: str, app: SimulatedApp, *, scopes: list[str] | None = None
    ) -> Grant:
        """Let somebody consent, and exchange the code, without any request.

        Raises:
            KeyError: There is no such person.
        """
        with self.world.lock:
            code = self.issue_code(email, app, scopes=scopes)
            redirect_uri = next(iter(app.redirect_uris), "")
            return self.world.redeem(code, app.client_id, redirect_uri, None)

    def remove_app(
        self,
        email: str,
        app: SimulatedApp,
        *,
        notify: bool = True,
        forged: bool = False,
        age_seconds: int = 0,
        url: str | None = None,
    ) -> Delivered | None:
        """Remove an app as its user does in the Marketplace, and post ``app_deauthorized``.

        Args:
            email: Who removes it.
            app: The app; of an account-level app the tokens of all admins end.
            notify: Post the event, if the app is published and has a webhook address.
            forged: Sign the event with another secret.
            age_seconds: How long ago the event claims to have been signed.
            url: Where to, in place of the app's address.

        Returns:
            How the endpoint took the event; None if there was none.

        Raises:
            KeyError: There is no such person.
            RuntimeError: The simulator does not run.
        """
        order = {"notify": notify, "forged": forged, "age_seconds": age_seconds, "url": url}
        with self.world.lock:
            removed = event_actions.uninstall(self.world, app.client_id, email, order)
        if not isinstance(removed, Posting):
            return None
        return self.run(webhooks.post(removed.event))

    def tell(self, app: SimulatedApp, event: str, **order: object) -> Delivered:
        """Post an event about something that did not happen.

        Args:
            app: The app.
            event: ``app_deauthorized`` or ``endpoint.url_validation``.
            order: ``email``, ``forged``, ``age_seconds``, ``url``, as in the control API.

        Raises:
            KeyError: There is no such person.
            ValueError: The order is not valid, or there is no address.
            RuntimeError: The simulator does not run.
        """
        with self.world.lock:
            posting = event_actions.tell(self.world, app.client_id, {"event": event, **order})
        return self.run(webhooks.post(posting.event))

    def problem_of_webhook(self, app: SimulatedApp, *, url: str | None = None) -> str:
        """Challenge an app's webhook address; say what is wrong with the answer, or nothing.

        Args:
            app: The app.
            url: Where to, in place of the app's address.

        Raises:
            ValueError: The app has no webhook address.
            RuntimeError: The simulator does not run.
        """
        plain_token, event = event_actions.challenge(self.world, app, url=url)
        delivered = self.run(webhooks.post(event))
        return webhooks.problem_of_validation(app, plain_token, delivered)
