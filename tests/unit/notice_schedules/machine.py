"""Works on a queue as Lambda and SQS do, under a schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tests.unit.crash_schedules.schedule import Disturbed, Kind, Plan, ProcessDied, Schedule
from tests.unit.notice_schedules.worlds import HIDDEN, QueueWorld
from zoom_migrator.domain.errors import TransientError
from zoom_migrator.domain.notice_order import NoticeOrder

PORTS: Final = (
    "orgs",
    "migrations",
    "scans",
    "notices",
    "deliveries",
    "contacts",
    "queue",
    "slack",
    "mailer",
    "signer",
)
_ROUNDS: Final = 60
_TRIES: Final = 12


class Ledger:
    """Lets calls happen; what they must not lead to shows at the end."""

    def __init__(self, world: QueueWorld) -> None:
        self.world = world
        self.problems: list[str] = []

    @property
    def now(self) -> datetime:
        """The present."""
        return self.world.clock.now()

    @contextmanager
    def another_worker(self) -> Iterator[None]:
        """Another process acts meanwhile."""
        yield

    def perform(
        self,
        port: str,
        name: str,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Let a call happen."""
        return function(*args, **kwargs)

    def told(self, port: str, name: str) -> None:
        """A process was told that a call came to nothing."""

    def broken(self, invariant: int, what: str) -> None:
        """Note a contradiction."""
        self.problems.append(what)


@dataclass
class Machine:
    """One run of one world.

    Attributes:
        world: The world as it is.
        disturbed: The same world, behind the schedule; all that is tested acts on this.
    """

    world: QueueWorld
    plan: Plan
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.world)
        self.schedule = Schedule(self.plan, self.ledger)  # type: ignore[arg-type]
        self.disturbed = object.__new__(type(self.world))
        self.disturbed.__dict__.update(vars(self.world))
        for name in PORTS:
            port = Disturbed(name, getattr(self.world, name), self.schedule)
            setattr(self.disturbed, name, port)

    def look_for_milestones(self) -> None:
        """Remind as the schedule has it, repeated where it fails."""
        self._with_twin(lambda: self.disturbed.remind())
        for _ in range(_TRIES):
            try:
                self.disturbed.remind()
            except (ProcessDied, TransientError):
                self.world.later(minutes=1)
                continue
            return
        self.problems.append("reminding never gets done")

    def work_off(self) -> None:
        """Work on the queue until it is empty; who dies leaves their orders in it."""
        for _ in range(_ROUNDS):
            batch = self.world.receive()
            if not batch:
                return
            self._work_on(batch)
            self.world.clock.advance(HIDDEN)
        self.problems.append("the queue never gets empty")

    @property
    def happened(self) -> str:
        """The schedule in words."""
        return ", then ".join(self.schedule.trace) or "no disturbance at all"

    def _work_on(self, batch: list[tuple[NoticeOrder, int]]) -> None:
        orders = [order for order, _ in batch]
        # SQS delivers at least once, so somebody else may get the same.
        self._with_twin(lambda: self.disturbed.notify(*orders))
        try:
            to_repeat = set(self.disturbed.notify(*orders).to_repeat)
        except (ProcessDied, TransientError):
            to_repeat = set(range(len(batch)))
        for place, (order, received) in enumerate(batch):
            if place in to_repeat:
                self.world.put_back(order, received)

    def _with_twin(self, act: Callable[[], object]) -> None:
        self.schedule.acts = {Kind.TWIN: act}
