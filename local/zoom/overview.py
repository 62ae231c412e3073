"""What can be known of a simulated Zoom from outside: no secret, no code, no token."""

from __future__ import annotations

from datetime import UTC, datetime

from local.simulation.reply import Reply
from local.zoom import pages
from local.zoom.world import World


def page(world: World) -> Reply:
    """Return a page about everything, for people."""
    return pages.page(
        "overview.html",
        "What this simulator holds",
        wide=True,
        accounts=world.registry.accounts,
        apps=world.registry.apps,
        grants=grants(world),
        faults=world.faults.active(),
        requests=requests(world),
    )


def accounts(world: World) -> list[dict[str, object]]:
    """Return every account with its people."""
    return [account.model_dump(mode="json") for account in world.registry.accounts]


def apps(world: World) -> list[dict[str, object]]:
    """Return every app, without its secrets."""
    hidden = {"client_secret", "webhook_secret"}
    return [app.model_dump(mode="json", exclude=hidden) for app in world.registry.apps]


def grants(world: World) -> list[dict[str, object]]:
    """Return every live grant: whose it is, what it opens, how long it lives."""
    shown: list[dict[str, object]] = []
    for grant in world.grants.live:
        member = world.registry.known_member(grant.consent.user_id)
        shown.append(
            {
                "client_id": grant.consent.client_id,
                "email": None if member is None else member.person.email,
                "account_id": grant.consent.account_id,
                "user_id": grant.consent.user_id,
                "scopes": list(grant.consent.scopes),
                "generation": grant.generation,
                "refresh_token_expires": _moment(grant.refresh_expires_at),
            }
        )
    return shown


def approvals(world: World) -> list[dict[str, str]]:
    """Return who asked an admin to approve which app."""
    return [{"client_id": app, "email": who} for app, who in world.asked_for_approval]


def requests(world: World) -> dict[str, object]:
    """Return how many requests came in, by phase."""
    return {"total": sum(world.counts.values()), "by_phase": dict(world.counts)}


def _moment(seconds: float) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds else None
