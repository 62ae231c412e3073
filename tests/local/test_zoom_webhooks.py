"""Events that Zoom posts: removal of an app, and the challenge of an address."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import ValidationError

from local.zoom import AppKind, Person, SimulatedApp, ZoomSimulator
from local.zoom.webhooks import signature
from tests.local.clients import FixedClock
from tests.local.zoom_client import ADMIN, ZoomClient

OWNER = "owner@acme.example"


@dataclass
class Endpoint:
    """An app's webhook address: remembers what came, and answers challenges as told."""

    secret: str
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    spoil: bool = False
    url: str = ""

    def answer(self, headers: dict[str, str], body: bytes) -> bytes:
        self.received.append((headers, body))
        plain = json.loads(body)["payload"].get("plainToken")
        if plain is None:
            return b""
        encrypted = hmac.new(self.secret.encode(), plain.encode(), hashlib.sha256).hexdigest()
        told = {"plainToken": plain, "encryptedToken": "no" if self.spoil else encrypted}
        return json.dumps(told).encode()

    def is_genuine(self) -> bool:
        headers, body = self.received[-1]
        expected = signature(self.secret, headers["x-zm-request-timestamp"], body)
        return hmac.compare_digest(headers["x-zm-signature"], expected)


@pytest.fixture
def endpoint(zoom_app: SimulatedApp) -> Iterator[Endpoint]:
    made = Endpoint(zoom_app.webhook_secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = made.answer(headers, body)
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        made.url = zoom_app.webhook_url = f"http://127.0.0.1:{server.server_port}/webhook"
        yield made
        server.shutdown()
        thread.join()


def test_an_app_that_is_removed_is_told(
    zoom: ZoomSimulator,
    zoom_client: ZoomClient,
    zoom_app: SimulatedApp,
    endpoint: Endpoint,
    clock: FixedClock,
) -> None:
    grant = zoom.issue_tokens(ADMIN, zoom_app)
    delivered = zoom.remove_app(ADMIN, zoom_app)
    assert delivered is not None
    assert delivered.status == 200
    assert zoom_client.me(grant).status_code == 401
    ((headers, body),) = endpoint.received
    assert endpoint.is_genuine()
    assert headers["x-zm-request-timestamp"] == str(int(clock()))
    event = json.loads(body)
    assert event["event"] == "app_deauthorized"
    assert event["event_ts"] == clock() * 1000
    payload = event["payload"]
    assert len(payload.pop("signature")) == 64
    assert payload == {
        "account_id": zoom.account("Acme").account_id,
        "client_id": zoom_app.client_id,
        "user_id": zoom.person(ADMIN).user_id,
        "deauthorization_time": "2023-11-14T22:13:20.000Z",
        "user_data_retention": None,
    }


def test_an_event_can_be_forged(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, endpoint: Endpoint
) -> None:
    zoom.issue_tokens(ADMIN, zoom_app)
    zoom.remove_app(ADMIN, zoom_app, forged=True)
    assert not endpoint.is_genuine()


def test_an_event_can_be_old(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, endpoint: Endpoint, clock: FixedClock
) -> None:
    zoom.remove_app(ADMIN, zoom_app, age_seconds=600)
    assert endpoint.is_genuine()
    assert endpoint.received[0][0]["x-zm-request-timestamp"] == str(int(clock()) - 600)


def test_an_event_can_go_to_another_address(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, endpoint: Endpoint
) -> None:
    zoom_app.webhook_url = None
    assert zoom.remove_app(ADMIN, zoom_app, url=endpoint.url) is not None
    assert zoom.problem_of_webhook(zoom_app, url=endpoint.url) == ""
    assert endpoint.is_genuine()


def test_an_event_can_tell_what_did_not_happen(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, endpoint: Endpoint
) -> None:
    grant = zoom.issue_tokens(ADMIN, zoom_app)
    delivered = zoom.tell(zoom_app, "app_deauthorized", email=ADMIN)
    assert (delivered.status, endpoint.is_genuine()) == (200, True)
    assert json.loads(endpoint.received[0][1])["payload"]["client_id"] == zoom_app.client_id
    assert zoom_client.me(grant).status_code == 200


def test_a_challenge_can_be_forged(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, endpoint: Endpoint
) -> None:
    zoom.tell(zoom_app, "endpoint.url_validation", forged=True)
    assert not endpoint.is_genuine()


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"event": "app_deauthorized", "email": ADMIN, "url": "http://x.example/"}, "loopback"),
        ({"event": "user.created", "email": ADMIN}, "app_deauthorized"),
        ({"event": "app_deauthorized", "email": "nobody@acme.example"}, "nobody@acme.example"),
    ],
)
def test_a_bad_order_for_an_event_is_refused(
    zoom: ZoomSimulator,
    zoom_app: SimulatedApp,
    endpoint: Endpoint,
    order: dict[str, str],
    error: str,
) -> None:
    with pytest.raises((ValueError, KeyError), match=error):
        zoom.tell(zoom_app, order.pop("event"), **order)
    assert endpoint.received == []


def test_an_event_can_be_ordered_with_the_control_api_and_on_its_page(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, endpoint: Endpoint
) -> None:
    address = f"/_simulator/apps/{zoom_app.client_id}/events"
    order = {"event": "app_deauthorized", "email": ADMIN, "url": ""}
    assert zoom_client.request("POST", address, json=order).json() == {"status": 200}
    challenged = zoom_client.request(
        "POST", address, data=order | {"event": "endpoint.url_validation", "forged": "on"}
    )
    assert challenged.json() == {"valid": True, "problem": ""}
    assert not endpoint.is_genuine()
    zoom.issue_tokens(ADMIN, zoom_app)
    with Person(ADMIN) as somebody:
        page = somebody.open(f"{zoom_client.base_url}/_simulator/")
        assert "200" in somebody.press(page, "Say that the app was removed").text
    assert endpoint.is_genuine()
    assert len(endpoint.received) == 3


@pytest.mark.parametrize("reason", ["not published", "no address", "quietly"])
def test_nobody_is_told(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, endpoint: Endpoint, reason: str
) -> None:
    zoom_app.published = reason != "not published"
    if reason == "no address":
        zoom_app.webhook_url = None
    assert zoom.remove_app(ADMIN, zoom_app, notify=reason != "quietly") is None
    assert endpoint.received == []


def test_removing_an_account_level_app_ends_the_tokens_of_all_admins(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp
) -> None:
    owner = zoom.issue_tokens(OWNER, zoom_app)
    zoom.issue_tokens(ADMIN, zoom_app)
    zoom.remove_app(ADMIN, zoom_app)
    assert zoom_client.me(owner).status_code == 401
    # The other admin's page still says that the app is installed.
    assert (zoom_app.client_id, zoom.person(OWNER).user_id) in zoom.world.installed


def test_removing_a_user_level_app_ends_the_tokens_of_one_user(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp
) -> None:
    zoom_app.kind = AppKind.USER
    owner = zoom.issue_tokens(OWNER, zoom_app)
    admin = zoom.issue_tokens(ADMIN, zoom_app)
    zoom.remove_app(ADMIN, zoom_app)
    assert zoom_client.me(admin).status_code == 401
    assert zoom_client.me(owner).status_code == 200


def test_removing_an_app_on_its_page_tells_it_too(
    zoom: ZoomSimulator, zoom_client: ZoomClient, endpoint: Endpoint
) -> None:
    with Person(ADMIN) as admin:
        admin.consent(zoom_client.authorize_url())
        page = admin.open(f"{zoom.base_url}/marketplace/installed")
        assert "not added any" in admin.press(page, "Remove").text
    assert endpoint.is_genuine()


def test_an_app_that_is_told_may_ask_back(
    zoom: ZoomSimulator, zoom_client: ZoomClient, zoom_app: SimulatedApp, endpoint: Endpoint
) -> None:
    grant = zoom.issue_tokens(ADMIN, zoom_app)
    asked: list[int] = []
    told = endpoint.answer

    def ask_back(headers: dict[str, str], body: bytes) -> bytes:
        asked.append(zoom_client.refresh(grant.refresh_token).status_code)
        return told(headers, body)

    endpoint.answer = ask_back  # type: ignore[method-assign]
    delivered = zoom.remove_app(ADMIN, zoom_app)
    assert delivered is not None
    assert (delivered.status, asked) == (200, [400])


def test_an_address_that_answers_the_challenge_is_valid(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, endpoint: Endpoint
) -> None:
    assert zoom.problem_of_webhook(zoom_app) == ""
    assert endpoint.is_genuine()
    assert json.loads(endpoint.received[0][1])["event"] == "endpoint.url_validation"


@pytest.mark.parametrize(
    ("status", "spoil", "problem"),
    [(202, False, "status 202"), (200, True, "not what was expected"), (500, False, "status 500")],
)
def test_an_address_that_answers_otherwise_is_not(
    zoom: ZoomSimulator,
    zoom_app: SimulatedApp,
    endpoint: Endpoint,
    status: int,
    spoil: bool,
    problem: str,
) -> None:
    endpoint.status, endpoint.spoil = status, spoil
    assert problem in zoom.problem_of_webhook(zoom_app)


def test_an_address_that_talks_nonsense_is_not_valid(
    zoom: ZoomSimulator, zoom_app: SimulatedApp, endpoint: Endpoint
) -> None:
    endpoint.answer = lambda *_: b"<html>"  # type: ignore[method-assign]
    assert "not JSON" in zoom.problem_of_webhook(zoom_app)


def test_an_address_where_nobody_listens_is_not_valid(
    zoom: ZoomSimulator, zoom_app: SimulatedApp
) -> None:
    zoom_app.webhook_url = "http://127.0.0.1:9/webhook"
    assert "no answer" in zoom.problem_of_webhook(zoom_app)


def test_an_app_without_an_address_cannot_be_challenged(
    zoom: ZoomSimulator, zoom_app: SimulatedApp
) -> None:
    with pytest.raises(ValueError, match="no webhook address"):
        zoom.problem_of_webhook(zoom_app)


def test_events_go_to_this_machine_only(zoom_app: SimulatedApp) -> None:
    for url in ("https://example.com/webhook", "http://127.0.0.1.example.com/"):
        with pytest.raises(ValidationError, match="loopback"):
            zoom_app.webhook_url = url


def test_the_encrypted_token_is_that_of_zooms_own_sdk() -> None:
    # What @zoom/rivet 0.4.0 answers to this challenge with this secret.
    encrypted = hmac.new(b"whsec_lab", b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
    assert encrypted == "343d4b0c54195c3233aa36a36e1304c8859f0661911080fdce6debd1f59cbbd6"


def test_events_need_a_running_simulator(zoom_app: SimulatedApp) -> None:
    idle = ZoomSimulator()
    zoom_app.webhook_url = "http://127.0.0.1:9/webhook"
    with pytest.raises(RuntimeError, match="not running"):
        idle.problem_of_webhook(zoom_app)
