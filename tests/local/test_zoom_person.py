"""The person without a browser: forms, cookies, and where it stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from local.zoom import Page, Person, SimulatedApp, StuckAtZoom, ZoomSimulator
from local.zoom.forms import forms_of
from tests.local.zoom_client import ADMIN, ZoomClient, query_of

FORM = """
<form method="post" action="/go">
<input type="hidden" name="a" value="1 &amp; 2"><input name="b">
<input type="checkbox" name="c" value="on" checked><input type="checkbox" name="c" value="off">
<input type="submit" name="d" value="Send"><button name="e" value="f">  Go
 <b>now</b> </button>
<input type="text">
</form>
<button>outside</button><input name="outside">
<form><button>Search</button></form>
"""


def test_a_form_is_read_as_a_browser_reads_it() -> None:
    form, other = forms_of(FORM)
    assert (form.action, form.method) == ("/go", "POST")
    assert form.fields == [("a", "1 & 2"), ("b", ""), ("c", "on")]
    assert [(one.name, one.value, one.text) for one in form.buttons] == [
        ("d", "Send", "Send"),
        ("e", "f", "Go now"),
    ]
    assert (other.method, other.fields) == ("GET", [])


@pytest.fixture
def app_site() -> Iterator[str]:
    """A site of an app: sets a cookie as apps do, shows what comes back, leads in circles."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.headers.get("Cookie", "none").encode()
            self.send_response(302 if self.path == "/circle" else 200)
            self.send_header("Location", "/circle")
            self.send_header("Set-Cookie", "__Host-flow=1; Path=/; Secure; HttpOnly; SameSite=Lax")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f":{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_secure_cookies_work_on_loopback_as_in_browsers(app_site: str, host: str) -> None:
    with Person(ADMIN) as admin:
        assert admin.open(f"http://{host}{app_site}/").text == "none"
        assert admin.open(f"http://{host}{app_site}/").text == "__Host-flow=1"


def test_redirects_in_a_circle_end(app_site: str) -> None:
    with Person(ADMIN) as admin, pytest.raises(requests.TooManyRedirects):
        admin.open(f"http://127.0.0.1{app_site}/circle")


def test_a_way_goes_on_at_the_site_it_leads_to(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp
) -> None:
    with Person(ADMIN) as admin:
        page = admin.open(f"{zoom.base_url}/marketplace/{zoom_app.client_id}/add")
        assert page.left_for is None
        page = admin.press(admin.press(page, ADMIN), "Authorize")
        assert page.left_for is not None
        assert "code" in query_of(page.left_for)


def test_a_button_that_is_not_there_is_an_error(zoom_client: ZoomClient) -> None:
    with Person(ADMIN) as admin, pytest.raises(KeyError, match="no button 'Pay'"):
        admin.press(admin.open(zoom_client.authorize_url()), "Pay")


def test_a_page_at_which_one_is_stuck_tells_no_secret() -> None:
    page = Page("http://127.0.0.1/oauth/authorize", 404, "<title>Oops</title> secret", "secret")
    assert str(StuckAtZoom(page)) == "404: Oops"
    assert "secret" not in repr(page)
