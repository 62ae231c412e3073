"""Goes through all schedules of a way that notices go, and tells which of them break something."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.unit.crash_schedules.fork import fork
from tests.unit.crash_schedules.machine import plans_of
from tests.unit.crash_schedules.schedule import ONLY_THE_PROCESS, Kind, Plan
from tests.unit.notice_schedules import worlds
from tests.unit.notice_schedules.machine import Machine
from tests.unit.notice_schedules.worlds import QueueWorld

ALL: Final = (*ONLY_THE_PROCESS, Kind.TWIN, Kind.FROZEN)
FIRST: Final = (Kind.CRASH_AFTER, Kind.REPLY_LOST, Kind.TWIN)
SECOND: Final = (Kind.CRASH_BEFORE, Kind.REPLY_LOST, Kind.FROZEN)


@dataclass(frozen=True)
class Way:
    """A way that notices go.

    Attributes:
        begin: Makes the state that every schedule starts from.
        run: Goes the way.
        wrong: What is wrong with the state at the end.
        at_least: How many schedules there are at least.
    """

    name: str
    begin: Callable[[], QueueWorld]
    run: Callable[[Machine], object]
    wrong: Callable[[QueueWorld], Iterator[str]]
    at_least: int


@dataclass
class Report:
    """What became of all schedules: each that broke something, with what it broke."""

    schedules: int = 0
    broken: list[tuple[str, str]] = field(default_factory=list)


def explore(way: Way, *, twice: bool = True, first_only: bool = False) -> Report:
    """Run every schedule of one disturbance, and many of two.

    Args:
        twice: Whether two disturbances are tried.
        first_only: Stop at the first one that breaks something.
    """
    report, start = Report(), way.begin()
    logger = logging.getLogger("zoom_migrator")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        for _ in _schedules(way, start, report, twice=twice):
            if first_only and report.broken:
                break
    finally:
        logger.setLevel(before)
    return report


def _schedules(way: Way, start: QueueWorld, report: Report, *, twice: bool) -> Iterator[None]:
    calls = _run(way, start, (), report)
    yield
    lengths: dict[tuple[int, Kind], int] = {}
    for disturbance in plans_of(calls, ALL):
        lengths[disturbance] = _run(way, start, (disturbance,), report)
        yield
    for first, length in lengths.items():
        if not twice or first[1] not in FIRST:
            continue
        for second in plans_of(length, SECOND, after=first[0]):
            _run(way, start, (first, second), report)
            yield


def _run(way: Way, start: QueueWorld, plan: Plan, report: Report) -> int:
    machine = Machine(fork(start), plan)
    way.run(machine)
    problems = [*machine.problems, *machine.ledger.problems, *way.wrong(machine.world)]
    if not plan:
        problems += worlds.untold(machine.world)
    report.broken += [(machine.happened, problem) for problem in problems]
    report.schedules += 1
    return machine.schedule.calls


def _remind_and_tell(machine: Machine) -> None:
    machine.look_for_milestones()
    machine.work_off()
    machine.world.later(days=1)
    machine.look_for_milestones()
    machine.work_off()


NEWS: Final = Way("news", worlds.news, Machine.work_off, worlds.is_news_told, 2_000)
DEAD_CHANNEL: Final = Way(
    "news for a channel that takes nothing",
    worlds.news_for_a_dead_channel,
    Machine.work_off,
    worlds.are_operators_told,
    3_000,
)
LIMITED: Final = Way(
    "limited news", worlds.limited_news, Machine.work_off, worlds.is_news_told, 7_000
)
DEADLINES: Final = Way("deadlines", worlds.deadlines, _remind_and_tell, worlds.is_news_told, 4_500)
WAYS: Final = (NEWS, DEAD_CHANNEL, LIMITED, DEADLINES)
