"""Pages of an authorization that are broken on purpose, each in one way that happens."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from jinja2 import Environment

from local.zoom import SimulatedApp, ZoomSimulator
from tests.adapters.web.journey import CALLBACK, START, handlers_of
from tests.browsing import Events, Handle, SetCookie
from tests.functions.authorization_worlds import MemoryShelf, World, everything_in, settings_for
from tests.visits import FORM, Event
from zoom_migrator.adapters.memory.attempts import InMemoryAttemptRepository
from zoom_migrator.adapters.memory.grant_vault import InMemoryGrantVault
from zoom_migrator.adapters.memory.grants import InMemoryGrantRepository
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.signing import InMemoryLinkSigner, InMemoryTokenVault
from zoom_migrator.adapters.memory.workflow import InMemoryTaskCallback
from zoom_migrator.adapters.system import RandomSecretValues, SystemClock
from zoom_migrator.adapters.web.authorize_cookie import AttemptCookie, cookies_of
from zoom_migrator.adapters.web.authorize_form import AuthorizeForm
from zoom_migrator.adapters.web.authorize_page import StartPage, StartPorts
from zoom_migrator.adapters.web.authorize_result import ResultPage, ResultPorts
from zoom_migrator.adapters.web.callback_page import CallbackPage
from zoom_migrator.adapters.web.entrance import Visit
from zoom_migrator.adapters.web.form import read_form
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.zoom.credentials import ZoomAppCredentials
from zoom_migrator.adapters.zoom.gateway import HttpZoomGateway
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.domain.authorization import (
    AttemptResult,
    AttemptStatus,
    AuthorizationAttempt,
    fingerprint,
)
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.grant import GrantSubject, IssuedTokens, TokenPair
from zoom_migrator.domain.zoom_account import ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure
from zoom_migrator.domain.zoom_scopes import ScopeRules
from zoom_migrator.oauth_ports import AttemptRepository, ZoomGateway
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer
from zoom_migrator.use_cases.redeem_consent import CallbackPorts
from zoom_migrator.use_cases.settle_authorization import record_setback

type Make = Callable[[Parts], dict[str, Handle]]

BROKEN: Final[dict[str, tuple[str, Make]]] = {}
BASE_URL: Final = "https://pages.example"


@dataclass
class Parts:
    """What pages are made of; those that are broken change some."""

    zoom: ZoomGateway
    settings: AuthorizationSettings
    orgs: InMemoryOrgRepository
    migrations: InMemoryMigrationRepository
    attempts: AttemptRepository = field(default_factory=InMemoryAttemptRepository)
    grants: InMemoryGrantRepository = field(default_factory=InMemoryGrantRepository)
    grant_vault: InMemoryGrantVault = field(default_factory=InMemoryGrantVault)
    signer: InMemoryLinkSigner = field(default_factory=InMemoryLinkSigner)
    vault: InMemoryTokenVault = field(default_factory=InMemoryTokenVault)
    pages: Pages = field(default_factory=Pages)

    @property
    def start_ports(self) -> StartPorts:
        return StartPorts(
            self.orgs,
            self.migrations,
            self.attempts,
            self.signer,
            self.zoom,
            RandomSecretValues(),
            SystemClock(),
        )

    @property
    def callback_ports(self) -> CallbackPorts:
        return CallbackPorts(
            orgs=self.orgs,
            migrations=self.migrations,
            attempts=self.attempts,
            grants=self.grants,
            grant_vault=self.grant_vault,
            task_vault=self.vault,
            callback=InMemoryTaskCallback(),
            zoom=self.zoom,
            clock=SystemClock(),
        )

    def start(self, kind: type[StartPage] = StartPage) -> StartPage:
        return kind(self.start_ports, self.pages, self.settings)

    def callback(self, kind: type[CallbackPage] = CallbackPage) -> CallbackPage:
        return kind(self.callback_ports, self.settings, lambda: self.pages)

    def result(self) -> ResultPage:
        ports = ResultPorts(self.orgs, self.migrations, self.attempts, SystemClock())
        return ResultPage(ports, self.pages, self.settings)


def world_in_memory(
    zoom: ZoomSimulator,
    app: SimulatedApp,
    make: Make,
    output: io.StringIO,
    *,
    base_url: str = BASE_URL,
) -> World:
    """Pages in this process, whole or broken, over stores in memory and a simulated Zoom."""
    credentials = ZoomAppCredentials(app.client_id, app.client_secret)
    gateway = HttpZoomGateway(
        ZoomSettings(connect_to=zoom.base_url),
        credentials=lambda: credentials,
        clock=SystemClock(),
    )
    orgs, attempts = InMemoryOrgRepository(), InMemoryAttemptRepository()
    migrations = InMemoryMigrationRepository(orgs)
    vault, signer = InMemoryTokenVault(), InMemoryLinkSigner()
    grant_vault, grants = BreakableVault(), InMemoryGrantRepository()
    world = World(
        transport=Events(base_url, {}),
        zoom=zoom,
        app=app,
        orgs=orgs,
        migrations=migrations,
        grants=grants,
        shelf=MemoryShelf(attempts),
        signer=signer,
        vault=vault,
        dump=lambda: everything_in(*attempts.stored, *map(grants.get, grants.list_ids())),
        logged=output.getvalue,
        break_sealing=grant_vault.break_down,
    )
    parts = Parts(
        zoom=gateway,
        settings=settings_for(world),
        orgs=orgs,
        migrations=migrations,
        attempts=attempts,
        grants=grants,
        grant_vault=grant_vault,
        signer=signer,
        vault=vault,
    )
    world.transport = Events(base_url, make(parts))
    return world


class BreakableVault(InMemoryGrantVault):
    """Seals tokens until it breaks down."""

    is_broken = False

    def break_down(self) -> None:
        self.is_broken = True

    def seal(self, pair: TokenPair, *, subject: GrantSubject) -> str:
        if self.is_broken:
            raise StoreUnavailable("The key does not answer.")
        return super().seal(pair, subject=subject)


def healthy(parts: Parts) -> dict[str, Handle]:
    """The pages as they are."""
    return handlers_of(parts.start(), parts.callback(), parts.result())


def broken(number: str) -> Callable[[Make], Make]:
    """Enter a maker under what is wrong with it, with the id of the case that is about that."""

    def enter(make: Make) -> Make:
        BROKEN[make.__name__.replace("_", " ")] = (number, make)
        return make

    return enter


def changed(
    handlers: dict[str, Handle], change: Callable[[Event, dict[str, Any]], None]
) -> dict[str, Handle]:
    """Pages whose answers are changed on their way."""

    def around(handle: Handle) -> Handle:
        def answer(event: Event) -> dict[str, Any]:
            answered = handle(event)
            change(event, answered)
            return answered

        return answer

    return {route: around(handle) for route, handle in handlers.items()}


def told(
    handlers: dict[str, Handle], tell: Callable[[Event], Event], *routes: str
) -> dict[str, Handle]:
    """Pages that are told something else than was asked, at some routes."""

    def around(handle: Handle) -> Handle:
        return lambda event: handle(tell(event))

    return handlers | {route: around(handlers[route]) for route in routes}


def parameters(event: Event) -> dict[str, list[str]]:
    """The query of an event."""
    return dict(event["multiValueQueryStringParameters"] or {})


# The callback


@broken("C16")
def errors_are_taken_before_the_state_is_looked_at(parts: Parts) -> dict[str, Handle]:
    class Hasty(CallbackPage):
        def take(self, request: Request) -> Visit:
            attempts = parts.attempts
            assert isinstance(attempts, InMemoryAttemptRepository)
            for attempt in attempts.stored if "error" in request.query else []:
                result = AttemptResult(Outcome.DECLINED, attempt.created_at)
                record_setback(attempt, result, orgs=parts.orgs, migrations=parts.migrations)
            return super().take(request)

    return handlers_of(parts.start(), parts.callback(Hasty), parts.result())


@broken("C09")
def an_attempt_is_looked_at_and_then_used_up(parts: Parts) -> dict[str, Handle]:
    class TwoSteps(Attempts):
        both_have_read = threading.Barrier(2, timeout=1)

        def consume(
            self, attempt: AuthorizationAttempt, *, code_hash: str, now: datetime
        ) -> AuthorizationAttempt | None:
            stored = self.get(attempt.state_hash)
            with suppress(threading.BrokenBarrierError):
                self.both_have_read.wait()
            if stored is None or stored.status is not AttemptStatus.ISSUED:
                return None
            return self.put(stored.consumed(code_hash, at=now))

    return healthy(replace(parts, attempts=TwoSteps(parts.attempts)))


@broken("C06")
def an_answer_is_taken_in_any_browser(parts: Parts) -> dict[str, Handle]:
    return without_binding(parts)


@broken("C07")
def any_cookie_will_do(parts: Parts) -> dict[str, Handle]:
    return without_binding(parts)


@broken("S05")
def the_browser_that_began_is_not_asked_for(parts: Parts) -> dict[str, Handle]:
    return without_binding(parts)


def without_binding(parts: Parts) -> dict[str, Handle]:
    """Pages that keep every browser's secret themselves."""
    kept: dict[str, str] = {}

    def remember(_event: Event, answer: dict[str, Any]) -> None:
        for line in answer["multiValueHeaders"].get("Set-Cookie", []):
            cookie = SetCookie.parse(line)
            kept[cookie.name[-64:]] = f"{cookie.name}={cookie.value}"

    def bring_cookies(event: Event) -> Event:
        state = parameters(event).get("state", [""])[0]
        headers = {**event["multiValueHeaders"], "Cookie": [kept.get(fingerprint(state), "")]}
        return event | {"multiValueHeaders": headers}

    return changed(told(healthy(parts), bring_cookies, CALLBACK), remember)


@broken("C18")
def what_the_error_says_is_shown(parts: Parts) -> dict[str, Handle]:
    def show(event: Event, answer: dict[str, Any]) -> None:
        said = parameters(event).get("error_description")
        if said and answer["body"]:
            answer["body"] = answer["body"].replace("</main>", f"<p>{said[0]}</p></main>")

    return changed(healthy(parts), show)


@broken("C32")
def the_code_is_sent_again_where_the_answer_was_lost(parts: Parts) -> dict[str, Handle]:
    class Again(Zoom):
        def exchange(
            self, code: str, *, verifier: str, redirect_uri: str
        ) -> IssuedTokens | ZoomFailure:
            answer = super().exchange(code, verifier=verifier, redirect_uri=redirect_uri)
            if isinstance(answer, ZoomFailure):
                return super().exchange(code, verifier=verifier, redirect_uri=redirect_uri)
            return answer

    return healthy(replace(parts, zoom=Again(parts.zoom)))


@broken("C40")
def the_query_is_logged(parts: Parts) -> dict[str, Handle]:
    log = logging.getLogger("zoom_migrator.broken")

    def say(event: Event) -> Event:
        log.info("asked", extra={"query": event["queryStringParameters"]})
        return event

    return told(healthy(parts), say, CALLBACK)


@broken("C40")
def cookies_are_logged(parts: Parts) -> dict[str, Handle]:
    log = logging.getLogger("zoom_migrator.broken")

    def say(event: Event) -> Event:
        log.info("asked", extra={"cookie": event["headers"].get("Cookie")})
        return event

    return told(healthy(parts), say, CALLBACK)


@broken("C12")
def attempts_are_good_for_ever(parts: Parts) -> dict[str, Handle]:
    class Lasting(Attempts):
        def get(self, state_hash: str) -> AuthorizationAttempt | None:
            stored = super().get(state_hash)
            return stored and replace(stored, expires_at=stored.expires_at + timedelta(days=1))

        def consume(
            self, attempt: AuthorizationAttempt, *, code_hash: str, now: datetime
        ) -> AuthorizationAttempt | None:
            stored = super().get(attempt.state_hash)
            return self.put(stored.consumed(code_hash, at=now)) if stored else None

    return healthy(replace(parts, attempts=Lasting(parts.attempts)))


@broken("C02")
def a_code_alone_is_taken_for_what_the_browser_began(parts: Parts) -> dict[str, Handle]:
    states: dict[str, str] = {}

    def remember(_event: Event, answer: dict[str, Any]) -> None:
        location = answer["multiValueHeaders"].get("Location", [""])[0]
        _, _, state = location.partition("&state=")
        states["last"] = state.partition("&")[0] or states.get("last", "")

    def add_state(event: Event) -> Event:
        query = parameters(event)
        given = {**query, "state": query.get("state") or [states.get("last", "")]}
        return event | {"multiValueQueryStringParameters": given}

    return changed(told(healthy(parts), add_state, CALLBACK), remember)


@broken("C10")
def a_used_up_state_is_taken_with_another_code(parts: Parts) -> dict[str, Handle]:
    class Forgetful(Attempts):
        def get(self, state_hash: str) -> AuthorizationAttempt | None:
            stored = super().get(state_hash)
            return stored and replace(stored, status=AttemptStatus.ISSUED, result=None)

        def consume(
            self, attempt: AuthorizationAttempt, *, code_hash: str, now: datetime
        ) -> AuthorizationAttempt | None:
            return self.put(attempt.consumed(code_hash, at=now))

    forgetful = replace(parts, attempts=Forgetful(parts.attempts))
    return handlers_of(parts.start(), forgetful.callback(), parts.result())


@broken("C21")
def of_several_values_the_last_is_taken(parts: Parts) -> dict[str, Handle]:
    def last(event: Event) -> Event:
        query = {name: values[-1:] for name, values in parameters(event).items()}
        return event | {"multiValueQueryStringParameters": query}

    return told(healthy(parts), last, CALLBACK)


@broken("C24")
def the_issuer_is_not_looked_at(parts: Parts) -> dict[str, Handle]:
    def drop(event: Event) -> Event:
        query = {name: values for name, values in parameters(event).items() if name != "iss"}
        return event | {"multiValueQueryStringParameters": query}

    return told(healthy(parts), drop, CALLBACK)


@broken("C25")
def head_is_taken_for_a_visit(parts: Parts) -> dict[str, Handle]:
    def get(event: Event) -> Event:
        method = event["httpMethod"]
        return event | {"httpMethod": "GET" if method == "HEAD" else method}

    return told(healthy(parts), get, CALLBACK)


@broken("C27")
def guesses_of_browsers_are_taken_for_people(parts: Parts) -> dict[str, Handle]:
    def blind(event: Event) -> Event:
        headers = {
            name: values
            for name, values in event["multiValueHeaders"].items()
            if name not in ("Sec-Purpose", "Purpose", "X-Moz")
        }
        return event | {"multiValueHeaders": headers}

    return told(healthy(parts), blind, CALLBACK, START)


@broken("C28")
def wishes_for_another_address_are_granted(parts: Parts) -> dict[str, Handle]:
    def grant(event: Event, answer: dict[str, Any]) -> None:
        wish = parameters(event).get("next")
        if wish and answer["statusCode"] == HTTPStatus.SEE_OTHER:
            answer["multiValueHeaders"]["Location"] = wish

    return changed(healthy(parts), grant)


@broken("C30")
def the_code_stays_in_the_address_bar(parts: Parts) -> dict[str, Handle]:
    def stay(event: Event, answer: dict[str, Any]) -> None:
        if event["resource"] == CALLBACK and answer["statusCode"] == HTTPStatus.SEE_OTHER:
            page = parts.pages.page("callback_malformed", status=HTTPStatus.OK)
            answer.update(page.event())

    return changed(healthy(parts), stay)


@broken("C30")
def errors_may_be_framed(parts: Parts) -> dict[str, Handle]:
    def allow(_event: Event, answer: dict[str, Any]) -> None:
        if answer["statusCode"] >= HTTPStatus.BAD_REQUEST:
            del answer["multiValueHeaders"]["Content-Security-Policy"]

    return changed(healthy(parts), allow)


@broken("C04")
def what_is_out_of_date_is_told_from_what_is_unknown(parts: Parts) -> dict[str, Handle]:
    class Talkative(CallbackPage):
        def take(self, request: Request) -> Visit:
            visit = super().take(request)
            if visit.outcome != Outcome.STATE_EXPIRED:
                return visit
            body = visit.response.body.replace("What may have happened", "It is out of date")
            return replace(visit, response=replace(visit.response, body=body))

    return handlers_of(parts.start(), parts.callback(Talkative), parts.result())


@broken("C34")
def scopes_are_not_looked_at(parts: Parts) -> dict[str, Handle]:
    anything = ScopeRules({}, extra=("user:read:user:admin", "user:read:settings:admin", "x:y"))
    return healthy(replace(parts, settings=replace(parts.settings, scopes=anything)))


@broken("C35")
def whoever_consents_is_taken_for_the_right_one(parts: Parts) -> dict[str, Handle]:
    class Trusting(Zoom):
        def user(self, access_token: str, *, api_url: str) -> ZoomUser | ZoomFailure:
            user = super().user(access_token, api_url=api_url)
            if isinstance(user, ZoomFailure):
                return user
            return replace(user, email="zoom.admin@acme.example", account_id="X" * 22)

    return healthy(replace(parts, zoom=Trusting(parts.zoom)))


@broken("C08")
def the_same_answer_is_thanked_for_again(parts: Parts) -> dict[str, Handle]:
    def thank(_event: Event, answer: dict[str, Any]) -> None:
        location = answer["multiValueHeaders"].get("Location")
        if location:
            location[0] = location[0].partition(".already_done")[0]

    return changed(healthy(parts), thank)


# The start page and the result page


@broken("S01")
def looking_begins_an_attempt(parts: Parts) -> dict[str, Handle]:
    class Eager(StartPage):
        def show(self, request: Request) -> Visit:
            visit = super().show(request)
            found = self._find(request)
            assert isinstance(found, AuthorizationOffer)
            self._begin(request, found, AuthorizeForm(found.request.products))
            return visit

    return handlers_of(parts.start(Eager), parts.callback(), parts.result())


@broken("S02")
def the_token_of_the_form_is_not_asked_for(parts: Parts) -> dict[str, Handle]:
    class Careless(StartPage):
        def begin(self, request: Request) -> Visit:
            found = self._find(request)
            assert isinstance(found, AuthorizationOffer)
            return self._begin(request, found, AuthorizeForm.of(read_form(request)))

    return handlers_of(parts.start(Careless), parts.callback(), parts.result())


@broken("S03")
def links_are_good_for_ever(parts: Parts) -> dict[str, Handle]:
    class Lasting(StartPage):
        def _closed(self, found: AuthorizationOffer) -> Visit:
            request = Request.from_event({"httpMethod": "GET"})
            return self._form(request, found, AuthorizeForm(), {}, "form_shown")

    return handlers_of(parts.start(Lasting), parts.callback(), parts.result())


@broken("S04")
def signatures_are_not_checked(parts: Parts) -> dict[str, Handle]:
    class Signer(InMemoryLinkSigner):
        def is_genuine(self, claims: str, signature: str) -> bool:
            return True

    return healthy(replace(parts, signer=Signer()))


@broken("S07")
def tabs_share_one_attempt(parts: Parts) -> dict[str, Handle]:
    begun: list[dict[str, Any]] = []

    def again(_event: Event, answer: dict[str, Any]) -> None:
        if "state=" in answer["multiValueHeaders"].get("Location", [""])[0]:
            begun.append(dict(answer))
            answer.update(begun[0])

    return changed(healthy(parts), again)


@broken("S09")
def scripts_may_read_the_cookie(parts: Parts) -> dict[str, Handle]:
    return with_cookies(parts, lambda line: line.replace("; HttpOnly", ""))


@broken("S09")
def the_cookie_stays_for_a_day(parts: Parts) -> dict[str, Handle]:
    return with_cookies(parts, lambda line: line.replace("Max-Age=600", "Max-Age=86400"))


def with_cookies(parts: Parts, change: Callable[[str], str]) -> dict[str, Handle]:
    """Pages whose cookies are others."""

    def cookies(_event: Event, answer: dict[str, Any]) -> None:
        headers = answer["multiValueHeaders"]
        if "Set-Cookie" in headers:
            headers["Set-Cookie"] = [change(line) for line in headers["Set-Cookie"]]

    return changed(healthy(parts), cookies)


@broken("S10")
def the_challenge_is_the_verifier(parts: Parts) -> dict[str, Handle]:
    def plain(_event: Event, answer: dict[str, Any]) -> None:
        headers = answer["multiValueHeaders"]
        if "Location" in headers:
            headers["Location"] = [headers["Location"][0].replace("=S256", "=plain")]

    return changed(healthy(parts), plain)


@broken("X01")
def anything_is_read_as_a_form(parts: Parts) -> dict[str, Handle]:
    def form(event: Event) -> Event:
        headers = {**event["multiValueHeaders"], "Content-Type": [FORM]}
        return event | {"multiValueHeaders": headers}

    return told(healthy(parts), form, START)


@broken("X02")
def results_are_told_to_whoever_asks(parts: Parts) -> dict[str, Handle]:
    return handlers_of(parts.start(), parts.callback(), Open(parts))


@broken("A06")
def values_are_not_escaped(parts: Parts) -> dict[str, Handle]:
    class Unescaped(Pages):
        def environment(self) -> Environment:
            environment = super().environment()
            environment.autoescape = False
            return environment

    return healthy(replace(parts, pages=Unescaped()))


class Open(ResultPage):
    """A result page that takes the key in the address for a proof."""

    def __init__(self, parts: Parts) -> None:
        result = parts.result()
        super().__init__(result._ports, result._pages, result._settings)
        self._secrets: dict[str, str] = {}

    def show(self, request: Request) -> Visit:
        for cookie in cookies_of(request):
            self._secrets[cookie.key] = cookie.secret
        key = request.path["reference"]
        if key in self._secrets:
            sent = AttemptCookie(key, self._secrets[key], "").lasting().partition(";")[0]
            request = replace(request, headers={**request.headers, "cookie": (sent,)})
        return super().show(request)


class Attempts:
    """Attempts in memory, for those who break them."""

    def __init__(self, attempts: AttemptRepository) -> None:
        assert isinstance(attempts, InMemoryAttemptRepository)
        self._attempts = attempts

    def create(self, attempt: AuthorizationAttempt) -> AuthorizationAttempt:
        return self._attempts.create(attempt)

    def get(self, state_hash: str) -> AuthorizationAttempt | None:
        return self._attempts.get(state_hash)

    def consume(
        self, attempt: AuthorizationAttempt, *, code_hash: str, now: datetime
    ) -> AuthorizationAttempt | None:
        return self._attempts.consume(attempt, code_hash=code_hash, now=now)

    def end(self, attempt: AuthorizationAttempt, result: AttemptResult) -> AuthorizationAttempt:
        return self.put(attempt.ended(result))

    def put(self, attempt: AuthorizationAttempt) -> AuthorizationAttempt:
        MemoryShelf(self._attempts).rewrite(attempt)
        return attempt


class Zoom:
    """Zoom, for those who break what talks to it."""

    def __init__(self, zoom: ZoomGateway) -> None:
        self._zoom = zoom

    def exchange(
        self, code: str, *, verifier: str, redirect_uri: str
    ) -> IssuedTokens | ZoomFailure:
        return self._zoom.exchange(code, verifier=verifier, redirect_uri=redirect_uri)

    def user(self, access_token: str, *, api_url: str) -> ZoomUser | ZoomFailure:
        return self._zoom.user(access_token, api_url=api_url)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._zoom, name)
