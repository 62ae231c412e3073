"""The production use cases under every schedule of one disturbance, and many thousands of two."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.crash_schedules.explore import Scenario, explore
from tests.unit.crash_schedules.scenarios import SCENARIOS
from tests.unit.crash_schedules.schedule import Kind


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_schedule_breaks_an_invariant(scenario: Scenario[Any]) -> None:
    report = explore(scenario)

    assert report.broken == []
    assert report.schedules >= scenario.at_least


def test_there_are_more_than_thirty_thousand_schedules() -> None:
    assert sum(scenario.at_least for scenario in SCENARIOS) > 30_000


def test_every_kind_of_disturbance_is_tried() -> None:
    assert {kind for scenario in SCENARIOS for kind in scenario.kinds} == set(Kind)
