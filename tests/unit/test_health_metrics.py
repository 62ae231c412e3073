from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.stuck import Stuck, StuckKind
from zoom_migrator.health_metrics import count_event, count_probed, count_swept, count_watched
from zoom_migrator.observability import metrics
from zoom_migrator.use_cases.check_health import Health
from zoom_migrator.use_cases.prove_org import ProofOutcome
from zoom_migrator.use_cases.sweep_fleet import Swept
from zoom_migrator.use_cases.take_zoom_event import EventOutcome
from zoom_migrator.use_cases.watch_after_scan import Watched


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> Iterator[None]:
    metrics.clear_metrics()
    yield
    metrics.clear_metrics()


def counted() -> dict[str, float]:
    return {name: sum(metric["Value"]) for name, metric in metrics.metric_set.items()}


def test_what_is_not_as_ever_is_counted_after_a_scan() -> None:
    count_watched(Watched(Counter(dict.fromkeys(Health, 2)), failed=3))

    assert counted() == {
        "GrantProven": 2,
        "GrantUnproven": 2,
        "GrantLost": 2,
        "HealthChanged": 2,
        "HealthNotChecked": 3,
    }


def test_a_fleet_that_is_well_is_not_counted() -> None:
    count_watched(Watched(Counter({Health.WELL: 900, Health.NOT_WATCHED: 100})))

    assert counted() == {}


def test_what_an_event_led_to_is_counted() -> None:
    count_probed(Counter(dict.fromkeys(ProofOutcome, 1)))

    assert counted() == {"GrantProven": 1, "GrantLost": 1, "GrantUnproven": 1}


def test_a_sweep_counts_what_it_moved_named_and_could_not_do() -> None:
    stuck = Stuck("00D5g000004xyzABCD", StuckKind.NO_REASON, OrgStatus.BLOCKED)

    count_swept(Swept(moved=["a", "b"], named=[stuck], failed=["c"], expired=["d"]))

    assert counted() == {
        "OrgsMovedOn": 2,
        "OrgsWithoutNextStep": 1,
        "OrgsNotSwept": 1,
        "BackupsExpired": 1,
    }


def test_a_sweep_that_finds_nothing_says_so_to_whoever_waits_for_it() -> None:
    count_swept(Swept())

    assert counted() == {
        "OrgsMovedOn": 0,
        "OrgsWithoutNextStep": 0,
        "OrgsNotSwept": 0,
        "BackupsExpired": 0,
    }


@pytest.mark.parametrize("outcome", EventOutcome)
def test_each_event_is_counted_by_what_became_of_it(outcome: EventOutcome) -> None:
    count_event(outcome)

    assert counted() == {f"ZoomEvent{outcome.title()}": 1}
