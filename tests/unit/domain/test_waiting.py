from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, after
from zoom_migrator.domain.waiting import Patience

PATIENCE = Patience(
    first=timedelta(seconds=10), longest=timedelta(minutes=2), deadline=timedelta(hours=1)
)

spans = st.timedeltas(timedelta(milliseconds=1), timedelta(days=30))
patiences = st.builds(Patience, first=spans, longest=spans, deadline=spans)


@pytest.mark.parametrize(
    ("waited", "wait"),
    [(0, 10), (10, 10), (20, 10), (21, 11), (60, 30), (200, 100), (240, 120), (3_000, 120)],
)
def test_the_wait_is_half_of_what_has_been_waited_within_its_bounds(waited: int, wait: int) -> None:
    assert PATIENCE.next_wait(NOW, after(seconds=waited)) == wait


def test_the_last_wait_ends_with_the_deadline() -> None:
    assert PATIENCE.next_wait(NOW, after(seconds=3_570)) == 30
    assert PATIENCE.next_wait(NOW, after(seconds=3_599.5)) == 1


def test_beyond_the_deadline_there_is_still_a_wait_in_whole_seconds() -> None:
    assert PATIENCE.next_wait(NOW, after(days=3)) == 1


def test_a_clock_that_was_turned_back_makes_the_first_wait() -> None:
    assert PATIENCE.next_wait(NOW, after(days=-1)) == 10
    assert not PATIENCE.is_over(NOW, after(days=-1))


@pytest.mark.parametrize(("waited", "is_over"), [(0, False), (3_599, False), (3_600, True)])
def test_it_is_over_at_the_deadline(waited: int, is_over: bool) -> None:
    assert PATIENCE.is_over(NOW, after(seconds=waited)) is is_over


@given(patiences, spans)
def test_a_wait_is_a_whole_number_of_seconds_and_never_goes_far_beyond_the_deadline(
    patience: Patience, waited: timedelta
) -> None:
    wait = patience.next_wait(NOW, NOW + waited)

    assert isinstance(wait, int)
    assert wait >= 1
    left = max(patience.deadline - waited, timedelta())
    assert timedelta(seconds=wait) <= left + timedelta(seconds=1)


@given(patiences)
def test_whoever_waits_as_told_is_done_in_the_end(patience: Patience) -> None:
    now, looks = NOW, 0
    while not patience.is_over(NOW, now):
        now += timedelta(seconds=patience.next_wait(NOW, now)) + patience.deadline / 50
        looks += 1

    assert looks <= 50
    assert now - NOW >= patience.deadline
