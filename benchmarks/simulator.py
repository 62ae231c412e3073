"""The Salesforce simulator as a process of its own, with a fleet in it."""

from __future__ import annotations

import json
import secrets
import ssl
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import certifi
import jwt

from benchmarks import fleet
from benchmarks.order import Member
from benchmarks.processes import server
from contract import credentials

LATENCY_MS: Final = 150
_HOSTS: Final = (f"*.{fleet.DOMAIN}", "login.salesforce.com")
_JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator.

    Attributes:
        address: Where it listens.
        authority: File of the certificate authority that signed its certificate.
        trusted: The same beside all public authorities, which is what clients usually load.
        private_key: File of the key that clients log in with.
    """

    address: str
    authority: Path
    trusted: Path
    private_key: Path
    consumer_key: str

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 it listens on."""
        return urlsplit(self.address).port or 0

    def secret(self) -> str:
        """What the stack's Salesforce secret has to hold."""
        key = self.private_key.read_text("ascii")
        return json.dumps({"consumer_key": self.consumer_key, "private_key": key})

    def forget_requests(self) -> None:
        """Begin to count anew."""
        self._call("/_simulator/requests", "DELETE")

    def requests(self) -> int:
        """How many requests came in since then."""
        return int(self._call("/_simulator/requests", "GET")["total"])

    def access_token(self, member: Member) -> str:
        """A session of an org, for clients that are handed one."""
        claims = {
            "iss": self.consumer_key,
            "sub": member.username,
            "aud": "https://login.salesforce.com",
            "exp": int(time.time()) + 180,
        }
        assertion = jwt.encode(claims, self.private_key.read_bytes(), algorithm="RS256")
        form = urlencode({"grant_type": _JWT_BEARER, "assertion": assertion})
        return str(self._call("/services/oauth2/token", "POST", form)["access_token"])

    def _call(self, path: str, method: str, form: str | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - always this machine's loopback address
            self.address + path, data=form.encode() if form else None, method=method
        )
        tls = ssl.create_default_context(cafile=str(self.authority))
        with urllib.request.urlopen(  # noqa: S310
            request, timeout=_SECONDS, context=tls
        ) as answer:
            return json.load(answer)


@contextmanager
def running(size: int, *, with_tls: bool) -> Iterator[Simulator]:
    """Run a simulator whose fleet has this many orgs; keys and certificates last as long.

    Raises:
        BenchmarkFailed: It did not start.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        scratch = Path(folder)
        made = credentials.make(scratch, secrets.token_urlsafe(24), _HOSTS)
        certificate, orgs, trusted = (scratch / name for name in ("app.crt", "orgs.json", "ca.crt"))
        certificate.write_bytes(made.certificate)
        orgs.write_text(fleet.world(size, latency_ms=LATENCY_MS))
        trusted.write_bytes(Path(certifi.where()).read_bytes() + made.authority.read_bytes())
        key = credentials.CONSUMER_KEY
        arguments = ["--orgs", str(orgs), "--public-key", str(certificate), "--consumer-key", key]
        if with_tls:
            arguments += ["--tls-certificate", str(made.server_certificate)]
            arguments += ["--tls-key", str(made.server_key)]
        with server("local.salesforce", arguments, {}) as address:
            yield Simulator(address, made.authority, trusted, made.private_key, key)
