from __future__ import annotations

import pytest

from tests.builders import SCAN_ID, a_result, a_scan, after, org_id_of
from tests.unit.use_cases.stores import EventfulScans, fails_with
from zoom_migrator.adapters.memory.manifests import InMemoryManifestStore
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.errors import ConcurrentModification, ScanNotFound, StoreUnavailable
from zoom_migrator.domain.scan import (
    Scan,
    ScanOutcome,
    ScanStatus,
    plan_batches,
)
from zoom_migrator.use_cases.summarise_scan import ScanClosing, summarise_scan

END = after(minutes=5)


class RunningScan:
    """A scan of some orgs, planned and under way."""

    def __init__(self, org_count: int, *, batch_size: int = 2) -> None:
        self.scans = EventfulScans()
        self.manifests = InMemoryManifestStore()
        self.org_ids = [org_id_of(number) for number in range(1, org_count + 1)]
        batches = plan_batches(SCAN_ID, self.org_ids, batch_size)
        self.scans.save(
            a_scan(
                org_count=org_count,
                batch_count=len(batches),
                manifest=self.manifests.write(SCAN_ID, batches),
            )
        )

    def found(self, outcome: ScanOutcome, *numbers: int) -> None:
        self.scans.put_results([a_result(org_id_of(each), outcome=outcome) for each in numbers])

    def summarise(self, *, scan_id: str = SCAN_ID, failure: str = "") -> ScanClosing:
        return summarise_scan(
            scan_id,
            scans=self.scans,
            manifests=self.manifests,
            clock=SettableClock(END),
            failure=failure,
        )

    def on_record(self) -> Scan:
        scan = self.scans.get(SCAN_ID)
        assert scan is not None
        return scan


def test_a_scan_is_closed_with_its_orgs_counted() -> None:
    scan = RunningScan(3)
    scan.found(ScanOutcome.BEHIND, 1, 2)
    scan.found(ScanOutcome.REFUSED, 3)

    closing = scan.summarise()

    assert closing.closed_now
    assert closing.scan == scan.on_record()
    assert closing.scan.status is ScanStatus.COMPLETED
    assert closing.scan.ended_at == END
    assert closing.scan.counts == {ScanOutcome.BEHIND: 2, ScanOutcome.REFUSED: 1}


def test_every_org_of_the_manifest_has_a_result_at_the_end() -> None:
    scan = RunningScan(5)
    scan.found(ScanOutcome.SUFFICIENT, 1, 4)

    closing = scan.summarise()

    results = list(scan.scans.results(SCAN_ID))
    assert [result.org_id for result in results] == scan.org_ids
    gaps = [result for result in results if result.outcome is ScanOutcome.NO_RESULT]
    assert [gap.org_id for gap in gaps] == [org_id_of(2), org_id_of(3), org_id_of(5)]
    assert {(gap.checked_at, gap.status_after) for gap in gaps} == {(END, None)}
    assert all("broke down" in gap.detail for gap in gaps)
    assert closing.scan.counts == {ScanOutcome.SUFFICIENT: 2, ScanOutcome.NO_RESULT: 3}
    assert closing.scan.status_changes == 0


def test_gaps_are_filled_in_a_scan_whose_every_batch_broke_down() -> None:
    scan = RunningScan(1_234, batch_size=200)

    closing = scan.summarise(failure="States.ExceedToleratedFailureThreshold")

    assert closing.scan.counts == {ScanOutcome.NO_RESULT: 1_234}
    assert len(list(scan.scans.results(SCAN_ID))) == 1_234


def test_a_scan_that_failed_as_a_whole_says_why_and_keeps_what_it_found() -> None:
    scan = RunningScan(2)
    scan.found(ScanOutcome.BEHIND, 1)

    closing = scan.summarise(failure="States.Timeout: too slow")

    assert closing.scan.status is ScanStatus.FAILED
    assert closing.scan.failure == "States.Timeout: too slow"
    assert closing.scan.counts == {ScanOutcome.BEHIND: 1, ScanOutcome.NO_RESULT: 1}


def test_an_empty_fleet_is_a_scan_that_completed() -> None:
    closing = RunningScan(0).summarise()

    assert closing.scan.status is ScanStatus.COMPLETED
    assert closing.scan.counts == {}


@pytest.mark.parametrize("failure", ["", "States.Timeout"])
def test_a_closed_scan_stays_as_it_is(failure: str) -> None:
    scan = RunningScan(2)
    first = scan.summarise()
    scan.found(ScanOutcome.BEHIND, 1)

    again = scan.summarise(failure=failure)

    assert not again.closed_now
    assert again.scan == first.scan == scan.on_record()


@pytest.mark.parametrize("failure", ["InvalidTaskInput: bad", ""])
def test_a_scan_that_was_never_planned_is_on_record_as_failed(failure: str) -> None:
    scan = RunningScan(0)

    closing = scan.summarise(scan_id="scan-unplanned", failure=failure)

    assert closing.closed_now
    assert closing.scan == scan.scans.get("scan-unplanned")
    assert closing.scan.status is ScanStatus.FAILED
    assert closing.scan.failure == (failure or "the scan was never planned")
    assert (closing.scan.org_count, closing.scan.batch_count) == (0, 0)
    assert closing.scan.counts == {}


def test_two_who_close_a_scan_at_once_close_it_once() -> None:
    scan = RunningScan(2)
    first: list[ScanClosing] = []
    scan.scans.before_save.append(lambda: first.append(scan.summarise(failure="States.Timeout")))

    second = scan.summarise()

    assert [first[0].closed_now, second.closed_now] == [True, False]
    assert second.scan == first[0].scan
    assert second.scan.status is ScanStatus.FAILED


def test_a_scan_that_keeps_changing_is_given_up() -> None:
    scan = RunningScan(1)
    scan.scans.before_save.extend([fails_with(ConcurrentModification("changed"))] * 20)

    with pytest.raises(ConcurrentModification, match=SCAN_ID):
        scan.summarise()


def test_closing_that_broke_off_is_finished_by_repeating_it() -> None:
    scan = RunningScan(700)

    def breaks_off_after_500_rows() -> None:
        scan.found(ScanOutcome.NO_RESULT, *range(1, 501))
        raise StoreUnavailable("throttled")

    scan.scans.before_results.append(breaks_off_after_500_rows)

    with pytest.raises(StoreUnavailable):
        scan.summarise()
    closing = scan.summarise()

    assert closing.closed_now
    assert closing.scan.counts == {ScanOutcome.NO_RESULT: 700}


def test_a_scan_whose_manifest_is_gone_is_not_closed_as_if_it_were_complete() -> None:
    scan = RunningScan(2)
    scan.manifests = InMemoryManifestStore()

    with pytest.raises(ScanNotFound):
        scan.summarise()

    assert scan.on_record().status is ScanStatus.RUNNING


def test_a_scan_that_failed_is_closed_even_if_its_manifest_is_gone() -> None:
    scan = RunningScan(2)
    scan.found(ScanOutcome.BEHIND, 1)
    scan.manifests = InMemoryManifestStore()

    closing = scan.summarise(failure="States.ItemReaderFailed")

    assert closing.closed_now
    assert (closing.scan.status, closing.scan.failure) == (
        ScanStatus.FAILED,
        "States.ItemReaderFailed",
    )
    assert closing.scan.counts == {ScanOutcome.BEHIND: 1}


def test_a_later_scan_leaves_the_results_of_an_earlier_one_alone() -> None:
    scan = RunningScan(1)
    scan.found(ScanOutcome.BEHIND, 1)
    first = scan.summarise().scan
    later = a_scan("scan-later", started_at=after(days=1), manifest=first.manifest)
    scan.scans.save(later)

    scan.summarise(scan_id="scan-later")

    assert [each.scan_id for each in scan.scans.list_recent(limit=10)] == ["scan-later", SCAN_ID]
    assert scan.on_record() == first
    assert [result.outcome for result in scan.scans.results(SCAN_ID)] == [ScanOutcome.BEHIND]
