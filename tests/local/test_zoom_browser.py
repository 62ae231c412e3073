"""Zoom's pages in a real Chromium, under both names of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from local.zoom import SimulatedApp, ZoomSimulator
from tests.local.zoom_client import ADMIN, MEMBER, STATE, ZoomClient, query_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def callback(zoom_app: SimulatedApp) -> Iterator[str]:
    """The address of an app that people come back to; it is registered at Zoom."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Back at the app</title>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/oauth/callback"
        zoom_app.redirect_uris = [address]
        yield address
        server.shutdown()
        thread.join()


@pytest.fixture(params=["127.0.0.1", "localhost"])
def start(request: pytest.FixtureRequest, zoom_client: ZoomClient, callback: str) -> str:
    """Where the app sends people, with Zoom under one of its two names."""
    url = zoom_client.authorize_url(redirect_uri=callback)
    return url.replace("127.0.0.1", str(request.param), 1)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def test_a_person_signs_in_consents_and_comes_back(page: Page, start: str, callback: str) -> None:
    page.goto(start)
    page.get_by_role("button", name=ADMIN).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("asks for access")
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_title("Back at the app")
    assert page.url.partition("?")[0] == callback
    assert query_of(page.url)["state"] == STATE


def test_a_person_declines_and_comes_back(page: Page, start: str) -> None:
    page.goto(start)
    page.get_by_label("E-mail address").fill(ADMIN)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Decline").click()
    expect(page).to_have_title("Back at the app")
    assert query_of(page.url)["error"] == "access_denied"


def test_a_double_click_does_no_harm(page: Page, start: str, zoom: ZoomSimulator) -> None:
    page.goto(start)
    page.get_by_role("button", name=ADMIN).click()
    page.get_by_role("button", name="Authorize").dblclick()
    expect(page).to_have_title("Back at the app")
    assert len([value for value in zoom.world.mint.made if len(value) == 33]) == 1


def test_whoever_goes_back_can_authorize_again(page: Page, start: str) -> None:
    page.goto(start)
    page.get_by_role("button", name=ADMIN).click()
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_title("Back at the app")
    page.go_back()
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_title("Back at the app")
    assert "code" in query_of(page.url)


def test_whoever_may_not_add_the_app_switches_the_account(page: Page, start: str) -> None:
    page.goto(start)
    page.get_by_role("button", name=MEMBER).click()
    expect(page.get_by_text("An account admin is required")).to_be_visible()
    page.get_by_role("button", name="Switch account").click()
    page.get_by_role("button", name=ADMIN).click()
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_title("Back at the app")


def test_pages_need_no_script_and_load_nothing_else(chromium: Browser, start: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(start)
    page.get_by_role("button", name=ADMIN).click()
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_title("Back at the app")
    context.close()
    assert all("/oauth/" in url or url.endswith("/favicon.ico") for url in asked)
