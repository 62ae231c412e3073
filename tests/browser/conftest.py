"""Chromium in front of the real pages: stores in memory, HTTP over the local gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from local.gateway import Gateway, Handlers
from tests.adapters.web.authorize_pages import AUTHORIZE_PAGES
from tests.adapters.web.desk import AnswerDesk, Desk
from tests.adapters.web.keys_pages import KEYS_PAGES
from tests.adapters.web.mute_pages import MUTE_PAGES
from tests.approvals import a_waiting_migration
from tests.builders import a_finding, an_approval
from tests.questions import Questioned
from tests.visits import Page as Answer
from zoom_migrator.domain.approval import Terms

ROOT: Final = Path(__file__).resolve().parents[2]
DEVICES: Final[dict[str, ViewportSize]] = {
    "phone": {"width": 360, "height": 740},
    "desk": {"width": 1_000, "height": 900},
}
type AnyDesk = AnswerDesk[Questioned]
type Opener = Callable[..., Page]
type Show = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser for the whole ring, which so has to run in one process."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture
def desk() -> Desk:
    """A desk at which an admin is asked, with terms to read and a warning to heed."""
    terms = Terms("2024-05", "https://terms.example/zoom")
    approval = replace(an_approval(), terms=terms)
    return Desk.asking(a_waiting_migration(approval=approval, findings=(a_finding(),)))


@pytest.fixture
def gateway(desk: AnyDesk) -> Iterator[Gateway]:
    with Gateway(Handlers({desk.route: desk.handle})) as gateway:
        yield gateway


@pytest.fixture
def address(gateway: Gateway, desk: AnyDesk) -> str:
    """The address that the admin gets."""
    return gateway.base_url + desk.route.replace("{link}", desk.link)


class Strictness:
    """What browsers complain about, and whom they ask."""

    def __init__(self, *allowed: str) -> None:
        self._allowed = allowed
        self.complaints: list[str] = []
        self.strangers: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self._hear(message.type, message.text))
        context.on("request", lambda request: self._see(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _hear(self, kind: str, text: str) -> None:
        # That an answer has an error's status is no complaint about the page.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.complaints.append(text)

    def _see(self, url: str) -> None:
        if not url.startswith(self._allowed):
            self.strangers.append(url)


@pytest.fixture
def strictness(gateway: Gateway) -> Iterator[Strictness]:
    """Nothing may be complained about, and nobody else asked; tests may expect otherwise."""
    watched = Strictness(gateway.base_url)
    yield watched
    assert watched.complaints == []
    assert watched.strangers == []


@pytest.fixture
def open_page(chromium: Browser, address: str, strictness: Strictness) -> Iterator[Opener]:
    """Opens the link in a browser of its own, set up as told."""
    contexts: list[BrowserContext] = []

    def open_page(
        *, width: int = 1_000, height: int = 900, tab_of: Page | None = None, **settings: Any
    ) -> Page:
        if tab_of is None:
            viewport: Any = {"width": width, "height": height}
            context = chromium.new_context(viewport=viewport, **settings)
            context.set_default_timeout(10_000)
            strictness.watch(context)
            contexts.append(context)
        else:
            context = tab_of.context
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


class Evil:
    """A site that somebody with the link visits.

    Attributes:
        body: What its only page is made of.
    """

    def __init__(self) -> None:
        self.address = ""
        self.body = ""

    def answer(self, _event: dict[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "text/html"}
        return {"statusCode": 200, "headers": headers, "body": self.body}


@pytest.fixture
def evil() -> Iterator[Evil]:
    evil = Evil()
    with Gateway(Handlers({"/": evil.answer})) as gateway:
        # Another host than localhost, and so another site.
        evil.address = gateway.base_url.replace("localhost", "127.0.0.1")
        yield evil


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where pictures of pages go, for people to look at."""
    folder = ROOT / ".local" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def answers() -> dict[str, Answer]:
    """Pages as they were answered once, by name."""
    pages = {**AUTHORIZE_PAGES, **KEYS_PAGES, **MUTE_PAGES}
    return {name: make() for name, make in pages.items()}


@pytest.fixture(scope="session")
def shelf(answers: dict[str, Answer]) -> Iterator[Gateway]:
    """The pages as they were answered, each at an address of its own."""
    names = list(answers)

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        answer = answers[names[int(event["pathParameters"]["number"])]]
        return {"statusCode": answer.status, "headers": answer.headers, "body": answer.html}

    with Gateway(Handlers({"/{number}": handle})) as gateway:
        yield gateway


@pytest.fixture
def show(chromium: Browser, shelf: Gateway, answers: dict[str, Answer]) -> Iterator[Show]:
    """Opens a page of the shelf in a browser that is set up as told."""
    contexts = []

    def show(name: str, *, device: str = "desk", scheme: Any = "light") -> Page:
        context = chromium.new_context(viewport=DEVICES[device], color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{shelf.base_url}/{list(answers).index(name)}")
        return page

    yield show
    for context in contexts:
        context.close()
