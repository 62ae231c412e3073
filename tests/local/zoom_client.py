"""A world of Zoom accounts for tests, and a plain HTTP client of one app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from local.zoom import (
    Grant,
    Product,
    Role,
    SimulatedAccount,
    SimulatedApp,
    SimulatedPerson,
    SimulatedZoom,
    s256,
)

CALLBACK = "http://localhost:8080/oauth/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters"
STATE = "state with spaces & signs = %20 ü"
ADMIN = "zoom.admin@acme.example"
MEMBER = "member@acme.example"
STRANGER = "admin@other.example"


def a_world() -> SimulatedZoom:
    """Two accounts, the second without Phone and Webinar, and one app of the migrator's kind."""
    acme = SimulatedAccount(
        name="Acme",
        people=[
            SimulatedPerson(email="owner@acme.example", role=Role.OWNER),
            SimulatedPerson(email=ADMIN),
            SimulatedPerson(email=MEMBER, role=Role.MEMBER),
        ],
    )
    other = SimulatedAccount(
        name="Other", products=[Product.MEETINGS], people=[SimulatedPerson(email=STRANGER)]
    )
    return SimulatedZoom(accounts=[acme, other], apps=[SimulatedApp(redirect_uris=[CALLBACK])])


def query_of(url: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


@dataclass
class ZoomClient:
    """Talks to the simulator as one app does."""

    base_url: str
    app: SimulatedApp
    session: requests.Session = field(default_factory=requests.Session)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request."""
        self.session.trust_env = False
        return self.session.request(
            method, self.base_url + path, timeout=10, allow_redirects=False, **options
        )

    def authorize_url(self, **changes: str | None) -> str:
        """Return where the app sends people; None takes a parameter away."""
        given: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": CALLBACK,
            "state": STATE,
            "code_challenge": s256(VERIFIER),
            "code_challenge_method": "S256",
            **changes,
        }
        query = {name: value for name, value in given.items() if value is not None}
        return f"{self.base_url}/oauth/authorize?{urlencode(query)}"

    def token(self, form: dict[str, str], **options: Any) -> requests.Response:
        """Ask the token endpoint, with the app's credentials in the header."""
        options.setdefault("auth", (self.app.client_id, self.app.client_secret))
        return self.request("POST", "/oauth/token", data=form, **options)

    def exchange(self, code: str, **changes: str) -> requests.Response:
        """Exchange a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.token(form)

    def refresh(self, refresh_token: str, **options: Any) -> requests.Response:
        """Rotate tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.token(form, **options)

    def get(self, path: str, access: str | Grant, **options: Any) -> requests.Response:
        """Call the REST API."""
        token = access.access_token if isinstance(access, Grant) else access
        headers = {"Authorization": f"Bearer {token}"}
        return self.request("GET", path, headers=headers, **options)

    def me(self, access: str | Grant) -> requests.Response:
        """Ask who the token's user is."""
        return self.get("/v2/users/me", access)


def refusal(answer: requests.Response) -> tuple[int, str, str | None]:
    """Return status, error and reason of a refusal by the token endpoint."""
    body = answer.json()
    assert set(body) <= {"error", "reason"}
    return answer.status_code, body["error"], body.get("reason")


def api_error(answer: requests.Response) -> tuple[int, int, str]:
    """Return status, code and message of a refusal by the REST API."""
    body = answer.json()
    return answer.status_code, body["code"], body["message"]
