"""The Zoom simulator as a process of its own, with an account for each consent."""

from __future__ import annotations

import json
import secrets
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.processes import server
from local.zoom.ids import derived_id
from zoom_migrator.domain.authorization import pkce_challenge

BASE_URL: Final = "https://migrator.example"
_REDIRECT_URI: Final = BASE_URL + "/oauth/callback"
LATENCY_MS: Final = 50
_APP: Final = "Zoom OAuth Migrator"
_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Zoom:
    """A running simulator.

    Attributes:
        address: Where it listens.
    """

    address: str
    client_id: str
    client_secret: str = field(repr=False)

    def secret(self) -> str:
        """What the stack's Zoom secret has to hold."""
        return json.dumps({"client_id": self.client_id, "client_secret": self.client_secret})

    def code(self, email: str, verifier: str) -> str:
        """Let somebody consent without pages."""
        order = {
            "client_id": self.client_id,
            "email": email,
            "redirect_uri": _REDIRECT_URI,
            "code_challenge": pkce_challenge(verifier),
        }
        request = urllib.request.Request(  # noqa: S310 - always this machine's loopback address
            f"{self.address}/_simulator/codes", data=json.dumps(order).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return str(json.load(answer)["code"])


def admin(number: int) -> str:
    """E-mail address of the Zoom admin who consents for the n-th org."""
    return f"admin{number}@bench.example"


@contextmanager
def running(people: int) -> Iterator[Zoom]:
    """Run a simulator for this many consents, each of somebody else in another account.

    Zoom keeps one live grant for each user and app, and counts calls by account.

    Raises:
        BenchmarkFailed: It did not start.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        world = Path(folder) / "zoom.json"
        world.write_text(_world(people))
        client_secret = secrets.token_urlsafe(24)
        variables = {"SIMULATOR_CLIENT_SECRET": client_secret}
        with server("local.zoom", ["--world", str(world)], variables) as address:
            yield Zoom(address, derived_id("app", _APP), client_secret)


def _world(people: int) -> str:
    return json.dumps(
        {
            "accounts": [
                {"name": f"Bench {number}", "people": [{"email": admin(number)}]}
                for number in range(people)
            ],
            "apps": [{"name": _APP, "redirect_uris": [_REDIRECT_URI]}],
            "faults": [
                {"kind": "latency", "phase": phase, "milliseconds": LATENCY_MS}
                for phase in ("token", "users_me", "settings")
            ],
        }
    )
