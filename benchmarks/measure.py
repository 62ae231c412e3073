"""What a piece of work cost: time, CPU, memory. Needs the standard library only."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

_STATUS = Path("/proc/self/status")
_KIB_A_MB = 1024


@dataclass(frozen=True, slots=True)
class Measurement:
    """What asking some orgs cost.

    Attributes:
        orgs: How many were asked.
        seconds: Time from the first to the last.
        cpu_seconds: CPU time, user and system, of this process and of those it waited for.
        peak_memory_mb: Most memory that the process, or the largest of those it waited for, held
            at any time since it began; libraries included.
    """

    orgs: int
    seconds: float
    cpu_seconds: float
    peak_memory_mb: float

    @property
    def orgs_a_second(self) -> float:
        """Throughput."""
        return self.orgs / self.seconds

    @property
    def cpu_ms_an_org(self) -> float:
        """CPU milliseconds for each org."""
        return self.cpu_seconds * 1_000 / self.orgs

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Read what :meth:`to_json` wrote."""
        return cls(**json.loads(line))


def measure(orgs: int, work: Callable[[], object]) -> Measurement:
    """Do work on this many orgs and tell what it cost."""
    cpu_before = _cpu_seconds()
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    return Measurement(orgs, seconds, _cpu_seconds() - cpu_before, _peak_memory_mb())


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_memory_mb() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(_own_peak_kib(), _in_kib(children)) / _KIB_A_MB


def _own_peak_kib() -> float:
    # Linux counts the memory of the process that started this one into ru_maxrss; VmHWM begins
    # anew with the program.
    if _STATUS.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB", _STATUS.read_text("ascii"), re.MULTILINE)
        if found:
            return int(found[1])
    return _in_kib(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _in_kib(maxrss: int) -> float:
    # Source: getrusage(2); macOS counts bytes where Linux counts KiB.
    return maxrss / _KIB_A_MB if sys.platform == "darwin" else maxrss
