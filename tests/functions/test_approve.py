"""The approval page as it is deployed, and whether its hostile cases would catch a broken one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.adapters.web.desk import Handler
from tests.approvals import Asked
from tests.functions.approval_cases import CASES, ApprovalWorld, Case
from tests.functions.approval_worlds import DeployedWorld, MemoryWorld
from tests.functions.broken_pages import BROKEN, healthy
from tests.functions.deployment import Deployment
from tests.functions.logs import captured_logs

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@pytest.fixture
def world(deployment: Deployment) -> DeployedWorld:
    return DeployedWorld(deployment)


@every_case
def test_the_deployed_page_withstands(world: DeployedWorld, case: Case) -> None:
    case(world)


@every_case
def test_the_page_in_memory_withstands(case: Case) -> None:
    with captured_logs() as output:
        case(MemoryWorld(healthy, output))


@pytest.mark.parametrize(("number", "make"), BROKEN.values(), ids=BROKEN.keys())
def test_a_page_that_is_broken_is_caught_by_the_case_about_it(
    number: str, make: Callable[[Asked], Handler]
) -> None:
    cases = [case for name, case in CASES.items() if number in name]

    assert not all(withstands(make, case) for case in cases)


def withstands(make: Callable[[Asked], Handler], case: Case) -> bool:
    with captured_logs() as output:
        try:
            case(MemoryWorld(make, output))
        except Exception:  # a broken page may break its case in any way
            return False
    return True


def test_worlds_are_what_cases_need(world: DeployedWorld) -> None:
    with captured_logs() as output:
        worlds: list[ApprovalWorld] = [world, MemoryWorld(healthy, output)]

    assert all(each.now.tzinfo is not None for each in worlds)
