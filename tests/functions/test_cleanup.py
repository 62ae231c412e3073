"""The page about the old keys as deployed, and whether its cases would catch a broken one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.adapters.web.desk import Handler
from tests.functions.broken_keys_pages import BROKEN, healthy
from tests.functions.cleanup_cases import CASES, Case, CleanupWorld
from tests.functions.cleanup_worlds import DeployedKeysWorld, MemoryKeysWorld
from tests.functions.deployment import Deployment
from tests.functions.logs import captured_logs
from tests.keys_asked import KeysAsked

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@pytest.fixture
def world(deployment: Deployment) -> DeployedKeysWorld:
    return DeployedKeysWorld(deployment)


@every_case
def test_the_deployed_page_withstands(world: DeployedKeysWorld, case: Case) -> None:
    case(world)


@every_case
def test_the_page_in_memory_withstands(case: Case) -> None:
    with captured_logs() as output:
        case(MemoryKeysWorld(healthy, output))


@pytest.mark.parametrize(("number", "make"), BROKEN.values(), ids=BROKEN.keys())
def test_a_page_that_is_broken_is_caught_by_the_case_about_it(
    number: str, make: Callable[[KeysAsked], Handler]
) -> None:
    cases = [case for name, case in CASES.items() if number in name]

    assert not all(withstands(make, case) for case in cases)


def withstands(make: Callable[[KeysAsked], Handler], case: Case) -> bool:
    with captured_logs() as output:
        try:
            case(MemoryKeysWorld(make, output))
        except Exception:  # a broken page may break its case in any way
            return False
    return True


@pytest.mark.parametrize("value", ["", "soon", "2023-02-30", "20230908"])
def test_a_deadline_that_is_no_day_is_a_page_and_an_error_of_the_log(
    world: DeployedKeysWorld, value: str
) -> None:
    desk = world.ask()
    world.deployment.environment["cleanup"]["JWT_DEADLINE"] = value

    page = desk.open()

    assert (page.status, page.heading) == (500, "Something went wrong on our side")
    (line,) = world.deployment.log("page_failed")
    assert (line["error"], "JWT_DEADLINE" in line["reason"]) == ("InvalidSettings", True)


def test_worlds_are_what_cases_need(world: DeployedKeysWorld) -> None:
    with captured_logs() as output:
        worlds: list[CleanupWorld] = [world, MemoryKeysWorld(healthy, output)]

    assert all(each.now.tzinfo is not None for each in worlds)
