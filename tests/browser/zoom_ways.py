"""What people do on their way from the link over Zoom and back, told by what they read there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from local.gateway import Gateway, Handlers
from local.zoom import SimulatedApp, ZoomSimulator
from tests.browsing import Events
from tests.functions.authorization_worlds import CALLBACK, Asked, World
from tests.functions.broken_authorizations import Make, healthy, world_in_memory
from tests.functions.zoom_app import ZOOM_ADMIN, a_zoom, registered

START = "Continue to Zoom"
CONNECTED = "✓ Zoom is connected"


@dataclass(frozen=True)
class Counter:
    """The pages of an authorization, served to browsers, and a simulated Zoom beside them."""

    world: World
    zoom: ZoomSimulator
    app: SimulatedApp
    gateway: Gateway
    asked: Asked

    @property
    def address(self) -> str:
        """The address that the Zoom admin gets."""
        return f"{self.gateway.base_url}/authorize/{self.asked.link}"


@contextmanager
def open_counter(make: Make = healthy) -> Iterator[Counter]:
    """Pages for one org whose Zoom admin was asked, as they are or broken."""
    with a_zoom() as zoom, Gateway() as gateway:
        app = registered(zoom, gateway.base_url + CALLBACK)
        world = world_in_memory(zoom, app, make, io.StringIO(), base_url=gateway.base_url)
        assert isinstance(world.transport, Events)
        gateway.connect(Handlers(world.transport.handlers))
        yield Counter(world, zoom, app, gateway, world.ask())


def press(page: Page) -> None:
    """Press the button on the start page."""
    page.get_by_role("button", name=START).click()


def sign_in(page: Page, email: str = ZOOM_ADMIN) -> None:
    """Sign in at Zoom."""
    page.get_by_role("button", name=email).click()


def reach_consent(page: Page, email: str = ZOOM_ADMIN) -> None:
    """Go from the start page to Zoom's question."""
    press(page)
    sign_in(page, email)
    expect(page.get_by_role("heading", level=1)).to_contain_text("asks for access")


def consent(page: Page) -> None:
    """Say yes at Zoom."""
    page.get_by_role("button", name="Authorize").click()


def decline(page: Page) -> None:
    """Say no at Zoom."""
    page.get_by_role("button", name="Decline").click()
