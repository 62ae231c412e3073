"""Whether the faults on the way would show a mistake: each that is put in has to be found."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.adapters.faults.fault import Fault
from tests.adapters.faults.lab import FaultLab
from tests.adapters.faults.trips import go
from tests.adapters.faults.ways import WAYS
from tests.unit.crash_schedules.mutations import MUTATIONS, applied
from zoom_migrator.domain.legacy_keys import RowUncertain
from zoom_migrator.domain.upgrade import InstallUncertain
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind

type Call = Callable[..., Any]

# Mistakes of use cases that a fault between two processes brings to light, and which one does.
_OF_USE_CASES: Final = (
    ("keys are blanked before the grant is proven", Fault.THROTTLED),
    ("nothing is read back after the removal", Fault.RESET_BEFORE),
    ("a refreshed token is used and never stored", Fault.THROTTLED),
    ("a code is exchanged again after a lost answer", Fault.RESET_AFTER),
    ("the org is not asked for requests whose answer was lost", Fault.BAD_GATEWAY),
)


@dataclass(frozen=True)
class Mistake:
    """A mistake of an adapter: what it makes of an answer.

    Attributes:
        port: The port of the world.
        of: The adapter's method.
        tells: What it answers, given the method as it is and what it was called with.
        fault: What brings it to light.
        invariant: The one that is broken by it.
    """

    name: str
    way: str
    port: str
    of: str
    tells: Callable[..., Any]
    fault: Fault
    invariant: int

    def make(self, world: Any) -> None:
        """Let the gateway of a world make it."""
        port = getattr(world, self.port)
        real: Call = getattr(port, self.of)
        setattr(port, self.of, lambda *args, **kwargs: self.tells(real, *args, **kwargs))


def _is_lost(answer: object) -> bool:
    if isinstance(answer, ZoomFailure):
        return answer.kind is ZoomFailureKind.OUTCOME_UNKNOWN
    return isinstance(answer, (InstallUncertain, RowUncertain))


def _sends_again(real: Call, *args: Any, **kwargs: Any) -> Any:
    answer = real(*args, **kwargs)
    return real(*args, **kwargs) if _is_lost(answer) else answer


def _says_not_sent(real: Call, *args: Any, **kwargs: Any) -> Any:
    answer = real(*args, **kwargs)
    return ZoomFailure(ZoomFailureCode.NOT_CONNECTED) if _is_lost(answer) else answer


def _says_refused(real: Call, *args: Any, **kwargs: Any) -> Any:
    answer = real(*args, **kwargs)
    return ZoomFailure(ZoomFailureCode.GRANT_INVALID) if _is_lost(answer) else answer


def _logs_it(real: Call, *args: Any, **kwargs: Any) -> Any:
    logging.getLogger("zoom_migrator.careless").warning("called", extra={"given": args})
    return real(*args, **kwargs)


_F = Fault
MISTAKES: Final = (
    Mistake(
        "a code is sent again", "authorization", "zoom", "exchange", _sends_again, _F.TRUNCATED, 2
    ),
    Mistake("a refresh is sent again", "refresh", "zoom", "refresh", _sends_again, _F.TRUNCATED, 4),
    Mistake(
        "a lost refresh counts as unsent",
        "refresh",
        "zoom",
        "refresh",
        _says_not_sent,
        _F.LATE_ANSWER,
        4,
    ),
    Mistake(
        "a lost refresh counts as refused",
        "refresh",
        "zoom",
        "refresh",
        _says_refused,
        _F.RESET_BEFORE,
        4,
    ),
    Mistake(
        "an install is sent again",
        "upgrade",
        "upgrades",
        "install",
        _sends_again,
        _F.LATE_REQUEST,
        3,
    ),
    Mistake("a change is sent again", "cleanup", "keys", "blank", _sends_again, _F.RESET_BEFORE, 1),
    Mistake("tokens are logged", "refresh", "zoom", "refresh", _logs_it, _F.THROTTLED, 7),
)


def _found(
    name: str, fault: Fault, lab: FaultLab, spoil: Callable[[Any], object] | None = None
) -> set[int]:
    """The invariants that are found broken with a fault at each request of a way."""
    way = next(way for way in WAYS if way.name == name)
    start = way.begin(lab.rows)
    requests = len(go(way, start, {}, lab, spoil).passed)
    trips = [go(way, start, {at: fault}, lab, spoil) for at in range(1, requests + 1)]
    return {each.invariant for trip in trips for each in trip.violations}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_every_mistake_of_an_adapter_is_found(mistake: Mistake, lab: FaultLab) -> None:
    assert mistake.invariant in _found(mistake.way, mistake.fault, lab, mistake.make)


@pytest.mark.parametrize(("name", "fault"), _OF_USE_CASES)
def test_mistakes_of_use_cases_are_found_over_http_too(
    name: str, fault: Fault, lab: FaultLab
) -> None:
    mutation = next(each for each in MUTATIONS if each.name == name)

    with applied(mutation):
        found = _found(mutation.scenario.name, fault, lab)

    assert found & {mutation.breaks or 0, 0, 6}
