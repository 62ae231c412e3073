from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.authorizations import AuthorizationWorld
from tests.builders import NOW
from zoom_migrator.authorization_metrics import CountedAttempts
from zoom_migrator.domain.authorization import AttemptResult, AuthorizationAttempt
from zoom_migrator.domain.authorization_outcome import SETBACKS, Outcome
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.observability import metrics


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> Iterator[None]:
    metrics.clear_metrics()
    yield
    metrics.clear_metrics()


@pytest.fixture
def world() -> AuthorizationWorld:
    world = AuthorizationWorld()
    world.asked()
    return world


@pytest.fixture
def attempts(world: AuthorizationWorld) -> CountedAttempts:
    return CountedAttempts(world.attempts)


@pytest.fixture
def consumed(world: AuthorizationWorld, attempts: CountedAttempts) -> AuthorizationAttempt:
    found = attempts.get(world.begin().attempt.state_hash)
    assert found is not None
    taken = attempts.consume(found, code_hash="", now=NOW)
    assert taken is not None
    return taken


def counted() -> dict[str, int]:
    return {name: len(metric["Value"]) for name, metric in metrics.metric_set.items()}


@pytest.mark.parametrize("outcome", sorted({Outcome.CONNECTED, *SETBACKS}))
def test_every_outcome_has_a_metric_of_its_own(
    attempts: CountedAttempts, consumed: AuthorizationAttempt, outcome: Outcome
) -> None:
    attempts.end(consumed, AttemptResult(outcome, NOW))

    (name,) = counted()
    assert name.removeprefix("Consent").lower() == outcome.replace("_", "")


def test_what_could_not_be_stored_is_not_counted(
    attempts: CountedAttempts, consumed: AuthorizationAttempt
) -> None:
    attempts.end(consumed, AttemptResult(Outcome.CONNECTED, NOW))
    metrics.clear_metrics()

    with pytest.raises(ConcurrentModification):
        attempts.end(consumed, AttemptResult(Outcome.DECLINED, NOW))

    assert counted() == {}


def test_what_is_begun_is_not_counted(world: AuthorizationWorld, attempts: CountedAttempts) -> None:
    attempt = world.begin().attempt

    attempts.create(replace(attempt, state_hash="another", revision=0))

    assert counted() == {}
