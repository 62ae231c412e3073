"""Counts how attempts at authorizing come out, where it becomes true: as it is stored."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.domain.authorization import AttemptResult, AuthorizationAttempt
from zoom_migrator.oauth_ports import AttemptRepository
from zoom_migrator.observability import count


class CountedAttempts:
    """An :class:`~zoom_migrator.oauth_ports.AttemptRepository` that counts what another stores.

    Each outcome has a metric of its own, such as ``ConsentWrongEmail``.
    """

    def __init__(self, attempts: AttemptRepository) -> None:
        self._attempts = attempts

    def create(self, attempt: AuthorizationAttempt) -> AuthorizationAttempt:
        """See the port."""
        return self._attempts.create(attempt)

    def get(self, state_hash: str) -> AuthorizationAttempt | None:
        """See the port."""
        return self._attempts.get(state_hash)

    def consume(
        self, attempt: AuthorizationAttempt, *, code_hash: str, now: datetime
    ) -> AuthorizationAttempt | None:
        """See the port."""
        return self._attempts.consume(attempt, code_hash=code_hash, now=now)

    def end(self, attempt: AuthorizationAttempt, result: AttemptResult) -> AuthorizationAttempt:
        """See the port."""
        ended = self._attempts.end(attempt, result)
        count("Consent" + result.outcome.title().replace("_", ""))
        return ended
