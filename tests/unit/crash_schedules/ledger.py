"""What really happened in a run, by which process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.unit.crash_schedules.invariants import Invariants
from zoom_migrator.domain.errors import InvariantViolation


class Ledger(Invariants):
    """Watches what a world's ports are really asked to do, and who asks."""

    @contextmanager
    def another_worker(self) -> Iterator[None]:
        """Another process acts meanwhile; the present one goes on afterwards."""
        self._born += 1
        self._workers.append(self._born)
        try:
            yield
        finally:
            self._end(self._workers.pop())

    def new_worker(self) -> None:
        """The present process is over, and another one takes its place."""
        self._end(self._workers[-1])
        self._born += 1
        self._workers[-1] = self._born

    def perform(
        self,
        port: str,
        name: str,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Let a call happen, and see what it means."""
        self._moment += 1
        worker = self._workers[-1]
        check = self._checks.get((port, name))
        if check is not None:
            check(args, kwargs)
        is_grant = port == "grants" and name == "save"
        before = self.world.grants.get(args[0].grant_id) if is_grant else None
        answer = function(*args, **kwargs)
        note = self._notes.get((port, name))
        if note is not None:
            note(args, kwargs, answer)
        if is_grant:
            self._note_grant(before, answer)
        self._last[worker] = (port, name, not hasattr(answer, "code"))
        return answer

    def told(self, port: str, name: str) -> None:
        """A process was told that a call came to nothing."""
        self._last[self._workers[-1]] = (port, name, False)

    def _end(self, worker: int) -> None:
        for grant_id in [each for each, by in self._refreshing.items() if by == worker]:
            del self._refreshing[grant_id]


def bug(error: InvariantViolation) -> str:
    """A contradiction of the program, in words."""
    return f"the program contradicts itself: {error.message}"
