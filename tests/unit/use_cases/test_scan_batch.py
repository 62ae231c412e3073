from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.builders import (
    MINIMUM,
    NOW,
    SCAN_ID,
    a_batch,
    a_failure,
    a_snapshot,
    after,
    an_org,
    org_id_of,
)
from tests.unit.use_cases.stores import EventfulOrgs, EventfulScans, fails_with
from zoom_migrator.adapters.memory.salesforce import MemorySalesforceGateway
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.check import CheckResult
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    InvalidSettings,
    InvariantViolation,
    MigratorError,
    StoreUnavailable,
)
from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.org import Org, OrgRegistration
from zoom_migrator.domain.scan import BatchProgress, ScanOutcome, ScanResult
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.ports import SalesforceGateway
from zoom_migrator.use_cases.scan_batch import SECONDS_KEPT_IN_RESERVE, ScanPorts, scan_batch

PLENTY = 900.0
asked_again = [
    code
    for code in FailureCode
    if meaning_of(code).kind is FailureKind.TRANSIENT and code is not FailureCode.SCAN_OUT_OF_TIME
]
asked_once = [code for code in FailureCode if code not in asked_again]


class Fleet:
    """A fleet of some orgs, each of which has the version it needs unless said otherwise."""

    def __init__(self, size: int) -> None:
        self.orgs = EventfulOrgs()
        self.scans = EventfulScans()
        self.salesforce = MemorySalesforceGateway()
        self.org_ids = [org_id_of(number) for number in range(1, size + 1)]
        for number in range(1, size + 1):
            self.orgs.save(an_org(number))
            self.answers(number, a_snapshot("3.28"))

    def answers(self, number: int, *answers: CheckResult | Exception) -> None:
        self.salesforce.will_answer(org_id_of(number), *answers)

    def scan(
        self,
        *org_ids: str,
        scan_id: str = SCAN_ID,
        salesforce: SalesforceGateway | None = None,
        threads: int = 8,
        seconds_left: Callable[[], float] = lambda: PLENTY,
    ) -> BatchProgress:
        return scan_batch(
            a_batch(*(org_ids or self.org_ids), scan_id=scan_id),
            ports=ScanPorts(
                orgs=self.orgs,
                scans=self.scans,
                salesforce=salesforce or self.salesforce,
                clock=SettableClock(NOW),
            ),
            minimum=MINIMUM,
            threads=threads,
            seconds_left=seconds_left,
        )

    def org(self, number: int) -> Org:
        org = self.orgs.get(org_id_of(number))
        assert org is not None
        return org

    def result(self, number: int, scan_id: str = SCAN_ID) -> ScanResult:
        (result,) = (
            each for each in self.scans.results(scan_id) if each.org_id == org_id_of(number)
        )
        return result

    def outcomes(self, scan_id: str = SCAN_ID) -> list[ScanOutcome]:
        return [result.outcome for result in self.scans.results(scan_id)]

    def checks_of(self, number: int) -> int:
        return [org.org_id for org in self.salesforce.checked].count(org_id_of(number))


class TestEveryOrgHasAResult:
    def test_each_is_checked_moved_along_and_has_a_result(self) -> None:
        fleet = Fleet(3)
        fleet.answers(2, a_snapshot("3.23"))
        fleet.answers(3, a_snapshot(None))

        done = fleet.scan()

        assert fleet.outcomes() == [
            ScanOutcome.SUFFICIENT,
            ScanOutcome.BEHIND,
            ScanOutcome.NOT_INSTALLED,
        ]
        assert fleet.org(2).status is OrgStatus.UPGRADE_REQUIRED
        assert done == BatchProgress(SCAN_ID, batch_number=1, checked=3, total=3)

    @pytest.mark.parametrize("code", FailureCode)
    def test_whatever_fails_in_one_org_the_others_are_checked(self, code: FailureCode) -> None:
        fleet = Fleet(3)
        fleet.answers(2, a_failure(code))

        fleet.scan()

        assert fleet.result(2).failure_code is code
        assert fleet.result(2).outcome.is_problem
        assert fleet.result(1).outcome is fleet.result(3).outcome is ScanOutcome.SUFFICIENT

    def test_a_secret_that_cannot_be_read_at_present_is_no_orgs_fault(self) -> None:
        fleet = Fleet(3)
        fleet.answers(2, StoreUnavailable("Secrets Manager is throttling."))

        with pytest.raises(StoreUnavailable):
            fleet.scan()

        assert fleet.org(2).failure is None

    def test_an_org_that_is_no_longer_registered_has_a_result_and_is_not_asked(self) -> None:
        fleet = Fleet(1)

        done = fleet.scan(org_id_of(1), org_id_of(99))

        assert fleet.result(99).outcome is ScanOutcome.NO_RESULT
        assert fleet.result(99).detail == "no longer registered"
        assert fleet.orgs.get(org_id_of(99)) is None
        assert fleet.checks_of(99) == 0
        assert (done.checked, done.total) == (2, 2)

    def test_an_empty_batch_is_done_at_once(self) -> None:
        fleet = Fleet(0)

        assert fleet.scan().checked == 0
        assert fleet.scans.progress(SCAN_ID) == [BatchProgress(SCAN_ID, 1, 0, 0)]

    def test_a_fleet_larger_than_one_write_is_recorded_to_the_last_org(self) -> None:
        fleet = Fleet(203)

        assert fleet.scan(threads=16).checked == 203
        assert len(fleet.outcomes()) == 203


class TestAnOrgThatCrashesTheCheck:
    def test_it_fails_alone(self) -> None:
        fleet = Fleet(3)
        fleet.answers(2, RuntimeError("boom"))

        fleet.scan()

        assert fleet.result(2).failure_code is FailureCode.INTERNAL_ERROR
        assert fleet.result(2).detail == "RuntimeError"
        assert fleet.result(1).outcome is fleet.result(3).outcome is ScanOutcome.SUFFICIENT

    def test_what_was_known_of_it_stays(self) -> None:
        fleet = Fleet(1)
        fleet.scan()
        fleet.answers(1, RuntimeError("boom"))

        fleet.scan(scan_id="scan-later")

        assert fleet.org(1).status is OrgStatus.AUTHORIZATION_PENDING
        assert fleet.org(1).snapshot == a_snapshot("3.28")

    def test_the_log_names_the_org_and_the_place_and_not_what_the_exception_says(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        fleet = Fleet(1)
        fleet.answers(1, RuntimeError("assertion eyJhbGciOi was refused"))

        fleet.scan()

        crash = caplog.records[0]
        assert crash.getMessage() == "check_crashed"
        assert vars(crash)["org_id"] == org_id_of(1)
        assert vars(crash)["error_type"] == "RuntimeError"
        assert "salesforce.py" in vars(crash)["place"]
        assert all("eyJhbGciOi" not in repr(vars(record)) for record in caplog.records)


class TestAnOrgThatCannotBeRecorded:
    @pytest.mark.parametrize(
        "error",
        [
            ConcurrentModification("changed"),
            InvariantViolation("item too large"),
            KeyError("status"),
        ],
    )
    def test_it_has_no_result_and_the_others_have_theirs(
        self, error: Exception, caplog: pytest.LogCaptureFixture
    ) -> None:
        fleet = Fleet(3)

        def refuse_the_second(org: Org) -> None:
            if org.org_id == org_id_of(2):
                raise error

        fleet.orgs.always_with = refuse_the_second

        done = fleet.scan()

        assert fleet.result(2).outcome is ScanOutcome.NO_RESULT
        assert type(error).__name__ in fleet.result(2).detail
        assert fleet.result(1).outcome is fleet.result(3).outcome is ScanOutcome.SUFFICIENT
        assert done.checked == 3
        (line,) = caplog.records
        assert (line.getMessage(), vars(line)["org_id"]) == ("record_crashed", org_id_of(2))


class TestAStoreThatFails:
    @pytest.mark.parametrize(
        "error", [StoreUnavailable("throttled"), InvalidSettings("no access to the table")]
    )
    def test_it_fails_the_batch_when_orgs_cannot_be_stored(self, error: MigratorError) -> None:
        fleet = Fleet(3)
        fleet.orgs.always = fails_with(error)

        with pytest.raises(type(error)):
            fleet.scan()

    def test_it_fails_the_batch_when_results_cannot_be_stored(self) -> None:
        fleet = Fleet(3)
        fleet.scans.before_results.append(fails_with(StoreUnavailable("throttled")))

        with pytest.raises(StoreUnavailable):
            fleet.scan()

    def test_checks_that_had_not_begun_are_given_up(self) -> None:
        fleet = Fleet(1_000)
        gateway = HeldGateway(after=30)

        def fail() -> None:
            gateway.go_on.set()
            raise StoreUnavailable("throttled")

        fleet.scans.before_results.append(fail)

        with pytest.raises(StoreUnavailable):
            fleet.scan(threads=1, salesforce=gateway)

        assert gateway.checks < 1_000

    def test_repeating_the_batch_gives_every_org_its_result(self) -> None:
        fleet = Fleet(60)
        fleet.scans.before_results.extend([None, fails_with(StoreUnavailable("throttled"))])

        with pytest.raises(StoreUnavailable):
            fleet.scan()
        done = fleet.scan()

        assert done.checked == 60
        assert fleet.outcomes() == [ScanOutcome.SUFFICIENT] * 60
        assert all(len(fleet.orgs.audit_trail(each, limit=9)) == 1 for each in fleet.org_ids)


class TestPassingFailures:
    @pytest.mark.parametrize("code", asked_again)
    def test_an_org_that_failed_in_passing_is_asked_once_more(self, code: FailureCode) -> None:
        fleet = Fleet(2)
        fleet.answers(1, a_failure(code, http_calls=2), a_snapshot("3.28", http_calls=3))

        fleet.scan()

        assert fleet.result(1).outcome is ScanOutcome.SUFFICIENT
        assert fleet.result(1).http_calls == 5
        assert (fleet.checks_of(1), fleet.checks_of(2)) == (2, 1)

    @pytest.mark.parametrize("code", asked_again)
    def test_it_is_not_asked_a_third_time(self, code: FailureCode) -> None:
        fleet = Fleet(1)
        fleet.answers(1, a_failure(code, http_calls=1))

        fleet.scan()

        assert fleet.result(1).failure_code is code
        assert fleet.result(1).http_calls == 2
        assert fleet.checks_of(1) == 2

    @pytest.mark.parametrize("code", asked_once)
    def test_any_other_failure_is_final_for_this_scan(self, code: FailureCode) -> None:
        fleet = Fleet(1)
        fleet.answers(1, a_failure(code), a_snapshot("3.28"))

        fleet.scan()

        assert fleet.result(1).failure_code is code
        assert fleet.checks_of(1) == 1

    def test_the_second_try_comes_after_all_other_orgs(self) -> None:
        fleet = Fleet(5)
        fleet.answers(1, a_failure(FailureCode.TIMED_OUT), a_snapshot("3.28"))

        fleet.scan(threads=1)

        assert [org.org_id for org in fleet.salesforce.checked] == [*fleet.org_ids, org_id_of(1)]

    def test_the_first_try_leaves_no_trace_if_the_second_succeeds(self) -> None:
        fleet = Fleet(1)
        fleet.answers(1, a_failure(FailureCode.TIMED_OUT), a_snapshot("3.28"))

        fleet.scan()

        assert fleet.org(1).failure is None
        assert len(fleet.orgs.audit_trail(org_id_of(1), limit=9)) == 1


class TestTime:
    def test_no_check_is_begun_that_could_not_be_recorded(self) -> None:
        fleet = Fleet(3)

        fleet.scan(seconds_left=lambda: SECONDS_KEPT_IN_RESERVE - 0.001)

        assert fleet.salesforce.checked == []
        assert {fleet.result(n).failure_code for n in (1, 2, 3)} == {FailureCode.SCAN_OUT_OF_TIME}
        assert fleet.outcomes() == [ScanOutcome.UNREACHABLE] * 3

    def test_a_check_is_begun_as_long_as_it_can_be_recorded(self) -> None:
        fleet = Fleet(1)

        fleet.scan(seconds_left=lambda: SECONDS_KEPT_IN_RESERVE)

        assert fleet.result(1).outcome is ScanOutcome.SUFFICIENT

    def test_orgs_checked_before_time_was_up_keep_their_result(self) -> None:
        fleet = Fleet(4)
        budget = countdown(PLENTY, PLENTY, 10.0, 10.0)

        fleet.scan(threads=1, seconds_left=budget)

        assert fleet.outcomes() == [ScanOutcome.SUFFICIENT] * 2 + [ScanOutcome.UNREACHABLE] * 2

    def test_an_org_not_reached_in_time_keeps_what_was_known(self) -> None:
        fleet = Fleet(1)
        fleet.scan()

        fleet.scan(scan_id="scan-later", seconds_left=lambda: 0.0)

        assert fleet.org(1).status is OrgStatus.AUTHORIZATION_PENDING
        assert fleet.org(1).snapshot == a_snapshot("3.28")

    def test_an_org_with_no_time_for_a_second_try_keeps_its_first_failure(self) -> None:
        fleet = Fleet(1)
        fleet.answers(1, a_failure(FailureCode.SERVICE_UNAVAILABLE, detail="maintenance"))

        fleet.scan(seconds_left=countdown(PLENTY, 10.0))

        assert fleet.result(1).failure_code is FailureCode.SERVICE_UNAVAILABLE
        assert fleet.result(1).detail == "maintenance"
        assert (fleet.result(1).http_calls, fleet.checks_of(1)) == (1, 1)


class TestProgress:
    def test_it_begins_at_nothing_and_ends_at_all(self) -> None:
        fleet = Fleet(30)
        seen: list[list[BatchProgress]] = []

        def look() -> None:
            seen.append(fleet.scans.progress(SCAN_ID))

        fleet.scans.before_results.extend([look] * 2)

        done = fleet.scan()

        assert seen == [
            [BatchProgress(SCAN_ID, 1, checked=0, total=30)],
            [BatchProgress(SCAN_ID, 1, checked=25, total=30)],
        ]
        assert fleet.scans.progress(SCAN_ID) == [done] == [BatchProgress(SCAN_ID, 1, 30, 30)]

    def test_a_repeated_batch_does_not_count_twice(self) -> None:
        fleet = Fleet(30)
        fleet.scan()

        fleet.scan()

        assert fleet.scans.progress(SCAN_ID) == [BatchProgress(SCAN_ID, 1, 30, 30)]


class TestThreads:
    @pytest.mark.parametrize("threads", [1, 3, 8])
    def test_as_many_orgs_are_asked_at_once_as_allowed_and_no_more(self, threads: int) -> None:
        fleet = Fleet(threads * 4)
        gateway = GatheringGateway(threads)

        fleet.scan(threads=threads, salesforce=gateway)

        assert gateway.most_at_once == threads
        assert fleet.outcomes() == [ScanOutcome.SUFFICIENT] * (threads * 4)

    def test_all_threads_have_ended_when_the_batch_is_done(self) -> None:
        before = set(threading.enumerate())

        Fleet(20).scan(threads=8)

        assert set(threading.enumerate()) <= before

    def test_all_threads_have_ended_when_the_batch_failed(self) -> None:
        before = set(threading.enumerate())
        fleet = Fleet(20)
        fleet.orgs.always = fails_with(StoreUnavailable("throttled"))

        with pytest.raises(StoreUnavailable):
            fleet.scan(threads=8)

        assert set(threading.enumerate()) <= before


class TestTwoScansAtOnce:
    def test_both_have_a_result_for_every_org_and_each_org_moves_once(self) -> None:
        fleet = Fleet(60)
        for number in range(1, 61, 2):
            fleet.answers(number, a_snapshot("3.23"))
        scans = ("scan-a", "scan-b")
        errors: list[BaseException] = []

        def run(scan_id: str) -> None:
            try:
                fleet.scan(scan_id=scan_id, threads=6)
            except BaseException as error:
                errors.append(error)

        runs = [threading.Thread(target=run, args=(scan_id,)) for scan_id in scans]
        for each in runs:
            each.start()
        for each in runs:
            each.join(timeout=60)

        assert errors == []
        assert fleet.outcomes("scan-a") == fleet.outcomes("scan-b")
        assert len(fleet.outcomes("scan-a")) == 60
        assert all(len(fleet.orgs.audit_trail(each, limit=9)) == 1 for each in fleet.org_ids)
        moves = [
            result.status_before is not result.status_after
            for scan_id in scans
            for result in fleet.scans.results(scan_id)
        ]
        assert moves.count(True) == 60

    def test_the_newer_finding_stays_whichever_scan_is_recorded_last(self) -> None:
        fleet = Fleet(1)
        newer = a_snapshot("3.28", checked_at=after(seconds=30))
        older = a_snapshot("3.23", checked_at=NOW)
        fleet.answers(1, newer, older)

        fleet.scan(scan_id="scan-a")
        fleet.scan(scan_id="scan-b")

        assert fleet.org(1).snapshot == newer
        assert fleet.org(1).last_scan_id == "scan-a"
        assert fleet.result(1, "scan-b").outcome is ScanOutcome.BEHIND


def test_an_org_whose_migration_is_under_way_is_checked_and_not_moved() -> None:
    fleet = Fleet(1)
    fleet.orgs.save(replace(fleet.org(1), status=OrgStatus.UPGRADING))

    fleet.scan()

    assert fleet.org(1).status is OrgStatus.UPGRADING
    assert fleet.org(1).snapshot == a_snapshot("3.28")


class GatheringGateway:
    """A gateway whose checks wait for each other, so that all threads are busy at once."""

    def __init__(self, threads: int) -> None:
        self._meeting = threading.Barrier(threads, timeout=30)
        self._lock = threading.Lock()
        self._active = 0
        self.most_at_once = 0

    def check(self, registration: OrgRegistration) -> CheckResult:
        """See the port."""
        with self._lock:
            self._active += 1
            self.most_at_once = max(self.most_at_once, self._active)
        self._meeting.wait()
        with self._lock:
            self._active -= 1
        return a_snapshot("3.28")


class HeldGateway:
    """A gateway that lets some checks through and holds the others until told to go on."""

    def __init__(self, *, after: int) -> None:
        self._after = after
        self.go_on = threading.Event()
        self.checks = 0

    def check(self, registration: OrgRegistration) -> CheckResult:
        """See the port; for one thread."""
        self.checks += 1
        if self.checks > self._after:
            assert self.go_on.wait(timeout=30)
        return a_snapshot("3.28")


def countdown(*seconds: float) -> Callable[[], float]:
    """Tells the next of these each time it is asked how long is left."""
    left: Iterator[float] = iter(seconds)
    return lambda: next(left)
