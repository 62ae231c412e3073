"""Check all orgs of one batch, many at a time."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Final

from zoom_migrator.domain.check import CheckFailure, CheckResult
from zoom_migrator.domain.errors import OperatorActionRequired, StoreUnavailable
from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import BatchProgress, ScanBatch, ScanResult, no_result
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator.ports import Clock, OrgRepository, SalesforceGateway, ScanRepository
from zoom_migrator.use_cases.record_check import record_check

_RESULTS_A_WRITE: Final = 25
# Longest a single check can take, so that none is begun which could not be recorded any more.
SECONDS_KEPT_IN_RESERVE: Final = 75.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanPorts:
    """What a batch needs from the outside."""

    orgs: OrgRepository
    scans: ScanRepository
    salesforce: SalesforceGateway
    clock: Clock


def scan_batch(
    batch: ScanBatch,
    *,
    ports: ScanPorts,
    minimum: PackageVersion,
    threads: int,
    seconds_left: Callable[[], float],
) -> BatchProgress:
    """Check every org of a batch and record a result for each.

    One org's failure never touches another's. Orgs that failed for a passing reason are asked
    once more after all others. Repeating a batch is harmless: it checks again and replaces the
    results.

    Args:
        threads: How many orgs are asked at the same time.
        seconds_left: Tells how long this invocation may still run.

    Raises:
        StoreUnavailable: Results cannot be recorded; repeat the batch.
        OperatorActionRequired: The store refuses; a person has to change something.
    """
    return _BatchScan(batch, ports, minimum, threads, seconds_left).run()


class _BatchScan:
    def __init__(
        self,
        batch: ScanBatch,
        ports: ScanPorts,
        minimum: PackageVersion,
        threads: int,
        seconds_left: Callable[[], float],
    ) -> None:
        self._batch = batch
        self._ports = ports
        self._minimum = minimum
        self._threads = max(1, min(threads, len(batch.org_ids)))
        self._seconds_left = seconds_left
        self._pending: list[ScanResult] = []
        self._recorded = 0

    def run(self) -> BatchProgress:
        orgs = self._ports.orgs.get_many(self._batch.org_ids)
        self._report_progress()
        for org_id in self._batch.org_ids:
            if org_id not in orgs:
                self._keep(self._no_result(org_id, "no longer registered"))
        again = self._pass(list(orgs.values()), earlier={})
        self._pass([orgs[org_id] for org_id in again], earlier=again)
        self._flush()
        return self._progress()

    def _pass(
        self, orgs: Sequence[Org], *, earlier: dict[str, CheckFailure]
    ) -> dict[str, CheckFailure]:
        """Check orgs; returns those that failed for a passing reason, unless that was before."""
        again: dict[str, CheckFailure] = {}
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="scan")
        try:
            jobs = [pool.submit(self._check_and_record, org, earlier) for org in orgs]
            for job in as_completed(jobs):
                org_id, outcome = job.result()
                if isinstance(outcome, CheckFailure):
                    again[org_id] = outcome
                else:
                    self._keep(outcome)
        finally:
            pool.shutdown(cancel_futures=True)
        return again

    def _check_and_record(
        self, org: Org, earlier: dict[str, CheckFailure]
    ) -> tuple[str, ScanResult | CheckFailure]:
        before = earlier.get(org.org_id)
        check = self._check(org, before)
        if before is None and isinstance(check, CheckFailure) and _is_passing(check):
            return org.org_id, check
        return org.org_id, self._record(org, check)

    def _check(self, org: Org, before: CheckFailure | None) -> CheckResult:
        if self._seconds_left() < SECONDS_KEPT_IN_RESERVE:
            return before or CheckFailure(FailureCode.SCAN_OUT_OF_TIME, self._ports.clock.now())
        check = self._ask(org)
        return replace(check, http_calls=check.http_calls + before.http_calls) if before else check

    def _ask(self, org: Org) -> CheckResult:
        try:
            return self._ports.salesforce.check(org.registration)
        except StoreUnavailable:
            raise
        except Exception as error:
            # A bug met with one org must not cost the others their result. What the exception
            # says may hold secrets.
            place = traceback.extract_tb(error.__traceback__)[-1]
            _log.error(
                "check_crashed",
                extra={
                    "org_id": org.org_id,
                    "error_type": type(error).__name__,
                    "place": f"{place.filename}:{place.lineno}",
                },
            )
            return CheckFailure(
                FailureCode.INTERNAL_ERROR, self._ports.clock.now(), detail=type(error).__name__
            )

    def _record(self, org: Org, check: CheckResult) -> ScanResult:
        try:
            return record_check(
                org,
                check,
                scan_id=self._batch.scan_id,
                minimum=self._minimum,
                orgs=self._ports.orgs,
            )
        except (StoreUnavailable, OperatorActionRequired):
            raise
        except Exception as error:
            # Whatever is wrong with this one org's record, the others are to have their result.
            _log.exception("record_crashed", extra={"org_id": org.org_id})
            return self._no_result(org.org_id, f"could not be recorded: {type(error).__name__}")

    def _no_result(self, org_id: str, detail: str) -> ScanResult:
        return no_result(self._batch.scan_id, org_id, at=self._ports.clock.now(), detail=detail)

    def _keep(self, result: ScanResult) -> None:
        self._pending.append(result)
        if len(self._pending) >= _RESULTS_A_WRITE:
            self._flush()

    def _flush(self) -> None:
        if self._pending:
            self._ports.scans.put_results(self._pending)
            self._recorded += len(self._pending)
            self._pending = []
        self._report_progress()

    def _report_progress(self) -> None:
        self._ports.scans.put_progress(self._progress())

    def _progress(self) -> BatchProgress:
        return BatchProgress(
            scan_id=self._batch.scan_id,
            batch_number=self._batch.number,
            checked=self._recorded,
            total=len(self._batch.org_ids),
        )


def _is_passing(failure: CheckFailure) -> bool:
    return (
        meaning_of(failure.code).kind is FailureKind.TRANSIENT
        and failure.code is not FailureCode.SCAN_OUT_OF_TIME
    )
