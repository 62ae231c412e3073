"""The Salesforce app of the demo: made anew each time, so no key is ever kept."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.salesforce import SalesforceSimulator


class ConnectedApp:
    """The app that every simulated org knows, and the key that the product logs in with."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.consumer_key = "demo." + secrets.token_hex(16)
        self.consumer_secret = secrets.token_hex(32)

    def simulator(self) -> SalesforceSimulator:
        """A Salesforce that knows this app."""
        public_key = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return SalesforceSimulator(
            consumer_key=self.consumer_key,
            public_key_pem=public_key,
            consumer_secret=self.consumer_secret,
        )

    @contextlib.contextmanager
    def private_key_file(self) -> Iterator[Path]:
        """The private key in a file that only this user can read, for as long as it is needed."""
        with tempfile.TemporaryDirectory(prefix="zoom-migrator-") as folder:
            file = Path(folder) / "demo.key"
            file.touch(mode=0o600)
            file.write_bytes(
                self._key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            yield file
