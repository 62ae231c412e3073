"""What an app is told by webhook when somebody says so, on the control page or by its API."""

from __future__ import annotations

import json
import secrets
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from local.simulation.reply import Reply
from local.zoom import webhooks
from local.zoom.marketplace import hears_of_removals
from local.zoom.model import SimulatedApp, is_of_this_machine
from local.zoom.registry import Member
from local.zoom.webhooks import Delivered, Event, Posting
from local.zoom.world import World

_PLAIN_TOKEN_BYTES: Final = 16


def _address_or_none(value: object) -> object:
    return value or None


# An address in place of the app's own; a form sends an empty field for none.
type OtherAddress = Annotated[
    str | None, BeforeValidator(_address_or_none), AfterValidator(is_of_this_machine)
]


class EventKind(StrEnum):
    """What Zoom can tell."""

    DEAUTHORIZED = "app_deauthorized"
    URL_VALIDATION = "endpoint.url_validation"


class Removal(BaseModel):
    """How an app is removed: whether and where it is told, and whether that is genuine."""

    model_config = ConfigDict(extra="forbid")

    notify: bool = True
    forged: bool = False
    age_seconds: int = 0
    url: OtherAddress = None


class EventOrder(BaseModel):
    """What an app is to be told although nothing happened; ``email`` is whose removal it tells."""

    model_config = ConfigDict(extra="forbid")

    event: EventKind
    email: str = ""
    forged: bool = False
    age_seconds: int = 0
    url: OtherAddress = None


def uninstall(world: World, client_id: str, who: str, order: object = None) -> Reply | Posting:
    """Remove an app for a person, and tell the app if it is one that is told.

    Raises:
        KeyError: There is no such app or person.
        ValueError: The order is not valid.
    """
    removal = Removal.model_validate(order or {})
    app, member = world.registry.app(client_id), world.registry.member(who)
    world.uninstall(client_id, member)
    if not removal.notify or not hears_of_removals(app, at=removal.url):
        return _reply({"removed": True, "notified": False})
    return Posting(_deauthorized(world, app, member, removal), _told)


def tell(world: World, client_id: str, order: object) -> Posting:
    """Tell an app something that did not happen; what it knows is not asked about.

    Raises:
        KeyError: There is no such app or person.
        ValueError: The order is not valid, or there is no address.
    """
    wanted = EventOrder.model_validate(order or {})
    app = world.registry.app(client_id)
    if wanted.event is EventKind.URL_VALIDATION:
        return validate_webhook(world, app, url=wanted.url, forged=wanted.forged)
    member = world.registry.member(wanted.email)
    event = _deauthorized(world, app, member, wanted)
    return Posting(event, lambda delivered: _reply({"status": delivered.status}))


def validate_webhook(
    world: World, app: SimulatedApp, *, url: str | None = None, forged: bool = False
) -> Posting:
    """Challenge an app's webhook address, as Zoom does every 72 hours.

    Raises:
        ValueError: It has no webhook address.
    """
    plain_token, event = challenge(world, app, url=url, forged=forged)

    def then(delivered: Delivered) -> Reply:
        problem = webhooks.problem_of_validation(app, plain_token, delivered)
        return _reply({"valid": not problem, "problem": problem})

    return Posting(event, then)


def challenge(
    world: World, app: SimulatedApp, *, url: str | None = None, forged: bool = False
) -> tuple[str, Event]:
    """Return a plain token and the event that carries it.

    Raises:
        ValueError: The app has no webhook address.
    """
    plain_token = secrets.token_urlsafe(_PLAIN_TOKEN_BYTES)
    event = webhooks.url_validation(app, plain_token, world.clock(), url=url, forged=forged)
    return plain_token, event


def _deauthorized(
    world: World, app: SimulatedApp, member: Member, order: Removal | EventOrder
) -> Event:
    return webhooks.deauthorized(
        app,
        member,
        world.clock(),
        forged=order.forged,
        age_seconds=order.age_seconds,
        url=order.url,
    )


def _told(delivered: Delivered) -> Reply:
    return _reply({"removed": True, "notified": True, "status": delivered.status})


def _reply(body: object) -> Reply:
    return Reply(200, json.dumps(body).encode())
