"""Goes through all schedules of a scenario, and tells which of them break an invariant."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from tests.unit.crash_schedules.fork import fork
from tests.unit.crash_schedules.invariants import Violation
from tests.unit.crash_schedules.machine import Act, Machine, plans_of
from tests.unit.crash_schedules.schedule import Kind, Plan
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.find_stuck_orgs import find_stuck_orgs

_CANARY: Final = "canary"
# What stands in the stores is searched for secrets in each schedule of one disturbance, and in
# every so many of two.
_SEARCHED_EVERY: Final = 20


@dataclass(frozen=True)
class Scenario[W]:
    """A way an org goes.

    Attributes:
        begin: Makes the state that every schedule starts from.
        run: Goes the way.
        goal: What is wrong with the state at the end; empty where it is as it should be.
        kinds: What is tried at every call.
        first: What is tried at every call before a second disturbance.
        second: What is tried at every call after it.
        others: What other processes and people do.
        at_least: How many schedules there are at least.
    """

    name: str
    begin: Callable[[], W]
    run: Callable[[Machine[W]], object]
    goal: Callable[[W], str]
    kinds: tuple[Kind, ...]
    first: tuple[Kind, ...]
    second: tuple[Kind, ...]
    others: Mapping[Kind, Act[W]]
    at_least: int


@dataclass
class Report:
    """What became of all schedules.

    Attributes:
        broken: Each schedule that broke something, in words, with what it broke.
    """

    schedules: int = 0
    broken: list[tuple[str, Violation]] = field(default_factory=list)


_RACES: Final = frozenset({Kind.TWIN, Kind.CONSENT, Kind.SWEEP, Kind.PROBE})


class _Logs(logging.Handler):
    """Reads every line that is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if _CANARY in f"{record.getMessage()} {vars(record)}":
            self.leaks.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[_Logs]:
    logger, logs = logging.getLogger("zoom_migrator"), _Logs()
    before = logger.propagate, logger.level
    logger.addHandler(logs)
    logger.propagate, logger.level = False, logging.INFO
    try:
        yield logs
    finally:
        logger.removeHandler(logs)
        logger.propagate, logger.level = before


def explore[W](scenario: Scenario[W], *, first_only: bool = False) -> Report:
    """Run every schedule.

    Args:
        first_only: Stop at the first one that breaks something.
    """
    report, start = Report(), scenario.begin()
    with _listening() as logs:
        for _ in _schedules(scenario, start, logs, report):
            if first_only and report.broken:
                break
    return report


def _schedules[W](scenario: Scenario[W], start: W, logs: _Logs, report: Report) -> Iterator[None]:
    calls = _run(scenario, start, (), logs, report)
    yield
    lengths: dict[tuple[int, Kind], int] = {}
    for disturbance in plans_of(calls, tuple(dict.fromkeys(scenario.kinds + scenario.first))):
        lengths[disturbance] = _run(scenario, start, (disturbance,), logs, report)
        yield
    for first, length in lengths.items():
        if first[1] not in scenario.first:
            continue
        for second in plans_of(length, scenario.second, after=first[0]):
            _run(scenario, start, (first, second), logs, report)
            yield


def _run[W](scenario: Scenario[W], start: W, plan: Plan, logs: _Logs, report: Report) -> int:
    machine = Machine(fork(start), plan, scenario.others)
    scenario.run(machine)
    calls = machine.schedule.calls
    thorough = len(plan) < 2 or report.schedules % _SEARCHED_EVERY == 0
    for violation in [*machine.ledger.violations, *_at_end(machine, scenario, thorough, logs)]:
        report.broken.append((machine.happened, violation))
    report.schedules += 1
    return calls


def _at_end[W](
    machine: Machine[W], scenario: Scenario[W], thorough: bool, logs: _Logs
) -> Iterator[Violation]:
    yield from _about_grants(machine)
    yield from wrong_at_end(machine, scenario.goal)
    while logs.leaks:
        yield Violation(7, f"a secret is logged by {logs.leaks.pop()}")
    if thorough and _CANARY in stored_in(machine.world):
        yield Violation(7, "a secret stands in the store, or in a representation")


def wrong_at_end[W](machine: Machine[W], goal: Callable[[W], str]) -> Iterator[Violation]:
    """What is wrong with where a run has ended; what only the sweep moves on, it has."""
    world: Any = machine.world
    for act in machine.given_up:
        yield Violation(6, f"never gets done: {act}")
    wrong = goal(machine.world)
    if wrong:
        yield Violation(6, wrong)
    if world.orgs.get(world.bystander.org_id) != world.bystander:
        yield Violation(8, "another org was touched")
    if hasattr(world, "sweep"):
        world.sweep()
        for stuck in find_stuck_orgs(ports=world.stuck_ports):
            yield Violation(6, f"the org has no next step: {stuck.kind}, {stuck.detail}")


def _about_grants(machine: Machine[Any]) -> Iterator[Violation]:
    """What is called live works, where nothing but races can have changed that."""
    world, kinds = machine.world, [kind for _, kind in machine.plan]
    if not hasattr(world, "grants") or not set(kinds) <= _RACES or len(kinds) > 1:
        return
    for grant_id in world.grants.list_ids():
        grant = world.grants.get(grant_id)
        if grant.status is not GrantStatus.LIVE:
            yield Violation(4, f"a race makes a grant {grant.status}")
        elif not world.zoom.is_live(world.grant_vault.open(grant.sealed, subject=grant.subject)):
            yield Violation(4, "a race leaves tokens in the store that are worth nothing")
    if world.org.status in (OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED):
        yield Violation(4, "a race costs an org its authorization")


def stored_in(world: Any) -> str:
    """Everything that is stored, as a careless log line would show it."""
    org_ids = list(world.orgs.list_ids())
    parts: list[object] = [world.orgs.get(each) for each in org_ids]
    parts += [world.orgs.audit_trail(each, limit=100) for each in org_ids]
    parts += [world.migrations.list_of(each, limit=9) for each in org_ids]
    parts += [world.migrations.notices(each, limit=100) for each in org_ids]
    if hasattr(world, "grants"):
        parts += [world.grants.get(each) for each in world.grants.list_ids()]
        parts += [world.attempts.stored, world.backups.stored]
    return repr(parts)
