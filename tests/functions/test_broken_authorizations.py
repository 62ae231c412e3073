"""Whether the hostile cases of an authorization would catch a broken page."""

from __future__ import annotations

import pytest

from tests.functions.authorization_cases import CASES, INSIDE, Case
from tests.functions.authorization_worlds import CALLBACK, World
from tests.functions.broken_authorizations import (
    BASE_URL,
    BROKEN,
    Make,
    healthy,
    world_in_memory,
)
from tests.functions.logs import captured_logs
from tests.functions.salesforce_app import do_not_wait
from tests.functions.zoom_app import a_zoom, registered

EVERY_CASE = {**CASES, **INSIDE}
# Whole pages pass these in the other tests, over the stores of AWS.
TOLD_APART = sorted({number for number, _ in BROKEN.values()})
# These are in everybody's way.
USELESS = {"the code stays in the address bar", "the challenge is the verifier"}


def withstands(make: Make, case: Case) -> bool:
    with captured_logs() as output, a_zoom(do_not_wait) as zoom:
        app = registered(zoom, BASE_URL + CALLBACK)
        try:
            case(world_in_memory(zoom, app, make, output))
        except Exception:  # a broken page may break its case in any way
            return False
    return True


def about(number: str) -> list[Case]:
    """The cases with this id."""
    return [case for name, case in EVERY_CASE.items() if number in name.split()]


@pytest.mark.parametrize("number", TOLD_APART)
def test_pages_that_are_whole_withstand(number: str) -> None:
    assert all(withstands(healthy, case) for case in about(number))


@pytest.mark.parametrize(("number", "make"), BROKEN.values(), ids=BROKEN.keys())
def test_pages_that_are_broken_are_caught_by_the_case_about_it(number: str, make: Make) -> None:
    assert not all(withstands(make, case) for case in about(number))


@pytest.mark.parametrize("name", sorted(BROKEN.keys() - USELESS))
def test_pages_that_are_broken_work_for_those_who_mean_well(name: str) -> None:
    _, make = BROKEN[name]

    assert withstands(make, somebody_authorizes)


def somebody_authorizes(world: World) -> None:
    """An org is authorized, as it should be."""
    asked = world.ask()
    assert asked.visitor().authorize().heading == "✓ Zoom is connected"
    assert asked.has_grant
