"""The production use cases and adapters over HTTP, with every fault at every request."""

from __future__ import annotations

from typing import Final

import pytest

from tests.adapters.faults.fault import Fault
from tests.adapters.faults.lab import FaultLab
from tests.adapters.faults.trips import broken, go
from tests.adapters.faults.ways import WAYS, Way

_TRIED: Final = [
    pytest.param(way, fault, id=f"{way.name}-{fault}") for way in WAYS for fault in way.faults
]
_TRIED_TWICE: Final = [
    pytest.param(way, fault, id=f"{way.name}-{fault}")
    for way in WAYS
    if way.faults == tuple(Fault)
    for fault in Fault
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_nothing_is_wrong_where_nothing_goes_wrong(way: Way, lab: FaultLab) -> None:
    trip = go(way, way.begin(lab.rows), {}, lab)

    assert broken(trip) == []
    assert len(trip.passed) >= way.requests


@pytest.mark.parametrize(("way", "fault"), _TRIED)
def test_no_fault_at_any_request_breaks_an_invariant(way: Way, fault: Fault, lab: FaultLab) -> None:
    start = way.begin(lab.rows)
    requests = len(go(way, start, {}, lab).passed)

    trips = [go(way, start, {at: fault}, lab) for at in range(1, requests + 1)]

    assert broken(*trips) == []
    assert all(trip.passed[at].fault is fault for at, trip in enumerate(trips))


@pytest.mark.parametrize(("way", "fault"), _TRIED_TWICE)
def test_no_fault_that_comes_twice_in_a_row_breaks_an_invariant(
    way: Way, fault: Fault, lab: FaultLab
) -> None:
    start = way.begin(lab.rows)
    requests = len(go(way, start, {}, lab).passed)

    trips = [go(way, start, {at: fault, at + 1: fault}, lab) for at in range(1, requests + 1)]

    assert broken(*trips) == []
