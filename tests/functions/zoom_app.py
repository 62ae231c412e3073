"""Zoom as the functions meet it: the product's app there, and people who allow it or do not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from local.zoom import (
    Product,
    Role,
    SimulatedAccount,
    SimulatedApp,
    SimulatedPerson,
    SimulatedZoom,
    ZoomSimulator,
)
from scripts.expand_template import ROOT

# Whom the fleet's orgs expect, unless their rows name somebody else.
ZOOM_ADMIN: Final = "zoom.admin@acme.example"
MEMBER: Final = "member@acme.example"
STRANGER: Final = "admin@other.example"
_DEMO: Final = ROOT / "local" / "zoom" / "demo.json"


def a_zoom(sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> ZoomSimulator:
    """A Zoom with people, and no app yet."""
    return ZoomSimulator(zoom_world(), sleep=sleep)


def zoom_world() -> SimulatedZoom:
    """The accounts of the demo and two more, the last without Phone and Webinar."""
    world = SimulatedZoom.model_validate_json(_DEMO.read_text(encoding="utf-8"))
    acme = SimulatedAccount(
        name="Acme",
        people=[
            SimulatedPerson(email=ZOOM_ADMIN),
            SimulatedPerson(email=MEMBER, role=Role.MEMBER),
        ],
    )
    other = SimulatedAccount(
        name="Other", products=[Product.MEETINGS], people=[SimulatedPerson(email=STRANGER)]
    )
    return SimulatedZoom(accounts=[*world.accounts, acme, other])


def registered(zoom: ZoomSimulator, redirect_uri: str) -> SimulatedApp:
    """The product's app, registered there with its redirect address."""
    return zoom.register(SimulatedApp(name="Migrator", redirect_uris=[redirect_uri]))
