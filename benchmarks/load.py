"""Browsers that come back at a constant rate, whether those before them are done with or not."""

from __future__ import annotations

import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from benchmarks.comeback import Comeback, Taken
from benchmarks.processes import ROOT, BenchmarkFailed, stop

_LONGEST_WAIT_SECONDS: Final = 30.0
type _Process = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Load:
    """What a load cost.

    Attributes:
        late_seconds: How long each browser waited for an environment; on AWS, Lambda would have
            started another one.
    """

    taken: Sequence[Taken]
    late_seconds: Sequence[float]


class Environments:
    """Execution environments of one callback, each a process that takes one browser at a time."""

    def __init__(self, processes: Sequence[_Process]) -> None:
        self._free = deque(processes)
        self._selector = selectors.DefaultSelector()
        self._busy = 0
        self._taken: list[Taken] = []

    def ready(self) -> None:
        """Wait until each has imported what it needs.

        Raises:
            BenchmarkFailed: One has not.
        """
        for process in self._free:
            if _line(process) != "ready":
                raise BenchmarkFailed("An environment did not start.")

    def warm(self, comebacks: Sequence[Comeback]) -> None:
        """Have these taken one after the other, all environments in turn."""
        for comeback in comebacks:
            self._send(comeback)
            self._receive(_LONGEST_WAIT_SECONDS)

    def serve(self, comebacks: Sequence[Comeback], *, a_second: float) -> Load:
        """Have these taken at a constant rate, and wait for the last."""
        self._taken = []
        late: list[float] = []
        began = time.perf_counter()
        for number, comeback in enumerate(comebacks):
            due = began + number / a_second
            while (left := due - time.perf_counter()) > 0:
                self._receive(left)
            while not self._free:
                self._receive(_LONGEST_WAIT_SECONDS)
            late.append(time.perf_counter() - due)
            self._send(comeback)
        while self._busy:
            self._receive(_LONGEST_WAIT_SECONDS)
        return Load(self._taken, late)

    def _send(self, comeback: Comeback) -> None:
        process = self._free.popleft()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(comeback.to_json() + "\n")
        process.stdin.flush()
        self._selector.register(process.stdout, selectors.EVENT_READ, process)
        self._busy += 1

    def _receive(self, seconds: float) -> None:
        """Take note of whoever is done, and wait so long for the first.

        Raises:
            BenchmarkFailed: Nobody is, though it is far more time than anybody needs.
        """
        done = self._selector.select(seconds)
        if not done and seconds == _LONGEST_WAIT_SECONDS:
            raise BenchmarkFailed("A callback does not answer.")
        for found, _ in done:
            process: _Process = found.data
            self._selector.unregister(found.fileobj)
            self._busy -= 1
            self._taken.append(Taken.from_json(_line(process)))
            self._free.append(process)


@contextmanager
def environments(callback: str, count: int, variables: Mapping[str, str]) -> Iterator[Environments]:
    """Run environments of a callback.

    Args:
        callback: Function in :mod:`benchmarks.callbacks`.
        variables: Their environment, which has nothing else.

    Raises:
        BenchmarkFailed: One did not start.
    """
    processes: list[_Process] = []
    try:
        for _ in range(count):
            processes.append(_started(callback, variables))
        running = Environments(processes)
        running.ready()
        yield running
    finally:
        for process in processes:
            stop(process)


def _started(callback: str, variables: Mapping[str, str]) -> _Process:
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.environment", callback],
        cwd=ROOT,
        env=dict(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(process: _Process) -> str:
    line = process.stdout.readline().strip() if process.stdout else ""
    if not line:
        raise BenchmarkFailed("An environment ended.")
    return line
