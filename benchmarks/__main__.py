"""Measures what the product costs: ``python -m benchmarks [PART ...]``."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks import callback, cost, deployed, imports, notices, report, scan
from benchmarks.processes import BenchmarkFailed
from benchmarks.report import Aim

_PARTS = ("scan", "callback", "imports", "notices", "cost", "deployed")


def main(arguments: list[str] | None = None) -> int:
    """Measure the named parts, or all.

    Returns:
        1 if something could not be measured. A missed aim is a finding, not a failure: it may be
        the machine's.
    """
    options = _options(arguments)
    # So that a terminated run leaves no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    began = time.perf_counter()
    report.machine()
    failed = False
    found: list[Aim] = []
    for part in options.part or _PARTS:
        try:
            found += _run(part, options.fleet or deployed.FLEETS)
        except (BenchmarkFailed, subprocess.TimeoutExpired) as failure:
            failed = True
            report.failure(part, str(failure))
    met = sum(aim.met for aim in found)
    report.heading(f"{met} of {len(found)} aims met, {time.perf_counter() - began:.0f} s in all")
    return 1 if failed else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench",
        description="Measure the scan, the callback, the cold starts, the notices, what a month of"
        " a fleet costs, and the deployed machine.",
    )
    parser.add_argument("part", nargs="*", help=f"only these parts: {', '.join(_PARTS)}")
    parser.add_argument(
        "--fleet",
        type=int,
        action="append",
        metavar="ORGS",
        help="size of a fleet for the deployed machine; may be repeated",
    )
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.part) - set(_PARTS))
    if unknown:
        parser.error(f"unknown part: {', '.join(unknown)}")
    if any(size < 1 for size in options.fleet or ()):
        parser.error("a fleet has at least one org")
    return options


def _run(part: str, fleets: Sequence[int]) -> list[Aim]:
    match part:
        case "scan":
            return scan.run()
        case "callback":
            return callback.run()
        case "imports":
            return imports.run()
        case "notices":
            return notices.run()
        case "cost":
            return cost.run()
        case _:
            return deployed.run(fleets)


if __name__ == "__main__":
    sys.exit(main())
