"""Servers that run beside a measurement, in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_STOP_SECONDS: Final = 20


class BenchmarkFailed(Exception):
    """Something could not be measured; the message says what and why."""


@contextmanager
def server(module: str, arguments: Sequence[str], extra: Mapping[str, str]) -> Iterator[str]:
    """Run a module that prints its address once it answers, and yield that address.

    Args:
        extra: Variables of its environment, which has nothing else.

    Raises:
        BenchmarkFailed: It did not start.
    """
    # What a server says of connections that end with a cancelled run is of no use to anybody.
    with TemporaryFile("w+") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=dict(extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address:
                process.wait(_STOP_SECONDS)
                errors.seek(0)
                raise BenchmarkFailed(f"{module} did not start: {errors.read()[-1000:]}")
            yield address
        finally:
            stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """End a process, if need be the hard way."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
