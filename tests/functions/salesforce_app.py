"""The Salesforce app that the functions log in as, with secrets made anew for every run."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from local.salesforce import RunningOrg, SalesforceSimulator

# How access tokens of the platform (and of its simulator) look, and how signed assertions begin.
_TOKENS = re.compile(r"00D\w{12,15}!\S+|eyJ[\w-]{8,}\.\S*|Bearer \S+")


async def do_not_wait(_seconds: float) -> None:
    """Pass over a latency."""


@dataclass(frozen=True)
class SalesforceApp:
    """An External Client App and what proves to be it."""

    key: RSAPrivateKey
    consumer_key: str = field(default_factory=lambda: "3MVG9." + secrets.token_hex(16))
    consumer_secret: str = field(default_factory=lambda: secrets.token_hex(32))

    @property
    def private_key(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def secret(self) -> str:
        """The stack's Salesforce secret, filled."""
        return json.dumps(
            {
                "consumer_key": self.consumer_key,
                "private_key": self.private_key,
                "consumer_secret": self.consumer_secret,
            }
        )

    def simulator(
        self, sleep: Callable[[float], Awaitable[object]] = do_not_wait
    ) -> SalesforceSimulator:
        """Orgs that know this app; nobody waits for slow ones, unless told how."""
        return SalesforceSimulator(
            consumer_key=self.consumer_key,
            public_key_pem=self.key.public_key().public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
            ),
            consumer_secret=self.consumer_secret,
            sleep=sleep,
        )

    def secrets_in(self, text: str, orgs: Iterable[RunningOrg]) -> list[str]:
        """What of this text must not be there: credentials, tokens, keys stored in the orgs."""
        canaries = {
            self.consumer_secret,
            # A PEM's lines stand as they are in a JSON text too, where line ends are escaped.
            *(line for line in self.private_key.splitlines() if not line.startswith("-")),
            *(value for org in orgs for value in org.secret_values()),
        }
        return [canary for canary in canaries if canary in text] + [
            found[0] for found in _TOKENS.finditer(text)
        ]
