"""The scan side by side with other clients, all against one simulator over TLS."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks import fleet, report, simulator
from benchmarks.measure import Measurement
from benchmarks.order import Order
from benchmarks.processes import ROOT, BenchmarkFailed, server
from benchmarks.report import Aim
from benchmarks.simulator import Simulator
from contract import clients

_FLEET: Final = 4_000
_CONTESTANT_SECONDS: Final = 600
_ORGS_A_SECOND: Final = 200
_TIMES_THE_PLAIN_LOOP: Final = 80
_CPU_MS_AN_ORG: Final = 6
_MEMORY_MB: Final = 150
_CUMULUSCI_PYTHON: Final = clients.FOLDER / ".tools" / "cumulusci" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to ask a fleet for its package versions.

    Attributes:
        name: Function in ``benchmarks.contestants``, or a module of its own for another Python.
        orgs: How many orgs it is asked for: few where that takes long.
        needs_tokens: Whether it is handed sessions instead of logging in.
        needs_aws: Whether it writes to what stands in for AWS.
    """

    title: str
    name: str
    orgs: int
    threads: int = 1
    python: Path = Path(sys.executable)
    needs_tokens: bool = False
    needs_aws: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a contestant cost.

    Attributes:
        calls: HTTP requests that reached the simulator.
    """

    contestant: Contestant
    cost: Measurement
    calls: int


_THIS_SCAN: Final = (
    Contestant("this scan, 64 threads", "this_scan", 2_000, 64),
    Contestant("this scan, 128 threads", "this_scan", 4_000, 128),
    Contestant("this scan, 192 threads", "this_scan", 4_000, 192),
)
_WHOLE: Final = Contestant(
    "scan_orgs with its DynamoDB writes, 128", "whole_function", 2_000, 128, needs_aws=True
)
_PLAIN_LOOP: Final = Contestant("simple-salesforce, plain loop", "plain_loop", 20)
_THREADED_LOOP: Final = Contestant(
    "simple-salesforce, 32 threads", "plain_loop_with_threads", 320, 32
)
_SF: Final = Contestant("sf package installed list", "sf_list", 5, needs_tokens=True)
_CUMULUSCI: Final = Contestant(
    "CumulusCI installed_packages", "", 20, python=_CUMULUSCI_PYTHON, needs_tokens=True
)
_RECORDING: Final = (
    Contestant("use case alone, in memory", "recording_in_memory", 2_000, 64),
    Contestant("first scan: transactions", "recording_changes", 2_000, 64, needs_aws=True),
    Contestant("later scan: puts", "recording_again", 2_000, 64, needs_aws=True),
)


def run() -> list[Aim]:
    """Measure all contestants, print the tables, and return the aims.

    Raises:
        BenchmarkFailed: One that has to be there could not be measured.
    """
    report.heading("Scan: every org asked for its package version, answers held back 150 ms, TLS")
    with simulator.running(_FLEET, with_tls=True) as salesforce:
        this_scan = [_run(contestant, salesforce) for contestant in _THIS_SCAN]
        whole, plain, threaded = (
            _run(contestant, salesforce) for contestant in (_WHOLE, _PLAIN_LOOP, _THREADED_LOOP)
        )
        _print_contest([*this_scan, whole, plain, threaded, *_run_installed(salesforce)], plain)
        aims = _aims(this_scan, plain)
        report.aims(aims)
        report.heading("Recording a check: the CPU time of DynamoDB writes, without asking any org")
        _print_recording([_run(contestant, salesforce) for contestant in _RECORDING])
    return aims


def _run_installed(salesforce: Simulator) -> list[Result]:
    """The clients that a machine may lack; the others are measured all the same."""
    results = []
    for contestant, is_there in (
        (_SF, shutil.which("sf", path=clients.sf_path()) is not None),
        (_CUMULUSCI, _CUMULUSCI_PYTHON.exists()),
    ):
        if not is_there:
            report.note(f"{contestant.title}: not installed; `make contract` installs it.")
            continue
        try:
            results.append(_run(contestant, salesforce))
        except BenchmarkFailed as failure:
            report.failure(contestant.title, str(failure))
    return results


def _run(contestant: Contestant, salesforce: Simulator) -> Result:
    order = _order(contestant, salesforce)
    if not contestant.needs_aws:
        return _measured(contestant, order, salesforce)
    with server("benchmarks.aws_stand_in", [], {"STAND_IN_SECRET": salesforce.secret()}) as address:
        return _measured(contestant, replace(order, aws=address), salesforce)


def _order(contestant: Contestant, salesforce: Simulator) -> Order:
    members = fleet.members(contestant.orgs)
    if contestant.needs_tokens:
        members = tuple(replace(one, token=salesforce.access_token(one)) for one in members)
    return Order(
        members=members,
        port=salesforce.port,
        authority=str(salesforce.authority),
        trusted=str(salesforce.trusted),
        private_key=str(salesforce.private_key),
        consumer_key=salesforce.consumer_key,
        threads=contestant.threads,
        version=fleet.INSTALLED_VERSION,
    )


def _measured(contestant: Contestant, order: Order, salesforce: Simulator) -> Result:
    module = ["benchmarks.contestants", contestant.name]
    if not contestant.name:
        module = ["benchmarks.cumulusci_loop"]
    salesforce.forget_requests()
    done = subprocess.run(  # noqa: S603 - our own modules
        [str(contestant.python), "-m", *module],
        input=order.to_json(),
        cwd=ROOT,
        env=_environment(order),
        capture_output=True,
        text=True,
        timeout=_CONTESTANT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise BenchmarkFailed(done.stderr[-2000:])
    cost = Measurement.from_json(done.stdout.splitlines()[-1])
    return Result(contestant, cost, salesforce.requests())


def _environment(order: Order) -> dict[str, str]:
    """Nothing of the caller's, whose AWS profile or Salesforce logins could lead elsewhere."""
    return {
        "PATH": clients.sf_path(),
        "HOME": str(Path(order.private_key).parent),
        "LANG": "C.UTF-8",
        "REQUESTS_CA_BUNDLE": order.trusted,
        "PYTHONWARNINGS": "ignore",
    }


def _print_contest(results: Sequence[Result], plain: Result) -> None:
    report.table(
        ("", "orgs", "orgs/s", "CPU ms/org", "calls/org", "peak MB", "x plain loop"),
        [
            (
                result.contestant.title,
                f"{result.cost.orgs:,}",
                report.number(result.cost.orgs_a_second),
                report.number(result.cost.cpu_ms_an_org),
                f"{result.calls / result.cost.orgs:.1f}",
                report.number(result.cost.peak_memory_mb),
                report.number(result.cost.orgs_a_second / plain.cost.orgs_a_second),
            )
            for result in results
        ],
    )
    report.note("All log in themselves but sf and CumulusCI, which are handed sessions.")


def _print_recording(results: Sequence[Result]) -> None:
    alone, *_ = results
    report.table(
        ("", "CPU ms/org", "of which writing"),
        [
            (
                result.contestant.title,
                report.number(result.cost.cpu_ms_an_org),
                report.number(result.cost.cpu_ms_an_org - alone.cost.cpu_ms_an_org),
            )
            for result in results
        ],
    )


def _aims(this_scan: Sequence[Result], plain: Result) -> list[Aim]:
    best = max((result.cost for result in this_scan), key=lambda cost: cost.orgs_a_second)
    times = best.orgs_a_second / plain.cost.orgs_a_second
    return [
        Aim("this scan, one process", best.orgs_a_second, _ORGS_A_SECOND, "orgs/s", at_least=True),
        Aim("against the plain loop", times, _TIMES_THE_PLAIN_LOOP, "times", at_least=True),
        Aim("CPU an org, all three calls", best.cpu_ms_an_org, _CPU_MS_AN_ORG, "ms"),
        Aim("peak memory", best.peak_memory_mb, _MEMORY_MB, "MB"),
    ]
