"""Runs an org through its steps as Step Functions and people do, under a schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from tests.unit.crash_schedules.ledger import Ledger, bug
from tests.unit.crash_schedules.schedule import Disturbed, Kind, Plan, ProcessDied, Schedule
from zoom_migrator.domain.errors import (
    InvariantViolation,
    OperatorActionRequired,
    TransientError,
)

PORTS: Final = (
    "orgs",
    "migrations",
    "attempts",
    "grants",
    "grant_vault",
    "task_vault",
    "vault",
    "callback",
    "zoom",
    "salesforce",
    "upgrades",
    "keys",
    "package",
    "backups",
    "backup_vault",
    "workflow",
)
# Step Functions would give up earlier; what matters here is that no try does harm.
_TRIES: Final = 12
_SECOND: Final = timedelta(seconds=1)

type Act[W] = Callable[[W], Any]


@dataclass
class Machine[W]:
    """One run of one world.

    Attributes:
        world: The world as it is.
        disturbed: The same world, behind the schedule; all that is tested acts on this.
    """

    world: W
    plan: Plan
    others: Mapping[Kind, Act[W]] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.world)
        self.schedule = Schedule(self.plan, self.ledger)
        self.disturbed = object.__new__(type(self.world))
        self.disturbed.__dict__.update(vars(self.world))
        for name in PORTS:
            port = getattr(self.world, name, None)
            if port is not None:
                setattr(self.disturbed, name, Disturbed(name, port, self.schedule))
        self.schedule.acts = {
            # What happens at Zoom is no call of the product's.
            kind: self._bound(act, self.world if kind is Kind.REVOKED else self.disturbed)
            for kind, act in self.others.items()
        }

    def do[T](self, act: Callable[[W], T], *, twin: Act[W] | None = None) -> T | None:
        """Do something again and again until it is done; a process that dies is replaced.

        Args:
            twin: What a second worker does; the same, unless said otherwise.

        Returns:
            What came of it, or None where somebody was told that it cannot be done.
        """
        self.schedule.acts = {
            **self.schedule.acts,
            Kind.TWIN: self._bound(twin or act, self.disturbed),
        }
        for _ in range(_TRIES):
            try:
                return act(self.disturbed)
            except (ProcessDied, TransientError):
                self.world.clock.advance(_SECOND)  # type: ignore[attr-defined]
            except OperatorActionRequired:
                return None
            except InvariantViolation as error:
                self.ledger.broken(0, bug(error))
                return None
            finally:
                self.ledger.new_worker()
        self.given_up.append(repr(act))
        return None

    @property
    def happened(self) -> str:
        """The schedule in words."""
        return ", then ".join(self.schedule.trace) or "no disturbance at all"

    @staticmethod
    def _bound(act: Act[W], world: W) -> Callable[[], object]:
        return lambda: act(world)


def plans_of(calls: int, kinds: Sequence[Kind], *, after: int = 0) -> list[tuple[int, Kind]]:
    """Every disturbance of every call, after a call."""
    return [(at, kind) for at in range(after + 1, calls + 1) for kind in kinds]
