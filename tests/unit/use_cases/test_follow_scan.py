from __future__ import annotations

import pytest

from tests.builders import NOW, SCAN_ID, a_scan, after
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.adapters.memory.system import SequentialScanIds, SettableClock
from zoom_migrator.adapters.memory.workflow import InMemoryScanWorkflow
from zoom_migrator.domain.errors import ScanNotFound
from zoom_migrator.domain.scan import BatchProgress
from zoom_migrator.use_cases.follow_scan import (
    ScanProgress,
    find_scan,
    scan_progress,
    start_scan,
)


@pytest.fixture
def scans() -> InMemoryScanRepository:
    return InMemoryScanRepository()


@pytest.fixture
def workflow() -> InMemoryScanWorkflow:
    return InMemoryScanWorkflow()


def start(workflow: InMemoryScanWorkflow, ids: SequentialScanIds) -> str:
    return start_scan(
        workflow=workflow, ids=ids, clock=SettableClock(NOW), requested_by="arn:aws:iam::1:user/ada"
    )


def test_a_scan_is_started_under_a_new_id_in_the_name_of_who_asked(
    workflow: InMemoryScanWorkflow,
) -> None:
    ids = SequentialScanIds()

    first, second = start(workflow, ids), start(workflow, ids)

    assert first < second
    assert workflow.started == dict.fromkeys((first, second), "arn:aws:iam::1:user/ada")


def test_a_scan_that_is_not_planned_yet_has_no_numbers(
    scans: InMemoryScanRepository, workflow: InMemoryScanWorkflow
) -> None:
    workflow.start(SCAN_ID, requested_by="ada")

    progress = scan_progress(SCAN_ID, scans=scans, workflow=workflow)

    assert progress == ScanProgress(scan=None, checked=0, total=0)
    assert not progress.is_over


def test_a_running_scan_counts_the_orgs_that_its_batches_have_checked(
    scans: InMemoryScanRepository, workflow: InMemoryScanWorkflow
) -> None:
    workflow.start(SCAN_ID, requested_by="ada")
    scan = scans.save(a_scan(org_count=450, batch_count=3))
    scans.put_progress(BatchProgress(SCAN_ID, 1, checked=200, total=200))
    scans.put_progress(BatchProgress(SCAN_ID, 3, checked=25, total=50))
    scans.put_progress(BatchProgress("scan-other", 1, checked=99, total=99))

    progress = scan_progress(SCAN_ID, scans=scans, workflow=workflow)

    assert progress == ScanProgress(scan, checked=225, total=450)
    assert not progress.is_over


@pytest.mark.parametrize("failure", ["", "States.Timeout"])
def test_a_closed_scan_is_over_and_its_machinery_is_not_asked(
    scans: InMemoryScanRepository, workflow: InMemoryScanWorkflow, failure: str
) -> None:
    closed = scans.save(
        scans.save(a_scan(org_count=3)).ended([], at=after(minutes=1), failure=failure)
    )

    progress = scan_progress(SCAN_ID, scans=scans, workflow=workflow)

    assert progress == ScanProgress(closed, checked=3, total=3)
    assert progress.is_over


@pytest.mark.parametrize("planned", [True, False])
def test_a_scan_whose_machinery_broke_down_is_over_and_says_why(
    scans: InMemoryScanRepository, workflow: InMemoryScanWorkflow, planned: bool
) -> None:
    workflow.start(SCAN_ID, requested_by="ada")
    workflow.fail(SCAN_ID, "States.Runtime: bad expression")
    if planned:
        scans.save(a_scan(org_count=3))

    progress = scan_progress(SCAN_ID, scans=scans, workflow=workflow)

    assert progress.is_over
    assert progress.failure == "States.Runtime: bad expression"


def test_a_scan_on_record_whose_run_is_forgotten_is_over(
    scans: InMemoryScanRepository, workflow: InMemoryScanWorkflow
) -> None:
    scan = scans.save(a_scan(org_count=3))

    progress = scan_progress(SCAN_ID, scans=scans, workflow=workflow)

    assert progress.is_over
    assert progress.scan == scan
    assert "no longer known" in progress.failure


def test_a_scan_that_neither_the_records_nor_the_machinery_know_is_not_found(
    scans: InMemoryScanRepository, workflow: InMemoryScanWorkflow
) -> None:
    with pytest.raises(ScanNotFound):
        scan_progress(SCAN_ID, scans=scans, workflow=workflow)


def test_a_scan_on_record_is_found_by_its_id(scans: InMemoryScanRepository) -> None:
    scan = scans.save(a_scan())

    assert find_scan(SCAN_ID, scans=scans) == scan


@pytest.mark.parametrize("unknown", ["scan-unknown", "", "../../etc", "\x1b[2J", SCAN_ID.upper()])
def test_an_unknown_scan_is_not_found_and_the_message_is_plain_text(
    scans: InMemoryScanRepository, unknown: str
) -> None:
    scans.save(a_scan())

    with pytest.raises(ScanNotFound) as not_found:
        find_scan(unknown, scans=scans)

    assert not_found.value.message.isprintable()
    assert "scan list" in not_found.value.remedy
