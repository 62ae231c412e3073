"""One line for each check, and the closing count."""

from __future__ import annotations

import time
from collections.abc import Callable


class ContractBroken(Exception):
    """A client saw something else than it would see at Salesforce."""


class Report:
    """Runs checks and counts how they end."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, client: str, sentence: str, action: Callable[[], None]) -> None:
        """Run one check and print how it ended.

        Args:
            client: Name of the client that is run.
            sentence: What is checked, as a sentence without a full stop.
            action: The check; it raises if the sentence is not true.
        """
        started = time.monotonic()
        reason = ""
        try:
            action()
        # A check may fail in any way that a foreign client can; none may stop the others.
        except Exception as error:
            reason = f"\n        {type(error).__name__}: {error}"
        self.record(client, sentence, time.monotonic() - started, reason)

    def record(self, client: str, sentence: str, seconds: float, reason: str = "") -> None:
        """Count a check that has been run; a reason means that it failed."""
        self.failed += bool(reason)
        self.passed += not reason
        verdict = "FAILED" if reason else "ok    "
        print(f"{verdict} {client}: {sentence} ({seconds:.1f} s){reason}", flush=True)

    def close(self) -> int:
        """Print the count and return the exit code."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def expect(actual: object, expected: object, what: str) -> None:
    """Compare what a client reports with what it should.

    Raises:
        ContractBroken: They differ.
    """
    if actual != expected:
        raise ContractBroken(f"{what}: expected {expected!r}, got {actual!r}")


def expect_part(text: object, part: str, what: str) -> None:
    """Look for a text in what a client reports.

    Raises:
        ContractBroken: It is not there.
    """
    if part not in str(text):
        raise ContractBroken(f"{what}: expected {part!r} in {str(text)[:500]!r}")
