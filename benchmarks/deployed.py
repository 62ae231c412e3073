"""Growing fleets through the deployed state machine, on the embedded AWS."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from benchmarks import fleet, report, simulator
from benchmarks.order import Member
from benchmarks.processes import BenchmarkFailed
from benchmarks.registration import registered
from benchmarks.report import Aim
from local.stack import LocalStack, LocalStackError
from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.domain.scan import ScanOutcome, ScanStatus

FLEETS: Final = (1_000, 3_000, 10_000)
_THREADS_OF_THE_REGISTRATION: Final = 16
_POLL_SECONDS: Final = 0.5
_LONGEST_SCAN_SECONDS: Final = 1_800
# Time may grow this much faster than the fleet before it no longer counts as proportional.
_PROPORTION: Final = 1.25


@dataclass(frozen=True, slots=True)
class Run:
    """One scan of a fleet."""

    orgs: int
    seconds: float

    @property
    def orgs_a_second(self) -> float:
        """Throughput of the whole execution."""
        return self.orgs / self.seconds


def run(fleets: Sequence[int] = FLEETS) -> list[Aim]:
    """Scan a fleet as it grows, print the table, and return the aims.

    Raises:
        BenchmarkFailed: The stack did not start, or a scan did not complete as it should.
    """
    sizes = sorted(set(fleets))
    report.heading("Deployed: fleets through the state machine on the embedded AWS")
    with simulator.running(sizes[-1], with_tls=False) as salesforce:
        try:
            with LocalStack(parameters={"SalesforceConnectTo": salesforce.address}) as stack:
                fleet_scan = _FleetScan(stack)
                fleet_scan.secret.write(salesforce.secret())
                runs = fleet_scan.grow(sizes)
        except LocalStackError as error:
            raise BenchmarkFailed(str(error)) from error
    _print(runs)
    aims = _aims(runs)
    report.aims(aims)
    return aims


class _FleetScan:
    """A deployed stack, reached by the product's own adapters."""

    def __init__(self, stack: LocalStack) -> None:
        config = client_config(max_connections=_THREADS_OF_THE_REGISTRATION)
        session, endpoint = stack.session, stack.endpoint_url
        table = Table(
            session.client("dynamodb", endpoint_url=endpoint, config=config),
            stack.outputs["TableName"],
        )
        self._orgs = DynamoDbOrgRepository(table)
        self._scans = DynamoDbScanRepository(table)
        self._machine = session.client("stepfunctions", endpoint_url=endpoint, config=config)
        self._machine_arn = stack.outputs["ScanStateMachineArn"]
        self.secret = SecretsManagerSecret(
            session.client("secretsmanager", endpoint_url=endpoint, config=config),
            stack.outputs["SalesforceSecretArn"],
        )

    def grow(self, sizes: Sequence[int]) -> list[Run]:
        """Register more orgs and scan all there are, once for each size."""
        everybody = fleet.members(sizes[-1])
        runs: list[Run] = []
        known = 0
        for size in sizes:
            began = time.perf_counter()
            self._register(everybody[known:size])
            report.note(
                f"{size - known:,} orgs registered in {time.perf_counter() - began:.0f} s;"
                f" scanning {size:,}"
            )
            runs.append(self._scan(size))
            known = size
        return runs

    def _register(self, members: Sequence[Member]) -> None:
        with ThreadPoolExecutor(_THREADS_OF_THE_REGISTRATION) as pool:
            list(pool.map(lambda member: self._orgs.save(registered(member)), members))

    def _scan(self, size: int) -> Run:
        scan_id = f"benchmark-{size}-{datetime.now(UTC):%H%M%S}"
        arn = self._machine.start_execution(
            stateMachineArn=self._machine_arn, name=scan_id, input="{}"
        )["executionArn"]
        deadline = time.monotonic() + _LONGEST_SCAN_SECONDS
        while (execution := self._machine.describe_execution(executionArn=arn))[
            "status"
        ] == "RUNNING":
            if time.monotonic() > deadline:
                raise BenchmarkFailed(f"The scan of {size:,} orgs does not end.")
            time.sleep(_POLL_SECONDS)
        self._expect_complete(scan_id, size)
        # By the state machine's own clock, so that the polling above does not blur it.
        return Run(size, (execution["stopDate"] - execution["startDate"]).total_seconds())

    def _expect_complete(self, scan_id: str, size: int) -> None:
        scan = self._scans.get(scan_id)
        if scan is None or scan.status is not ScanStatus.COMPLETED:
            raise BenchmarkFailed(f"Scan {scan_id} did not complete: {scan}")
        if scan.counts != {ScanOutcome.BEHIND: size}:
            raise BenchmarkFailed(f"Scan {scan_id} found {dict(scan.counts)}, not {size:,} behind.")


def _print(runs: Sequence[Run]) -> None:
    first = runs[0]
    report.table(
        ("fleet", "seconds", "orgs/s", "x fleet", "x time"),
        [
            (
                f"{one.orgs:,} orgs",
                f"{one.seconds:.1f}",
                report.number(one.orgs_a_second),
                report.number(one.orgs / first.orgs),
                report.number(one.seconds / first.seconds),
            )
            for one in runs
        ],
    )
    report.note("One table and one fleet that grows; the first scan starts the functions cold.")


def _aims(runs: Sequence[Run]) -> list[Aim]:
    """How much faster than the fleet the time grows, from each fleet to the next."""
    return [
        Aim(
            f"growth of time by growth of fleet, {before.orgs:,} to {after.orgs:,} orgs",
            (after.seconds / before.seconds) / (after.orgs / before.orgs),
            _PROPORTION,
            "times",
        )
        for before, after in pairwise(runs)
    ]
