"""``POST /oauth/token`` and ``POST /oauth/revoke``."""

from __future__ import annotations

import hmac
from typing import Final

from local.zoom.codes import CodeReused, Consent
from local.zoom.errors import TokenRefused, invalid_client, invalid_code, invalid_grant
from local.zoom.grants import Grant
from local.zoom.model import LOOPBACK_HOSTS, AppKind, SimulatedApp
from local.zoom.registry import lets_use
from local.zoom.request import Incoming
from local.zoom.world import World

API_URL: Final = "https://api.zoom.us"


def token(world: World, incoming: Incoming) -> dict[str, object]:
    """Answer a token request.

    Raises:
        TokenRefused: Zoom refuses it.
    """
    app = _client(world, incoming)
    given = incoming.parameters
    match given.get("grant_type", ""):
        case "authorization_code":
            grant = _redeemed(world, app, given)
        case "refresh_token":
            grant = _refreshed(world, app, given.get("refresh_token", ""))
        case "account_credentials":
            grant = _server_grant(world, app, given.get("account_id", ""))
        case _:
            # Chatbots and devices have grants of their own, which nothing here needs.
            raise TokenRefused("unsupported_grant_type", "unsupported grant type")
    return _answer(world, incoming, grant)


def revoke(world: World, incoming: Incoming) -> dict[str, object]:
    """End the grant of an access token.

    Raises:
        TokenRefused: The credentials are wrong, or the token is none of the app's.
    """
    app = _client(world, incoming)
    grant = world.grants.holding(incoming.parameters.get("token", ""))
    if grant is None or grant.consent.client_id != app.client_id:
        raise TokenRefused("invalid_request", "Invalid Token!")
    world.grants.end(app.client_id, user_id=grant.consent.user_id)
    return {"status": "success"}


def credentials(incoming: Incoming) -> tuple[str, str, str]:
    """Return client id, secret and where they were: ``basic``, ``body`` or an empty text."""
    if incoming.basic is not None:
        return (*incoming.basic, "basic")
    given = incoming.parameters
    if "client_secret" in given:
        return given.get("client_id", ""), given["client_secret"], "body"
    return given.get("client_id", ""), "", ""


def _client(world: World, incoming: Incoming) -> SimulatedApp:
    if incoming.method != "POST":
        raise TokenRefused("invalid_request", "Bad Request", 405)
    client_id, secret, _ = credentials(incoming)
    app = world.registry.known_app(client_id)
    known = app is not None and hmac.compare_digest(app.client_secret.encode(), secret.encode())
    if app is None or not known or not app.enabled:
        raise invalid_client(world.behaviour.invalid_client_status)
    return app


def _redeemed(world: World, app: SimulatedApp, given: dict[str, str]) -> Grant:
    code = given.get("code", "")
    try:
        return world.redeem(
            code, app.client_id, given.get("redirect_uri", ""), given.get("code_verifier")
        )
    except CodeReused:
        raise invalid_code(code) from None


def _refreshed(world: World, app: SimulatedApp, refresh_token: str) -> Grant:
    grant = world.grants.with_refresh_token(refresh_token, app.client_id)
    # Zoom's codes 4735 (the user is gone) and 4738 (an admin shut the app out).
    if world.member_of(grant) is None:
        raise invalid_grant()
    return world.grants.refresh(refresh_token, app.client_id)


def _server_grant(world: World, app: SimulatedApp, account_id: str) -> Grant:
    account = world.registry.known_account(account_id)
    at_home = account is not None and app.account in (account.account_id, account.name)
    if app.kind is not AppKind.SERVER_TO_SERVER or account is None or not at_home:
        raise TokenRefused("invalid_request", "Bad Request")
    if account.owner is None or not lets_use(account, app):
        raise TokenRefused("invalid_request", "Bad Request")
    consent = Consent(app.client_id, account.account_id, account.owner.user_id, tuple(app.scopes))
    return world.grants.issue(consent, refreshable=False)


def _answer(world: World, incoming: Incoming, grant: Grant) -> dict[str, object]:
    refresh = {"refresh_token": grant.refresh_token} if grant.refresh_token else {}
    return {
        "access_token": grant.access_token,
        "token_type": "bearer",
        **refresh,
        "expires_in": world.behaviour.access_token_seconds,
        "scope": " ".join(grant.consent.scopes),
        **_api_url(world, incoming, grant.consent.account_id),
    }


def _api_url(world: World, incoming: Incoming, account_id: str) -> dict[str, str]:
    account = world.registry.known_account(account_id)
    if account is None or not account.tells_api_url:
        return {}
    # Whoever came by a loopback address stays there: nothing may be led to the real Zoom.
    own = incoming.origin if incoming.host in LOOPBACK_HOSTS else API_URL
    return {"api_url": account.api_url or own}
