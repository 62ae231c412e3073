"""Sealed tokens of grants, kept as long as the process."""

from __future__ import annotations

import secrets
import threading

from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.grant import GrantSubject, TokenPair


class InMemoryGrantVault:
    """A :class:`~zoom_migrator.oauth_ports.GrantVault` that keeps tokens and hands out receipts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pairs: dict[tuple[str, GrantSubject], TokenPair] = {}

    def seal(self, pair: TokenPair, *, subject: GrantSubject) -> str:
        """See the port."""
        receipt = secrets.token_urlsafe()
        with self._lock:
            self._pairs[receipt, subject] = pair
        return receipt

    def open(self, sealed: str, *, subject: GrantSubject) -> TokenPair:
        """See the port."""
        with self._lock:
            pair = self._pairs.get((sealed, subject))
        if pair is None:
            raise InvariantViolation(
                f"The stored tokens of grant {subject.grant_id} were not sealed for it, or are "
                "damaged."
            )
        return pair
