"""The machinery behind scans and migrations, in memory: it remembers, and runs nothing."""

from __future__ import annotations

import threading

from zoom_migrator.domain.errors import InvariantViolation, ScanNotFound
from zoom_migrator.domain.migration import Migration


class InMemoryScanWorkflow:
    """A :class:`~zoom_migrator.ports.ScanWorkflow` whose runs go on until they are told to fail."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested_by: dict[str, str] = {}
        self._failures: dict[str, str] = {}

    @property
    def started(self) -> dict[str, str]:
        """Who requested each run, by scan id, in the order they were started."""
        with self._lock:
            return dict(self._requested_by)

    def start(self, scan_id: str, *, requested_by: str) -> None:
        """See the port; a scan that was started under this id before is left as it is."""
        with self._lock:
            self._requested_by.setdefault(scan_id, requested_by)

    def fail(self, scan_id: str, reason: str) -> None:
        """End the run behind a scan without completing it.

        Raises:
            ScanNotFound: No such run was started.
        """
        with self._lock:
            self._expect(scan_id)
            self._failures[scan_id] = reason

    def failure_of(self, scan_id: str) -> str | None:
        """See the port.

        Raises:
            ScanNotFound: No such run was started.
        """
        with self._lock:
            self._expect(scan_id)
            return self._failures.get(scan_id)

    def _expect(self, scan_id: str) -> None:
        if scan_id not in self._requested_by:
            raise ScanNotFound(f"No scan {scan_id!r} is known.")


class InMemoryMigrationWorkflow:
    """A :class:`~zoom_migrator.ports.MigrationWorkflow` whose runs go on until told otherwise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, str | None] = {}
        self._running: set[str] = set()

    @property
    def started(self) -> list[str]:
        """Ids of all migrations that were ever started, in the order they were."""
        with self._lock:
            return list(self._runs)

    @property
    def running(self) -> set[str]:
        """Ids of the migrations whose runs go on."""
        with self._lock:
            return set(self._running)

    def start(self, migration: Migration) -> None:
        """See the port."""
        with self._lock:
            if migration.migration_id not in self._runs:
                self._runs[migration.migration_id] = None
                self._running.add(migration.migration_id)

    def stop(self, migration: Migration, *, reason: str) -> None:
        """See the port."""
        self._end(migration.migration_id, f"the run aborted: {reason}")

    def failure_of(self, migration: Migration) -> str | None:
        """See the port."""
        with self._lock:
            return self._runs.get(migration.migration_id, "no run of it is known")

    def complete(self, migration_id: str) -> None:
        """Let the run of a migration end well."""
        self._end(migration_id, None)

    def fail(self, migration_id: str, reason: str) -> None:
        """Let the run of a migration end without completing it."""
        self._end(migration_id, reason)

    def forget(self, migration_id: str) -> None:
        """Lose all knowledge of a run, as Step Functions does 90 days after its end."""
        with self._lock:
            self._runs.pop(migration_id, None)
            self._running.discard(migration_id)

    def _end(self, migration_id: str, failure: str | None) -> None:
        with self._lock:
            if migration_id in self._running:
                self._running.discard(migration_id)
                self._runs[migration_id] = failure


class InMemoryTaskCallback:
    """A :class:`~zoom_migrator.ports.TaskCallback` that remembers who waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self._completed: list[str] = []

    @property
    def completed(self) -> list[str]:
        """The tokens whose tasks were let end, in that order."""
        with self._lock:
            return list(self._completed)

    def wait(self, task_token: str) -> None:
        """Have a task wait with this token.

        Raises:
            InvariantViolation: One has waited with it before; no token is used twice.
        """
        with self._lock:
            if task_token in self._waiting or task_token in self._completed:
                raise InvariantViolation("A task token is used only once.")
            self._waiting.add(task_token)

    def time_out(self, task_token: str) -> None:
        """Have the task with this token wait no more."""
        with self._lock:
            self._waiting.discard(task_token)

    def complete(self, task_token: str) -> bool:
        """See the port."""
        with self._lock:
            if task_token not in self._waiting:
                return False
            self._waiting.remove(task_token)
            self._completed.append(task_token)
            return True
