"""``/oauth/authorize``: from a request to the consent screen, or to a page of Zoom's own."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from local.zoom import scopes
from local.zoom.behaviour import Denial
from local.zoom.codes import Consent
from local.zoom.errors import PageRefused
from local.zoom.marketplace import approval_needed
from local.zoom.model import AppKind, SimulatedApp
from local.zoom.pkce import Challenge
from local.zoom.registry import Member, lets_use
from local.zoom.request import Incoming
from local.zoom.sessions import AuthorizationRequest, Screen
from local.zoom.world import World

_REQUEST_LEFT: Final = "This request cannot be completed. Go back to the app and start again."


def checked(world: World, incoming: Incoming) -> AuthorizationRequest:
    """Return what an app asks for.

    Raises:
        PageRefused: Something is wrong with it; the browser stays at Zoom.
    """
    given = incoming.query
    client_id = given.get("client_id", "")
    app = world.registry.known_app(client_id)
    if app is None or app.kind is AppKind.SERVER_TO_SERVER:
        raise _refused(f"Invalid client_id: {client_id}", 4702)
    if not app.enabled:
        raise _refused("This app is disabled", 4717)
    redirect_uri = given.get("redirect_uri", "")
    if not is_registered(app, redirect_uri) or (
        world.behaviour.refuses_plain_http and urlsplit(redirect_uri).scheme != "https"
    ):
        raise _refused(f"Invalid redirect: {redirect_uri}", 4700, short="Invalid redirect url")
    if given.get("response_type") != "code":
        raise _refused("Invalid response type")
    required, optional = _requested_scopes(app, given)
    return AuthorizationRequest(
        client_id, redirect_uri, given.get("state"), _challenge(app, given), required, optional
    )


def is_registered(app: SimulatedApp, redirect_uri: str) -> bool:
    """Say whether an address is a redirect address of the app and on its allow list.

    Letter case counts. An entry of the allow list is a whole address or a base address.
    """
    if redirect_uri not in app.redirect_uris:
        return False
    allowed = app.redirect_uris if app.allow_list is None else app.allow_list
    return any(
        redirect_uri == entry or redirect_uri.startswith(entry.rstrip("/") + "/")
        for entry in allowed
    )


def check_person(app: SimulatedApp, member: Member) -> None:
    """Check whether a person may add an app.

    Raises:
        PageRefused: No; the page says why, and the browser stays at Zoom.
    """
    person, account = member.person, member.account
    visible = app.visible_to is None or person.email.lower() in map(str.lower, app.visible_to)
    at_home = app.published or app.account in (account.account_id, account.name)
    if not visible or not at_home:
        raise PageRefused("Oops", "The app was not found.", status=404, template="oops.html")
    if not lets_use(account, app):
        raise approval_needed(app)
    if app.kind is AppKind.ACCOUNT and not person.is_admin:
        raise PageRefused(
            "You cannot install this app",
            "An account admin is required to install this type of app. Please contact your"
            " account admin or IT administrator to install this app.",
            status=403,
        )


def decide(world: World, screen: Screen, form: list[tuple[str, str]]) -> str | None:
    """Carry out what a person answered and return where the browser goes; None: nowhere.

    A screen that was answered leads where it led before, so that a double click does no harm.
    """
    if screen.location is not None:
        return screen.location
    if ("decision", "authorize") in form:
        screen.location = _authorized(world, screen, form)
        return screen.location
    if world.behaviour.denial is Denial.STAYS:
        return None
    answer = [("error", "access_denied")]
    if world.behaviour.denial is Denial.WITH_STATE:
        answer += _state(screen.request)
    screen.location = _back(screen.request, answer)
    return screen.location


def _authorized(world: World, screen: Screen, form: list[tuple[str, str]]) -> str:
    request = screen.request
    member = world.registry.member(screen.email)
    ticked = [scope for scope in request.optional if ("scope", scope) in form]
    consent = Consent(
        request.client_id,
        member.account.account_id,
        member.person.user_id,
        (*request.required, *ticked),
        request.redirect_uri,
        request.challenge,
    )
    return _back(request, [("code", world.consent(consent)), *_state(request)])


def _state(request: AuthorizationRequest) -> list[tuple[str, str]]:
    return [] if request.state is None else [("state", request.state)]


def _back(request: AuthorizationRequest, answer: list[tuple[str, str]]) -> str:
    separator = "&" if urlsplit(request.redirect_uri).query else "?"
    return f"{request.redirect_uri}{separator}{urlencode(answer, quote_via=quote)}"


def _challenge(app: SimulatedApp, given: dict[str, str]) -> Challenge | None:
    if "code_challenge" not in given:
        if app.needs_pkce:
            raise _refused("Missing code_challenge")
        return None
    challenge = Challenge(given["code_challenge"], given.get("code_challenge_method", "plain"))
    if not challenge.is_well_formed():
        raise _refused("Invalid code_challenge")
    return challenge


def _requested_scopes(
    app: SimulatedApp, given: dict[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return required and optional scopes; an app that names none asks for all of its own."""
    if app.kind is AppKind.USER and any(map(scopes.needs_admin, app.scopes)):
        raise _refused("Invalid scope")
    if "scope" not in given and "optional_scope" not in given:
        return tuple(app.scopes), ()
    required = tuple(given.get("scope", "").split())
    optional = tuple(given.get("optional_scope", "").split())
    # Apps with classic scopes must not name any in the address.
    if app.has_classic_scopes or not set(required + optional) <= set(app.scopes):
        raise _refused("Invalid scope")
    return required, tuple(scope for scope in optional if scope not in required)


def _refused(title: str, code: int | None = None, *, short: str = "") -> PageRefused:
    return PageRefused(title, _REQUEST_LEFT, code=code, short=short or title)
