"""What people do with a browser: sign in, consent or decline, look after their apps."""

from __future__ import annotations

import json
from typing import Final

from local.simulation.reply import Reply
from local.zoom import authorize, marketplace, pages, signing_in
from local.zoom.errors import PageRefused, page_not_found
from local.zoom.request import Incoming
from local.zoom.sessions import COOKIE
from local.zoom.webhooks import Posting
from local.zoom.world import World

AUTHORIZE: Final = "/oauth/authorize"
CONSENT: Final = "/oauth/consent"


def handle(world: World, incoming: Incoming) -> Reply | Posting:
    """Answer a browser; refusals become pages, or JSON for whoever is not a browser."""
    try:
        if incoming.method in ("GET", "HEAD"):
            return _read(world, incoming)
        if incoming.method == "POST":
            return _write(world, incoming)
        raise page_not_found()
    except PageRefused as refused:
        if not incoming.wants_html:
            return Reply(refused.status, json.dumps(refused.body()).encode())
        member = signing_in.signed_in(world, incoming)
        return pages.refusal(
            refused,
            email="" if member is None else member.person.email,
            back=incoming.target if incoming.path == AUTHORIZE else marketplace.INSTALLED,
        )


def _read(world: World, incoming: Incoming) -> Reply:
    match incoming.path.split("/")[1:]:
        case ["oauth", "authorize"]:
            return _authorize(world, incoming)
        case ["oauth", "signin"]:
            return signing_in.choose(world, incoming.query.get("next", ""))
        case ["marketplace", "installed"]:
            return marketplace.installed(world, incoming)
        case ["marketplace", client_id, "add"]:
            return marketplace.add(world, client_id)
    raise page_not_found()


def _write(world: World, incoming: Incoming) -> Reply | Posting:
    match incoming.path.split("/")[1:]:
        case ["oauth", "signin"]:
            return signing_in.sign_in(world, incoming)
        case ["oauth", "signout"]:
            return signing_in.sign_out(world, incoming)
        case ["oauth", "consent"]:
            return _decide(world, incoming)
        case ["oauth", "pre-approval"]:
            return marketplace.ask_for_approval(world, incoming)
        case ["marketplace", client_id, "remove"]:
            return marketplace.remove(world, incoming, client_id)
    raise page_not_found()


def _authorize(world: World, incoming: Incoming) -> Reply:
    request = authorize.checked(world, incoming)
    member = signing_in.signed_in(world, incoming)
    if member is None:
        return signing_in.first(incoming.target)
    app = world.registry.app(request.client_id)
    authorize.check_person(app, member)
    screen = world.sessions.show(incoming.cookie(COOKIE), request)
    return pages.page(
        "consent.html",
        f"{app.name} asks for access to your Zoom account",
        app=app,
        account=member.account,
        email=member.person.email,
        ticket=screen.ticket,
        required=request.required,
        optional=request.optional,
        next=incoming.target,
    )


def _decide(world: World, incoming: Incoming) -> Reply:
    form = incoming.fields
    screen = world.sessions.screen(dict(form).get("ticket", ""), incoming.cookie(COOKIE))
    if screen is None:
        raise PageRefused("This page is too old", "Go back to the app and start again.")
    if screen.location is None:
        app = world.registry.app(screen.request.client_id)
        authorize.check_person(app, world.registry.member(screen.email))
    location = authorize.decide(world, screen, form)
    if location is None:
        raise PageRefused(
            "You declined", "The app was not added. You can close this page.", status=200
        )
    return pages.redirect(location)
