"""The Marketplace's part: asking for approval, adding an app from its listing, removing it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from local.simulation.reply import Reply
from local.zoom import pages, signing_in, webhooks
from local.zoom.errors import PageRefused, page_not_found
from local.zoom.model import SimulatedApp
from local.zoom.request import Incoming
from local.zoom.webhooks import Posting
from local.zoom.world import World

INSTALLED: Final = "/marketplace/installed"


def hears_of_removals(app: SimulatedApp, *, at: str | None = None) -> bool:
    """Say whether an app gets ``app_deauthorized``: only published ones do."""
    return app.published and (at or app.webhook_url) is not None


def add(world: World, client_id: str) -> Reply:
    """Start as the listing's *Add* does: the app gets a code and no state.

    Raises:
        PageRefused: There is no such app.
    """
    app = world.registry.known_app(client_id)
    if app is None or not app.redirect_uris:
        raise page_not_found()
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": app.redirect_uris[0],
        }
    )
    return pages.redirect(f"/oauth/authorize?{query}")


def approval_needed(app: SimulatedApp) -> PageRefused:
    """Return the page of somebody whose admin has to approve the app first."""
    return PageRefused(
        f"You cannot authorize {app.name}",
        "Your account's admin has to approve this app before you can add it.",
        status=403,
        template="pre_approval.html",
        details={"client_id": app.client_id, "asked": False},
    )


def ask_for_approval(world: World, incoming: Incoming) -> Reply:
    """Note that somebody asks the admin to approve an app.

    Raises:
        PageRefused: Nobody is signed in, or there is no such app.
    """
    member = signing_in.signed_in(world, incoming)
    app = world.registry.known_app(incoming.parameters.get("client_id", ""))
    if member is None or app is None:
        raise page_not_found()
    world.asked_for_approval.append((app.client_id, member.person.email))
    needed = approval_needed(app)
    needed.details["asked"] = True
    needed.status = 200
    return pages.refusal(needed, email=member.person.email)


def installed(world: World, incoming: Incoming) -> Reply:
    """Return the page of the apps that somebody added."""
    member = signing_in.signed_in(world, incoming)
    if member is None:
        return signing_in.first(INSTALLED)
    user_id = member.person.user_id
    apps = [one for one in world.registry.apps if (one.client_id, user_id) in world.installed]
    return pages.page("installed.html", "Added apps", apps=apps, email=member.person.email)


def remove(world: World, incoming: Incoming, client_id: str) -> Reply | Posting:
    """Remove an app for whoever is signed in, and tell the app.

    Raises:
        PageRefused: Nobody is signed in, or the app was not added.
    """
    member = signing_in.signed_in(world, incoming)
    app = world.registry.known_app(client_id)
    if member is None or app is None or (client_id, member.person.user_id) not in world.installed:
        raise page_not_found()
    world.uninstall(client_id, member)
    back = pages.redirect(INSTALLED)
    if not hears_of_removals(app):
        return back
    return Posting(webhooks.deauthorized(app, member, world.clock()), lambda _: back)
