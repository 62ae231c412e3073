"""Drives Python clients of Zoom and of OAuth. Runs in an environment of their own.

So it imports nothing of this project. Takes an order a line on standard input and answers with a
line of JSON each; an order names the library and what it shall do.
"""

# The libraries ship little type information, and are not installed where this project is checked.
# mypy: ignore-errors

from __future__ import annotations

import json
import logging
import os
import sys

import pyzoom.oauth
import zoomus
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from pyzoom import ZoomClient as PyZoomClient
from requests_oauthlib import OAuth2Session as OAuthlibSession
from zoom_python_client.zoom_api_client import ZoomApiClient

BASE_URL = os.environ["BASE_URL"]
CALLBACK = os.environ["CALLBACK"]
APP = (os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
SERVER_APP = (os.environ["SERVER_CLIENT_ID"], os.environ["SERVER_CLIENT_SECRET"])
ACCOUNT = os.environ["ACCOUNT_ID"]
VERIFIER = "a-verifier-of-at-least-forty-three-characters"


class Authlib:
    """Authlib with PKCE; it keeps the token itself."""

    def __init__(self):
        """Prepare a session."""
        self._session = AuthlibSession(*APP, redirect_uri=CALLBACK, code_challenge_method="S256")

    def begin(self, _order):
        """Return where a person has to go."""
        url, _ = self._session.create_authorization_url(
            f"{BASE_URL}/oauth/authorize", code_verifier=VERIFIER
        )
        return {"url": url}

    def finish(self, order):
        """Exchange the code."""
        token = self._session.fetch_token(
            f"{BASE_URL}/oauth/token",
            code=order["code"],
            code_verifier=order.get("verifier", VERIFIER),
        )
        return {"scope": token["scope"]}

    def refresh(self, _order):
        """Rotate the tokens."""
        token = self._session.refresh_token(f"{BASE_URL}/oauth/token")
        return {"scope": token["scope"]}

    def me(self, _order):
        """Read the user."""
        return self._session.get(f"{BASE_URL}/v2/users/me").json()

    def revoke(self, _order):
        """End the grant."""
        token = self._session.token["access_token"]
        answer = self._session.revoke_token(f"{BASE_URL}/oauth/revoke", token=token)
        return answer.json()


class RequestsOAuthlib:
    """requests-oauthlib with PKCE."""

    def __init__(self):
        """Prepare a session."""
        self._session = OAuthlibSession(APP[0], redirect_uri=CALLBACK, pkce="S256")

    def begin(self, _order):
        """Return where a person has to go."""
        url, _ = self._session.authorization_url(f"{BASE_URL}/oauth/authorize")
        return {"url": url}

    def finish(self, order):
        """Exchange the code."""
        token = self._session.fetch_token(
            f"{BASE_URL}/oauth/token", code=order["code"], client_secret=APP[1]
        )
        return {"scope": " ".join(token["scope"])}

    def refresh(self, _order):
        """Rotate the tokens."""
        token = self._session.refresh_token(f"{BASE_URL}/oauth/token", auth=APP)
        return {"scope": " ".join(token["scope"])}

    def me(self, _order):
        """Read the user."""
        return self._session.get(f"{BASE_URL}/v2/users/me").json()


class PyZoom:
    """pyzoom, which knows Zoom's real addresses only and does without PKCE."""

    def __init__(self):
        """Start without tokens."""
        self._tokens = {}

    def begin(self, _order):
        """Return where a person has to go; pyzoom builds it in its wizard, for a keyboard."""
        query = f"response_type=code&client_id={APP[0]}&redirect_uri={CALLBACK}"
        return {"url": f"https://zoom.us/oauth/authorize?{query}"}

    def finish(self, order):
        """Exchange the code."""
        self._tokens = pyzoom.oauth.request_tokens(*APP, CALLBACK, order["code"])
        return {"scope": self._tokens["scope"]}

    def refresh(self, _order):
        """Rotate the tokens."""
        self._tokens = pyzoom.oauth.refresh_tokens(*APP, self._tokens["refresh_token"])
        return {"scope": self._tokens["scope"]}

    def me(self, _order):
        """Read the user."""
        client = PyZoomClient(self._tokens["access_token"], self._tokens["refresh_token"])
        return client.raw.get("/users/me").json()

    def users(self, _order):
        """List users."""
        client = PyZoomClient(self._tokens["access_token"], self._tokens["refresh_token"])
        return client.raw.get("/users").json()


class ZoomUs:
    """zoomus, server-to-server, with the simulator's own address."""

    def _client(self):
        return zoomus.ZoomClient(
            *SERVER_APP,
            ACCOUNT,
            base_uri=f"{BASE_URL}/v2",
            oauth_uri=f"{BASE_URL}/oauth/token",
        )

    def users(self, _order):
        """List users."""
        return self._client().user.list().json()

    def user(self, order):
        """Read a user."""
        return self._client().user.get(id=order["id"]).json()


class ZoomPythonClient:
    """zoom-python-client, server-to-server, with parameters in the address."""

    def user(self, order):
        """Read a user."""
        return ZoomApiClient(ACCOUNT, *SERVER_APP).users.get_user(order["id"])


LIBRARIES = {
    "Authlib": Authlib(),
    "requests-oauthlib": RequestsOAuthlib(),
    "pyzoom": PyZoom(),
    "zoomus": ZoomUs(),
    "zoom-python-client": ZoomPythonClient(),
}


def main():
    """Carry out orders until there are no more."""
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = getattr(LIBRARIES[order["library"]], order["action"])(order)
        # Whatever a library raises is what its users see.
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
