"""Whether the hostile cases of Zoom's webhook would catch a broken one."""

from __future__ import annotations

import pytest

from tests.cleanups import CleanupWorld
from tests.functions.broken_webhooks import (
    BROKEN,
    Handle,
    Make,
    Parts,
    healthy,
    world_in_memory,
)
from tests.functions.logs import captured_logs
from tests.functions.webhook_cases import CASES, INSIDE, Case
from tests.functions.webhook_worlds import World
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.migration import Next

EVERY_CASE = {**CASES, **INSIDE}
# These are in Zoom's own way, too.
USELESS = {
    "an event is taken and nothing comes of it",
    "an event is believed",
    "even a forged event is believed",
    "encoded bodies are taken as they are",
    "names of headers have to be in small letters",
    "the body is written anew before it is verified",
}


def withstands(make: Make, case: Case) -> bool:
    with captured_logs() as output:
        try:
            case(world_in_memory(make, output))
        except Exception:  # a broken webhook may break its case in any way
            return False
    return True


def about(number: str) -> list[Case]:
    """The cases with this id."""
    return [case for name, case in EVERY_CASE.items() if number in name.split()]


@pytest.mark.parametrize("case", EVERY_CASE.values(), ids=EVERY_CASE.keys())
def test_a_webhook_that_is_whole_withstands(case: Case) -> None:
    with captured_logs() as output:
        case(world_in_memory(healthy, output))


@pytest.mark.parametrize(("number", "make"), BROKEN.values(), ids=BROKEN.keys())
def test_a_webhook_that_is_broken_is_caught_by_the_case_about_it(number: str, make: Make) -> None:
    assert not all(withstands(make, case) for case in about(number))


def test_every_case_catches_something() -> None:
    names = {name.split()[0] for name in EVERY_CASE}

    assert names == {number for number, _ in BROKEN.values()}


@pytest.mark.parametrize("name", sorted(BROKEN.keys() - USELESS))
def test_a_webhook_that_is_broken_works_for_zoom(name: str) -> None:
    _, make = BROKEN[name]

    assert withstands(make, zoom_tells_of_a_removal)


def zoom_tells_of_a_removal(world: World) -> None:
    """An app is removed, and the org comes to know of it."""
    world.remove_app()
    assert world.send(world.signed(world.event())).status == 200
    world.work_off()
    assert world.grant().status is GrantStatus.DEAD
    assert not world.is_connected()


def test_w09_keys_whose_removal_was_approved_stay_once_the_app_is_gone() -> None:
    inside: list[CleanupWorld] = []

    def make(parts: Parts) -> Handle:
        inside.append(parts.world)
        return healthy(parts)

    with captured_logs() as output:
        zoom_tells_of_a_removal(world_in_memory(make, output))

    (world,) = inside
    before = world.keys.held(world.org_id)
    assert world.remove().next is Next.AUTHORIZE
    assert world.keys.held(world.org_id) == before != ()
    assert world.keys.changes(world.org_id) == []
