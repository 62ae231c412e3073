"""Whether the schedules would notice: each seeded mistake has to be caught by one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.crash_schedules.explore import Report, explore
from tests.unit.crash_schedules.mutations import MUTATIONS, Mutation, applied

type Record = Callable[[str, object], None]


@pytest.mark.parametrize(
    "mutation", [each for each in MUTATIONS if each.behind is None], ids=lambda each: each.name
)
def test_every_seeded_mistake_is_caught(mutation: Mutation, record_property: Record) -> None:
    with applied(mutation):
        report = explore(mutation.tried, first_only=True)

    assert report.broken, f"no schedule of {mutation.scenario.name} notices: {mutation.name}"
    schedule, found = report.broken[0]
    record_property("caught_by", schedule)
    print(f"{mutation.name}: caught by {schedule} ({found.what})")
    assert mutation.breaks in (None, *(each.invariant for _, each in report.broken))


@pytest.mark.parametrize(
    "mutation", [each for each in MUTATIONS if each.behind is not None], ids=lambda each: each.name
)
def test_every_second_line_of_defence_is_needed_where_the_first_is_missing(
    mutation: Mutation, record_property: Record
) -> None:
    assert mutation.behind is not None
    with applied(mutation.behind):
        behind = explore(mutation.tried)
        with applied(mutation):
            both = explore(mutation.tried)

    caught = _schedules(both) - _schedules(behind)
    assert caught, f"no schedule of {mutation.scenario.name} needs: {mutation.name}"
    record_property("caught_by", min(caught))


def test_the_code_is_as_it_was_afterwards() -> None:
    mutation = MUTATIONS[0]
    with applied(mutation):
        assert explore(mutation.tried, first_only=True).broken

    assert explore(mutation.tried, first_only=True).broken == []


def _schedules(report: Report) -> set[str]:
    return {schedule for schedule, _ in report.broken}
