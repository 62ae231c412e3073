"""Schedules: at which call to the outside something goes wrong, and what.

Every call that a use case makes through a port is a point at which its process may die before or
after, the answer may be lost, the other side may be out of reach, another process may do something,
or a person may remove the app at Zoom. Calls are counted over all processes of a run, those of the
other process included, so that the second disturbance of a schedule can hit any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tests.unit.crash_schedules.ledger import Ledger
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.delivery import FailureKind, SendFailure
from zoom_migrator.domain.errors import InvariantViolation, MigratorError, StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import RowUncertain
from zoom_migrator.domain.upgrade import InstallUncertain
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode


class Kind(StrEnum):
    """What happens at a call.

    ``CRASH_BEFORE``: the process dies before it. ``CRASH_AFTER``: it happens, and the process dies
    before it learns of it. ``REPLY_LOST``: it happens, and the process is told that nobody knows.
    ``OUTAGE``: it does not happen, and the process is told so. ``REVOKED``: just before it, the
    app is removed at Zoom. ``FROZEN``: the process stands still for longer than any lease, while
    another one does the same. The others: just before it, another process does something, from
    start to end. ``CONSENT``: the same person authorizes another org.
    """

    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    REPLY_LOST = "reply lost"
    OUTAGE = "outage"
    REVOKED = "revoked"
    TWIN = "second worker"
    PROBE = "probe"
    STOP = "stop"
    SWEEP = "sweep"
    DESTROY = "destroy the backup"
    CONSENT = "consent elsewhere"
    FROZEN = "frozen"


ONLY_THE_PROCESS = (Kind.CRASH_BEFORE, Kind.CRASH_AFTER, Kind.REPLY_LOST, Kind.OUTAGE)

# No check can come between a clock and the request that follows it: functions have to be given less
# time than a lease lasts, which a test of the template holds.
_NEVER_FROZEN = ("keys", "blank")

type Plan = tuple[tuple[int, Kind], ...]
LONGER_THAN_A_LEASE = timedelta(minutes=6)

type Act = Callable[[], object]


class ProcessDied(BaseException):
    """The process is gone. No use case may catch this, whatever it catches."""


@dataclass
class Schedule:
    """Counts the calls of a run, and disturbs those that it was told to."""

    plan: Plan
    ledger: Ledger
    acts: Mapping[Kind, Act] = field(default_factory=dict)
    calls: int = 0
    trace: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._at = dict(self.plan)
        self._last = max(self._at, default=0)

    def call(
        self, port: str, name: str, function: Callable[..., Any], *args: Any, **kw: Any
    ) -> Any:
        """Make one call, with whatever happens at it."""
        self.calls += 1
        kind = self._at.get(self.calls) if self.calls <= self._last else None
        if kind is None:
            return self.ledger.perform(port, name, function, args, kw)
        self.trace.append(f"{kind} at call {self.calls} ({port}.{name})")
        if kind is Kind.CRASH_BEFORE:
            raise ProcessDied
        if kind is Kind.OUTAGE:
            return self._told(port, name, _outage(port, self.ledger.now))
        if kind is Kind.FROZEN and (port, name) != _NEVER_FROZEN:
            self.ledger.world.clock.advance(LONGER_THAN_A_LEASE)
            self._let_others_act(Kind.TWIN)
        elif kind not in (Kind.CRASH_AFTER, Kind.REPLY_LOST):
            self._let_others_act(kind)
        answer = self.ledger.perform(port, name, function, args, kw)
        if kind is Kind.CRASH_AFTER:
            raise ProcessDied
        if kind is Kind.REPLY_LOST:
            return self._told(port, name, _lost_reply(port, name, self.ledger.now))
        return answer

    def _told(self, port: str, name: str, answer: object) -> object:
        self.ledger.told(port, name)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _let_others_act(self, kind: Kind) -> None:
        act = self.acts.get(kind)
        if act is None:
            return
        with self.ledger.another_worker(), suppress(ProcessDied):
            try:
                act()
            except InvariantViolation as error:
                self.ledger.broken(0, f"another process contradicts itself: {error.message}")
            except MigratorError:
                """The other process is told so, and gives up."""


class Disturbed:
    """A port whose calls a schedule counts."""

    def __init__(self, name: str, port: object, schedule: Schedule) -> None:
        self._name = name
        self._port = port
        self._schedule = schedule

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._port, name)
        if not callable(function):
            return function
        schedule, port = self._schedule, self._name

        def call(*args: Any, **kwargs: Any) -> Any:
            return schedule.call(port, name, function, *args, **kwargs)

        self.__dict__[name] = call
        return call


def _outage(port: str, now: datetime) -> object:
    if port in ("slack", "mailer"):
        return SendFailure(FailureKind.TRANSIENT, "connection refused")
    if port == "zoom":
        return ZoomFailure(ZoomFailureCode.SERVICE_UNAVAILABLE)
    if port in ("keys", "salesforce", "upgrades", "package"):
        return CheckFailure(FailureCode.SERVICE_UNAVAILABLE, now)
    return StoreUnavailable("out of reach")


def _lost_reply(port: str, name: str, now: datetime) -> object:
    if port in ("slack", "mailer"):
        return SendFailure(FailureKind.UNKNOWN, "closed without an answer")
    if port == "zoom":
        return ZoomFailure(ZoomFailureCode.ANSWER_LOST)
    if port == "keys" and name in ("blank", "restore"):
        return RowUncertain("closed without an answer")
    if port == "upgrades" and name == "install":
        return InstallUncertain("closed without an answer")
    if port in ("keys", "salesforce", "upgrades", "package"):
        return CheckFailure(FailureCode.SERVICE_UNAVAILABLE, now)
    return StoreUnavailable("no answer in time")
