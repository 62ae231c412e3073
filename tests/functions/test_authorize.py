"""The pages of an authorization, deployed: called with events, over HTTP, and broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functions.authorization_cases import CASES, INSIDE, Case
from tests.functions.authorization_worlds import World, deployed_world
from tests.functions.deployment import Deployment

EVERY_CASE = {**CASES, **INSIDE}
every_case = pytest.mark.parametrize("case", EVERY_CASE.values(), ids=EVERY_CASE.keys())


@pytest.fixture
def called(deployment: Deployment) -> Iterator[World]:
    """The functions, called with events of API Gateway."""
    with deployed_world(deployment, over_http=False) as world:
        yield world


@pytest.fixture
def served(deployment: Deployment) -> Iterator[World]:
    """The functions behind HTTP, as browsers reach them."""
    with deployed_world(deployment, over_http=True) as world:
        yield world


@every_case
def test_the_functions_withstand(called: World, case: Case) -> None:
    case(called)


@every_case
def test_the_functions_withstand_over_http(served: World, case: Case) -> None:
    case(served)
