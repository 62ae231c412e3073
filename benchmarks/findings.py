"""Runs a module of its own process that prints what it found as JSON in its last line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final

from benchmarks.processes import ROOT, BenchmarkFailed

_SECONDS: Final = 600


def findings_of(module: str) -> dict[str, Any]:
    """Run a module and return what it found.

    Raises:
        BenchmarkFailed: It did not end well.
        TimeoutExpired: It did not end at all.
    """
    ended = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if ended.returncode:
        raise BenchmarkFailed(f"{module}: {ended.stderr[-1000:]}")
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found
