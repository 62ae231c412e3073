"""Goes a way with faults on it, and tells what was wrong."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from tests.adapters.faults.fault import Fault, Passed
from tests.adapters.faults.lab import FaultLab
from tests.adapters.faults.ways import Way
from tests.unit.crash_schedules.explore import stored_in, wrong_at_end
from tests.unit.crash_schedules.fork import fork
from tests.unit.crash_schedules.invariants import Violation
from tests.unit.crash_schedules.machine import Machine

_TOKENS: Final = "/oauth/token"
_WHO_AM_I: Final = "/v2/users/me"

type Plan = Mapping[int, Fault]


@dataclass
class Trip:
    """What came of going a way once.

    Attributes:
        plan: What was to go wrong, by the number of the request.
        passed: The requests, in order.
        violations: What was wrong on the way or at its end.
    """

    plan: Plan
    passed: Sequence[Passed]
    violations: list[Violation]

    def __str__(self) -> str:
        faults = [f"{each} (request {at})" for at, each in enumerate(self.passed, 1) if each.fault]
        return ", then ".join(faults) or "no fault at all"


@dataclass
class _Lines(logging.Handler):
    """Keeps every line that is logged."""

    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{record.getMessage()} {vars(record)}")

    __hash__ = logging.Handler.__hash__


def go(
    way: Way, start: Any, plan: Plan, lab: FaultLab, spoil: Callable[[Any], object] | None = None
) -> Trip:
    """Go a way from a state in memory that is left as it is.

    Args:
        spoil: Puts a mistake into the gateways of the world that goes it.
    """
    world = fork(start)
    lab.take_over(world)
    if spoil is not None:
        spoil(world)
    lab.proxy.begin(plan)
    machine: Machine[Any] = Machine(world, ())
    with _listening() as lines:
        way.scenario.run(machine)
        lab.proxy.deliver_what_is_late()
        passed = lab.proxy.passed
        violations = [*machine.ledger.violations, *wrong_at_end(machine, way.scenario.goal)]
        violations += _on_the_wire(passed)
        violations += _shown(world, lines, lab)
        if not _may_have_lost_tokens(passed) and (wrong := way.lossless(world)):
            violations.append(Violation(6, f"although nothing was lost: {wrong}"))
    return Trip(plan, passed, violations)


def broken(*trips: Trip) -> list[tuple[str, int, str]]:
    """What was wrong, with what had gone wrong before."""
    return [(str(trip), each.invariant, each.what) for trip in trips for each in trip.violations]


def _on_the_wire(passed: Sequence[Passed]) -> Iterator[Violation]:
    """What no process knows for itself: what went over the wire, how often, and in which order."""
    yield from _blanked_unproven(passed)
    codes = Counter(code for each in passed for code in _form(each).get("code", []))
    for times in codes.values():
        if times > 1:
            yield Violation(2, "a code goes over the wire twice")
    refreshed = Counter(
        token
        for each in passed
        if each.is_carried_out
        for token in _form(each).get("refresh_token", [])
    )
    for times in refreshed.values():
        if times > 1:
            yield Violation(4, "Zoom is shown a refresh token again that it has taken before")


def _blanked_unproven(passed: Sequence[Passed]) -> Iterator[Violation]:
    """Before each change that blanks a row, Zoom has answered, and not before the last one."""
    is_proven = False
    for each in passed:
        request = each.request
        if request.target == _WHO_AM_I:
            is_proven = each.fault is None
        elif request.method == "PATCH" and None in json.loads(request.body).values():
            if not is_proven:
                yield Violation(1, "a row is blanked without a call to Zoom just before")
            is_proven = False


def _shown(world: Any, lines: _Lines, lab: FaultLab) -> Iterator[Violation]:
    shown = f"{stored_in(world)} {lines.texts}"
    if any(secret in shown for secret in lab.secrets(world)):
        yield Violation(7, "a secret stands in a log, in the store, or in a representation")


def _may_have_lost_tokens(passed: Sequence[Passed]) -> bool:
    """Whether nobody can know that Zoom has not issued tokens that did not arrive."""
    return any(
        each.fault is not None and not each.fault.is_a_refusal
        for each in passed
        if each.request.target == _TOKENS
    )


def _form(each: Passed) -> dict[str, list[str]]:
    if each.request.target != _TOKENS:
        return {}
    return parse_qs(each.request.body.decode())


@contextmanager
def _listening() -> Iterator[_Lines]:
    logger, lines = logging.getLogger("zoom_migrator"), _Lines()
    before = logger.propagate, logger.level
    logger.addHandler(lines)
    logger.propagate, logger.level = False, logging.DEBUG
    try:
        yield lines
    finally:
        logger.removeHandler(lines)
        logger.propagate, logger.level = before
