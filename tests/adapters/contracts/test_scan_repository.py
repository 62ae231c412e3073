"""What every scan repository does, whatever it keeps its scans in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.adapters.builders import result_of
from tests.builders import NOW, SCAN_ID, a_scan, after, org_id_of
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.scan import BatchProgress, ManifestLocation, ScanOutcome, ScanStatus
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.ports import ScanRepository


@pytest.fixture(params=["memory", "dynamodb"])
def scans(request: pytest.FixtureRequest) -> ScanRepository:
    if request.param == "memory":
        return InMemoryScanRepository()
    return DynamoDbScanRepository(request.getfixturevalue("table"))


def test_a_scan_that_was_never_saved_is_unknown(scans: ScanRepository) -> None:
    assert scans.get(SCAN_ID) is None
    assert scans.list_recent(limit=10) == []
    assert list(scans.results(SCAN_ID)) == []
    assert scans.progress(SCAN_ID) == []


def test_a_scan_comes_back_as_it_was_saved_with_its_first_revision(scans: ScanRepository) -> None:
    scan = replace(
        a_scan(manifest=ManifestLocation("bucket", "scans/manifest.json")),
        status=ScanStatus.FAILED,
        ended_at=NOW,
        counts={ScanOutcome.BEHIND: 2, ScanOutcome.NO_RESULT: 1},
        status_changes=2,
        failure="the plan broke",
    )

    saved = scans.save(scan)

    assert saved == replace(scan, revision=1)
    assert scans.get(SCAN_ID) == saved


def test_a_scan_that_exists_is_not_created_again(scans: ScanRepository) -> None:
    stored = scans.save(a_scan())

    with pytest.raises(ConcurrentModification):
        scans.save(a_scan(requested_by="somebody else"))

    assert scans.get(SCAN_ID) == stored


def test_a_change_of_an_outdated_scan_is_refused(scans: ScanRepository) -> None:
    outdated = scans.save(a_scan())
    current = scans.save(replace(outdated, status=ScanStatus.COMPLETED))

    with pytest.raises(ConcurrentModification):
        scans.save(replace(outdated, status=ScanStatus.FAILED))

    assert scans.get(SCAN_ID) == current


def test_changing_a_scan_in_place_after_saving_it_changes_nothing_stored(
    scans: ScanRepository,
) -> None:
    counts = {ScanOutcome.BEHIND: 1}
    scans.save(replace(a_scan(), counts=counts))
    counts[ScanOutcome.BEHIND] = 99
    read = scans.get(SCAN_ID)
    assert read is not None
    read.counts[ScanOutcome.BEHIND] = 99  # type: ignore[index]

    again = scans.get(SCAN_ID)

    assert again is not None
    assert again.counts == {ScanOutcome.BEHIND: 1}


def test_the_newest_scans_come_first_and_no_more_than_asked_for(scans: ScanRepository) -> None:
    for minutes in (5, 1, 9, 3):
        scans.save(a_scan(f"scan-{minutes}", started_at=after(minutes=minutes)))

    assert [scan.scan_id for scan in scans.list_recent(limit=3)] == ["scan-9", "scan-5", "scan-3"]
    assert len(scans.list_recent(limit=100)) == 4
    assert scans.list_recent(limit=0) == []


def test_scans_begun_at_the_same_moment_are_all_listed(scans: ScanRepository) -> None:
    for name in ("scan-b", "scan-a"):
        scans.save(a_scan(name))

    assert [scan.scan_id for scan in scans.list_recent(limit=9)] == ["scan-b", "scan-a"]


def test_a_scan_listed_is_the_scan_as_it_is_now(scans: ScanRepository) -> None:
    scan = scans.save(a_scan())
    ended = scans.save(replace(scan, status=ScanStatus.COMPLETED, ended_at=NOW))

    assert scans.list_recent(limit=1) == [ended]


def test_results_come_back_complete_and_ordered_by_org(scans: ScanRepository) -> None:
    failed = result_of(
        2,
        ScanOutcome.REFUSED,
        status_before=OrgStatus.REGISTERED,
        status_after=OrgStatus.BLOCKED,
        failure_code=FailureCode.IP_RESTRICTED,
        detail="ip restricted",
    )
    found = replace(result_of(1, version="3.23.0.4"), http_calls=3)
    missing = result_of(3, ScanOutcome.NO_RESULT)

    scans.put_results([missing, failed, found])

    assert list(scans.results(SCAN_ID)) == [found, failed, missing]


def test_a_later_result_replaces_an_earlier_one(scans: ScanRepository) -> None:
    scans.put_results([result_of(1, ScanOutcome.UNREACHABLE)])
    scans.put_results([result_of(1, ScanOutcome.SUFFICIENT)])

    assert [result.outcome for result in scans.results(SCAN_ID)] == [ScanOutcome.SUFFICIENT]


def test_of_several_results_for_one_org_in_one_call_the_last_is_kept(
    scans: ScanRepository,
) -> None:
    scans.put_results(
        [
            result_of(1, ScanOutcome.UNREACHABLE),
            result_of(2),
            result_of(1, ScanOutcome.SUFFICIENT),
        ]
    )

    outcomes = {result.org_id: result.outcome for result in scans.results(SCAN_ID)}
    assert outcomes == {org_id_of(1): ScanOutcome.SUFFICIENT, org_id_of(2): ScanOutcome.BEHIND}


def test_storing_no_results_is_fine(scans: ScanRepository) -> None:
    scans.put_results([])

    assert list(scans.results(SCAN_ID)) == []


def test_more_results_than_fit_one_call_are_all_stored(scans: ScanRepository) -> None:
    scans.put_results([result_of(number) for number in range(120)])

    stored = [result.org_id for result in scans.results(SCAN_ID)]
    assert stored == sorted(org_id_of(number) for number in range(120))


def test_results_of_scans_are_kept_apart(scans: ScanRepository) -> None:
    scans.put_results([result_of(1), result_of(2, scan_id="scan-other")])

    assert [result.org_id for result in scans.results(SCAN_ID)] == [org_id_of(1)]
    assert [result.org_id for result in scans.results("scan-other")] == [org_id_of(2)]


def test_results_are_not_counted_as_scans_or_progress(scans: ScanRepository) -> None:
    scans.put_results([result_of(1)])

    assert scans.get(SCAN_ID) is None
    assert scans.list_recent(limit=10) == []
    assert scans.progress(SCAN_ID) == []


def test_progress_is_replaced_batch_by_batch_and_ordered_by_number(scans: ScanRepository) -> None:
    for number, checked in ((10, 0), (2, 5), (10, 7)):
        scans.put_progress(BatchProgress(SCAN_ID, number, checked=checked, total=9))

    assert scans.progress(SCAN_ID) == [
        BatchProgress(SCAN_ID, 2, checked=5, total=9),
        BatchProgress(SCAN_ID, 10, checked=7, total=9),
    ]
    assert scans.progress("scan-other") == []
