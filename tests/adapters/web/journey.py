"""The pages of an authorization over stores in memory, and somebody who walks through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

from tests.authorizations import AuthorizationWorld, a_person
from tests.browsing import Browser, Events, Handle, where
from tests.visits import Page
from zoom_migrator.adapters.memory.zoom import ZoomPerson
from zoom_migrator.adapters.web.authorize_page import StartPage, StartPorts
from zoom_migrator.adapters.web.authorize_result import ResultPage, ResultPorts
from zoom_migrator.adapters.web.callback_page import CallbackPage
from zoom_migrator.adapters.web.entrance import Routes, answer_event
from zoom_migrator.adapters.web.pages import Pages
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.use_cases.authorization_link import authorization_link

START: Final = "/authorize/{link}"
CALLBACK: Final = "/oauth/callback"
DONE: Final = "/oauth/done/{reference}"
BASE_URL: Final = "https://migrator.example"


def handlers_of(start: StartPage, callback: CallbackPage, result: ResultPage) -> dict[str, Handle]:
    """The functions whose pages these are, by route."""
    routes: Routes = {
        START: {"GET": start.show, "POST": start.begin},
        CALLBACK: {"GET": callback.take},
        DONE: {"GET": result.show},
    }

    def handle(event: dict[str, object]) -> dict[str, object]:
        return answer_event(event, routes=routes, reference="req-4711")

    return dict.fromkeys(routes, handle)


def handlers_in(world: AuthorizationWorld) -> dict[str, Handle]:
    """The pages over the stores of a world."""
    pages = Pages()
    return handlers_of(
        StartPage(start_ports_of(world), pages, world.settings),
        CallbackPage(world.ports, world.settings, lambda: pages),
        ResultPage(result_ports_of(world), pages, world.settings),
    )


def start_ports_of(world: AuthorizationWorld) -> StartPorts:
    """What the start page works with."""
    return StartPorts(
        orgs=world.orgs,
        migrations=world.migrations,
        attempts=world.attempts,
        signer=world.signer,
        zoom=world.zoom,
        secrets=world.secrets,
        clock=world.clock,
    )


def result_ports_of(world: AuthorizationWorld) -> ResultPorts:
    """What the page works with that tells how an attempt came out."""
    return ResultPorts(
        orgs=world.orgs, migrations=world.migrations, attempts=world.attempts, clock=world.clock
    )


@dataclass
class Journey:
    """Somebody on the way from the link to a result, in one browser.

    Attributes:
        number: Which org of the fleet it is about.
        link: The link as it was sent.
    """

    world: AuthorizationWorld
    browser: Browser
    number: int = 1
    link: str = field(default="")

    @classmethod
    def asked(
        cls, number: int = 1, *, world: AuthorizationWorld | None = None, **registration: object
    ) -> Journey:
        """Somebody who was sent the link of an org."""
        world = world or AuthorizationWorld()
        world.asked(number, **registration)
        journey = cls(world, Browser(Events(BASE_URL, handlers_in(world))), number)
        return replace(journey, link=journey.current_link)

    @property
    def current_link(self) -> str:
        """The link as it would be sent now."""
        return authorization_link(self.world.offer_of(self.number), signer=self.world.signer)

    @property
    def path(self) -> str:
        """Where the link leads."""
        return f"/authorize/{self.link}"

    def open(self) -> Page:
        """Open the link."""
        return self.browser.get(self.path)

    def press(self, *products: ZoomProduct, **changes: str) -> Page:
        """Pick products, or leave those that are proposed, and press the button."""
        page = self.open()
        boxes = [
            each.attributes for each in page.all("input") if each.attributes["type"] != "hidden"
        ]
        chosen = products or [box["name"] for box in boxes if "checked" in box]
        fields = {"token": page.token, **dict.fromkeys(map(str, chosen), "chosen"), **changes}
        return self.browser.post(self.path, fields)

    def consent(self, pressed: Page, person: ZoomPerson | None = None) -> Page:
        """Consent at Zoom and come back."""
        return self.come_back(self.world.zoom.consent(where(pressed), person or a_person()))

    def come_back(self, query: Mapping[str, list[str]]) -> Page:
        """Come back with a query."""
        return self.browser.get(f"{CALLBACK}?{urlencode(query, doseq=True)}")

    def authorize(self, person: ZoomPerson | None = None, *products: ZoomProduct) -> Page:
        """Go the whole way, and read how it came out."""
        return self.browser.follow(self.consent(self.press(*products), person))
