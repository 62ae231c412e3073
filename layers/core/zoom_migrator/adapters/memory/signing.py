"""Sealed task tokens and signed links, with keys that live as long as the process."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading

from zoom_migrator.domain.errors import InvariantViolation


class InMemoryTokenVault:
    """A :class:`~zoom_migrator.ports.TokenVault` that keeps the tokens and hands out receipts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, str, int], str] = {}

    def seal(self, task_token: str, *, org_id: str, attempt: int) -> str:
        """See the port."""
        if not task_token:
            raise InvariantViolation("An empty task token cannot be sealed.")
        receipt = secrets.token_urlsafe()
        with self._lock:
            self._tokens[receipt, org_id, attempt] = task_token
        return receipt

    def open(self, sealed: str, *, org_id: str, attempt: int) -> str:
        """See the port."""
        with self._lock:
            token = self._tokens.get((sealed, org_id, attempt))
        if token is None:
            raise InvariantViolation(
                f"The stored task token of org {org_id}, attempt {attempt}, was not sealed for "
                "it, or is damaged."
            )
        return token


class InMemoryLinkSigner:
    """A :class:`~zoom_migrator.ports.LinkSigner` with a key of its own."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes()

    def sign(self, claims: str) -> str:
        """See the port."""
        if not claims:
            raise InvariantViolation("An empty text cannot be signed.")
        return self._signature(claims)

    def is_genuine(self, claims: str, signature: str) -> bool:
        """See the port."""
        expected = self._signature(claims).encode()
        given = signature.encode(errors="surrogatepass")
        return bool(claims) and hmac.compare_digest(expected, given)

    def _signature(self, claims: str) -> str:
        message = claims.encode(errors="surrogatepass")
        mac = hmac.digest(self._key, message, hashlib.sha256)
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")
