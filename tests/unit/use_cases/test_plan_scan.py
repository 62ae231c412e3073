from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.builders import NOW, SCAN_ID, after, an_org, org_id_of
from tests.unit.use_cases.stores import EventfulScans, fails_with
from zoom_migrator.adapters.memory.manifests import InMemoryManifestStore
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.errors import ConcurrentModification, ScanNotFound, StoreUnavailable
from zoom_migrator.domain.scan import Scan, ScanStatus
from zoom_migrator.use_cases.plan_scan import plan_scan


class Fleet:
    """A fleet of some orgs, and where scans of it are kept."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self.orgs = InMemoryOrgRepository()
        self.scans = EventfulScans()
        self.manifests = InMemoryManifestStore(bucket="scans")
        for number in numbers:
            self.orgs.save(an_org(number))

    def plan(self, *, batch_size: int = 2, requested_by: str = "ada") -> Scan:
        return plan_scan(
            SCAN_ID,
            started_at=NOW,
            trigger="operator",
            requested_by=requested_by,
            batch_size=batch_size,
            orgs=self.orgs,
            scans=self.scans,
            manifests=self.manifests,
        )

    def planned_ids(self, scan: Scan) -> list[tuple[str, ...]]:
        assert scan.manifest is not None
        batches = self.manifests.read(scan.manifest)
        assert all(batch.scan_id == SCAN_ID for batch in batches)
        assert [batch.number for batch in batches] == list(range(1, len(batches) + 1))
        return [batch.org_ids for batch in batches]


def test_a_scan_covers_the_whole_fleet_in_batches() -> None:
    fleet = Fleet([3, 1, 2])

    scan = fleet.plan(batch_size=2)

    assert fleet.planned_ids(scan) == [(org_id_of(1), org_id_of(2)), (org_id_of(3),)]
    assert (scan.org_count, scan.batch_count) == (3, 2)


def test_a_planned_scan_is_on_record_as_running() -> None:
    fleet = Fleet([1])

    scan = fleet.plan()

    assert fleet.scans.get(SCAN_ID) == scan
    assert (scan.status, scan.started_at, scan.ended_at) == (ScanStatus.RUNNING, NOW, None)
    assert (scan.trigger, scan.requested_by) == ("operator", "ada")
    assert fleet.scans.list_recent(limit=5) == [scan]


def test_an_empty_fleet_is_a_scan_of_no_orgs() -> None:
    scan = Fleet([]).plan()

    assert (scan.org_count, scan.batch_count) == (0, 0)


def test_planning_again_returns_the_first_plan_even_if_the_fleet_has_grown() -> None:
    fleet = Fleet([1])
    first = fleet.plan()
    fleet.orgs.save(an_org(2))

    again = fleet.plan(requested_by="bob", batch_size=1)

    assert again == first
    assert fleet.planned_ids(again) == [(org_id_of(1),)]


def test_a_plan_that_broke_off_before_it_was_on_record_is_made_again() -> None:
    fleet = Fleet([1])
    fleet.scans.before_save.append(fails_with(StoreUnavailable("throttled")))

    with pytest.raises(StoreUnavailable):
        fleet.plan()
    fleet.orgs.save(an_org(2))

    assert fleet.planned_ids(fleet.plan()) == [(org_id_of(1), org_id_of(2))]


def test_of_two_plans_made_at_once_the_one_on_record_counts() -> None:
    fleet = Fleet([1])
    first: list[Scan] = []
    fleet.scans.before_save.append(lambda: first.append(fleet.plan(requested_by="ada")))

    second = fleet.plan(requested_by="bob")

    assert [second] == first
    assert second.requested_by == "ada"


def test_a_scan_that_vanishes_while_it_is_planned_is_not_found() -> None:
    fleet = Fleet([1])
    fleet.scans.before_save.append(fails_with(ConcurrentModification("changed")))

    with pytest.raises(ScanNotFound, match=SCAN_ID):
        fleet.plan()


def test_a_closed_scan_is_not_planned_anew() -> None:
    fleet = Fleet([1])
    closed = fleet.scans.save(fleet.plan().ended([], at=after(minutes=1)))

    assert fleet.plan() == closed
