"""Attempts at authorizing in memory."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime

from zoom_migrator.domain.authorization import (
    AttemptResult,
    AttemptStatus,
    AuthorizationAttempt,
)
from zoom_migrator.domain.errors import ConcurrentModification


class InMemoryAttemptRepository:
    """An :class:`~zoom_migrator.oauth_ports.AttemptRepository` that lasts as long as the process.

    Nothing is ever deleted, as if the table's time to live were always late.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: dict[str, AuthorizationAttempt] = {}

    @property
    def stored(self) -> list[AuthorizationAttempt]:
        """Every attempt, in the order they were begun."""
        with self._lock:
            return list(self._attempts.values())

    def create(self, attempt: AuthorizationAttempt) -> AuthorizationAttempt:
        """See the port."""
        created = replace(attempt, revision=1)
        with self._lock:
            if attempt.state_hash in self._attempts:
                raise ConcurrentModification("There is an attempt with this state.")
            self._attempts[attempt.state_hash] = created
        return created

    def get(self, state_hash: str) -> AuthorizationAttempt | None:
        """See the port."""
        with self._lock:
            return self._attempts.get(state_hash)

    def consume(
        self, attempt: AuthorizationAttempt, *, code_hash: str, now: datetime
    ) -> AuthorizationAttempt | None:
        """See the port."""
        with self._lock:
            stored = self._attempts.get(attempt.state_hash)
            if stored is None or stored.status is not AttemptStatus.ISSUED:
                return None
            if now >= stored.expires_at:
                return None
            consumed = stored.consumed(code_hash, at=now)
            self._attempts[attempt.state_hash] = consumed
            return consumed

    def end(self, attempt: AuthorizationAttempt, result: AttemptResult) -> AuthorizationAttempt:
        """See the port."""
        with self._lock:
            stored = self._attempts.get(attempt.state_hash)
            if stored is None or stored.status is not AttemptStatus.CONSUMED:
                raise ConcurrentModification("The attempt has ended, or was never consumed.")
            ended = stored.ended(result)
            self._attempts[attempt.state_hash] = ended
            return ended
