"""A plain HTTP client for one simulated org, and the assertions that log it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

API = "/services/data/v62.0"
TOKEN_PATH = "/services/oauth2/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CONSUMER_KEY = "test-consumer-key"


@dataclass
class FixedClock:
    """A clock that moves only when told."""

    seconds: float = 1_700_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.seconds += seconds


@dataclass
class Assertions:
    """Signs JWT bearer assertions."""

    key: RSAPrivateKey
    clock: FixedClock

    def sign(self, username: str, **claims: object) -> str:
        """Return an assertion for production that is valid for three minutes."""
        payload = {
            "iss": CONSUMER_KEY,
            "sub": username,
            "aud": "https://login.salesforce.com",
            "exp": int(self.clock()) + 180,
            **claims,
        }
        return jwt.encode(payload, self.key, algorithm="RS256")


@dataclass
class OrgClient:
    """Talks to one host of the simulator."""

    base_url: str
    host: str
    token: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request with the org's Host header and token."""
        headers = {"Host": self.host, **options.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.session.trust_env = False
        return self.session.request(
            method, self.base_url + path, headers=headers, timeout=10, **options
        )

    def get(self, path: str, **options: Any) -> requests.Response:
        """Send GET."""
        return self.request("GET", path, **options)

    def query(self, soql: str) -> requests.Response:
        """Ask the REST API."""
        return self.get(f"{API}/query", params={"q": soql})

    def tooling(self, soql: str) -> requests.Response:
        """Ask the Tooling API."""
        return self.get(f"{API}/tooling/query", params={"q": soql})

    def records(self, soql: str) -> list[dict[str, Any]]:
        """Ask the REST API and return the records without their attributes."""
        return _plain(self.query(soql))

    def tooling_records(self, soql: str) -> list[dict[str, Any]]:
        """Ask the Tooling API and return the records without their attributes."""
        return _plain(self.tooling(soql))

    def composite(self, *subrequests: dict[str, Any], **options: Any) -> requests.Response:
        """Send a composite request."""
        body = {"compositeRequest": list(subrequests), **options}
        return self.request("POST", f"{API}/composite", json=body)

    def login(self, form: dict[str, str], **options: Any) -> requests.Response:
        """Ask for a token."""
        return self.request("POST", TOKEN_PATH, data=form, **options)

    def login_with(self, assertion: str, **options: Any) -> requests.Response:
        """Ask for a token with an assertion."""
        return self.login({"grant_type": JWT_BEARER, "assertion": assertion}, **options)


def error_code(response: requests.Response) -> tuple[int, str]:
    """Return status and errorCode of a REST error array."""
    (error,) = response.json()
    return response.status_code, error["errorCode"]


def oauth_error(response: requests.Response) -> tuple[int, str, str | None]:
    """Return status, error and description of an OAuth error object."""
    body = response.json()
    return response.status_code, body["error"], body.get("error_description")


def _plain(response: requests.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return [without_attributes(record) for record in response.json()["records"]]


def without_attributes(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without the attributes of itself and of its parents."""
    return {
        name: without_attributes(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if name != "attributes"
    }
