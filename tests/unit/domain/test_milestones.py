from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoom_migrator.domain.milestones import (
    DEFAULT_MILESTONES,
    Milestone,
    due_milestone,
    local_day,
    zone_named,
)

DEADLINE = date(2026, 7, 21)


def on(days_left: int) -> date:
    """The day that so many days are left."""
    return DEADLINE - timedelta(days=days_left)


def due(days_left: int, *told: str, milestones: tuple[int, ...] = DEFAULT_MILESTONES) -> Milestone:
    milestone = due_milestone(DEADLINE, on(days_left), milestones, told)
    assert milestone is not None
    return milestone


def told_until(days_left: int) -> list[str]:
    """What somebody was told who was told every day, up to a day and without it."""
    told: list[str] = []
    for day in range(100, days_left, -1):
        milestone = due_milestone(DEADLINE, on(day), DEFAULT_MILESTONES, told)
        told += [milestone.key] if milestone else []
    return told


@pytest.mark.parametrize("days", DEFAULT_MILESTONES)
def test_each_milestone_is_due_on_its_day(days: int) -> None:
    milestone = due(days, *told_until(days))

    assert milestone == Milestone(f"d{days}", DEADLINE, on(days))
    assert milestone.is_final is (days == 0)
    assert not milestone.is_overdue


@pytest.mark.parametrize("days", sorted(set(range(-6, 100)) - set(DEFAULT_MILESTONES)))
def test_nothing_is_due_on_other_days_to_whoever_was_told(days: int) -> None:
    assert due_milestone(DEADLINE, on(days), DEFAULT_MILESTONES, told_until(days)) is None


@pytest.mark.parametrize("week", [1, 2, 3, 52, 148])
def test_every_week_after_the_deadline_is_one(week: int) -> None:
    milestone = due(-7 * week)

    assert (milestone.name, milestone.late_by_days) == (f"overdue-w{week}", 0)
    assert milestone.is_overdue
    assert not milestone.is_final


def test_of_those_that_were_missed_the_newest_is_due_and_says_how_late_it_is() -> None:
    missed = due(9, "2026-07-21-d60")

    assert (missed.name, missed.due_on, missed.late_by_days) == ("d14", on(14), 5)


def test_once_it_was_told_late_the_older_ones_stay_untold() -> None:
    assert due_milestone(DEADLINE, on(9), DEFAULT_MILESTONES, ["2026-07-21-d14"]) is None


def test_what_came_before_an_org_was_known_was_not_missed() -> None:
    assert due_milestone(DEADLINE, on(25), DEFAULT_MILESTONES, (), since=on(28)) is None
    assert due_milestone(DEADLINE, on(25), DEFAULT_MILESTONES, (), since=on(30)) is not None
    assert due_milestone(DEADLINE, on(-30), DEFAULT_MILESTONES, (), since=on(-29)) is None


def test_the_last_day_that_was_missed_is_told_after_it() -> None:
    milestone = due(-2, *told_until(0))

    assert (milestone.name, milestone.late_by_days) == ("d0", 2)


def test_an_org_that_is_given_more_time_is_reminded_of_its_new_deadline() -> None:
    later = DEADLINE + timedelta(days=30)

    milestone = due_milestone(later, on(0), DEFAULT_MILESTONES, ["2026-07-21-d30"])

    assert milestone is not None
    assert milestone.key == "2026-08-20-d30"


def test_other_milestones_may_be_wanted() -> None:
    assert due(10, milestones=(10, 5)).name == "d10"
    assert due(5, milestones=(5, 10)).name == "d5"
    assert due_milestone(DEADLINE, on(11), (10, 5), ()) is None
    assert due_milestone(DEADLINE, on(11), (-3,), ()) is None
    assert due(-7, milestones=()).name == "overdue-w1"


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", 1), ("Pacific/Auckland", 2), ("America/Los_Angeles", 1), ("Asia/Kolkata", 2)],
)
def test_a_day_is_that_of_the_zone(zone: str, day: int) -> None:
    evening = datetime(2026, 7, 1, 19, 0, tzinfo=UTC)

    assert local_day(evening, ZoneInfo(zone)) == date(2026, 7, day)


def test_the_first_zone_that_is_known_counts() -> None:
    assert zone_named("Europe/Berlin", "Asia/Tokyo") == ZoneInfo("Europe/Berlin")
    assert zone_named("", "Asia/Tokyo") == ZoneInfo("Asia/Tokyo")
    assert zone_named("Mars/Olympus", "../../etc/passwd", "Europe") == UTC
    assert zone_named() == UTC


dates = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
milestones = st.frozensets(st.integers(0, 120), min_size=1, max_size=12)


@given(dates, milestones, st.lists(st.booleans(), min_size=1, max_size=250), st.integers(0, 150))
def test_whatever_outages_there_are_nothing_is_told_twice_and_nothing_is_told_before_its_day(
    deadline: date, days_before: frozenset[int], runs: list[bool], start: int
) -> None:
    told: list[str] = []
    for offset, is_up in enumerate(runs):
        today = deadline - timedelta(days=start) + timedelta(days=offset)
        milestone = due_milestone(deadline, today, days_before, told) if is_up else None
        if milestone is None:
            continue
        assert milestone.key not in told
        assert milestone.due_on <= today
        assert milestone.late_by_days == (today - milestone.due_on).days
        told.append(milestone.key)
    assert len(told) == len(set(told))


@given(dates, milestones, st.integers(-200, 150))
def test_a_run_tells_once_and_never_goes_back(
    deadline: date, days_before: frozenset[int], days_left: int
) -> None:
    today = deadline - timedelta(days=days_left)
    first = due_milestone(deadline, today, days_before, ())

    again = due_milestone(deadline, today, days_before, [first.key] if first else ())

    assert again is None


@given(dates, milestones)
def test_who_is_looked_at_every_day_is_told_every_milestone_on_its_day(
    deadline: date, days_before: frozenset[int]
) -> None:
    told: list[Milestone] = []
    for days_left in range(130, -22, -1):
        today = deadline - timedelta(days=days_left)
        keys = [milestone.key for milestone in told]
        milestone = due_milestone(deadline, today, days_before, keys)
        told += [milestone] if milestone else []

    assert [each.late_by_days for each in told] == [0] * len(told)
    expected = [*sorted(days_before, reverse=True), -7, -14, -21]
    assert [(deadline - each.due_on).days for each in told] == expected
