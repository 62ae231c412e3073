"""Signing in: a page to choose who one is, a cookie, and the page that one came for."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from local.simulation.reply import Reply
from local.zoom import pages
from local.zoom.registry import Member
from local.zoom.request import Incoming
from local.zoom.sessions import COOKIE
from local.zoom.world import World

SIGN_IN: Final = "/oauth/signin"
_HOME: Final = "/marketplace/installed"
# The only pages that one is led on to; anything else would be an open redirect.
_FOLLOWED: Final = ("/oauth/authorize?", "/marketplace/")
# A page with very many people would only be scrolled; everybody can be typed.
_MOST_BUTTONS: Final = 60


def signed_in(world: World, incoming: Incoming) -> Member | None:
    """Return who the browser is signed in as."""
    email = world.sessions.email_of(incoming.cookie(COOKIE))
    return None if email is None else world.registry.known_member(email)


def first(following: str) -> Reply:
    """Send a browser to the sign-in page, and on to a page of this site afterwards."""
    return pages.redirect(f"{SIGN_IN}?next={quote(_own(following), safe='')}")


def choose(world: World, following: str, problem: str = "") -> Reply:
    """Return the page to choose who one is."""
    accounts = world.registry.accounts
    if sum(len(account.people) for account in accounts) > _MOST_BUTTONS:
        accounts = []
    return pages.page(
        "sign_in.html",
        "Sign in",
        status=403 if problem else 200,
        accounts=accounts,
        next=_own(following),
        problem=problem,
    )


def sign_in(world: World, incoming: Incoming) -> Reply:
    """Sign a browser in as the person whose address it sent."""
    following = incoming.parameters.get("next", "")
    member = world.registry.known_member(incoming.parameters.get("email", ""))
    if member is None:
        return choose(world, following, "Nobody here has this address.")
    if not member.person.active:
        return choose(world, following, "This login is not active.")
    reply = pages.redirect(_own(following))
    session = world.sessions.sign_in(member.person.email)
    secure = "; Secure" if incoming.origin.startswith("https:") else ""
    reply.headers["Set-Cookie"] = f"{COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax{secure}"
    return reply


def sign_out(world: World, incoming: Incoming) -> Reply:
    """Sign a browser out and let it sign in as somebody else."""
    world.sessions.sign_out(incoming.cookie(COOKIE))
    return first(incoming.parameters.get("next", ""))


def _own(following: str) -> str:
    return following if following.startswith(_FOLLOWED) else _HOME
