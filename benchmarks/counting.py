"""Counts what the functions use, while they run in this process: calls of AWS, time, output."""

from __future__ import annotations

import io
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import botocore.handlers

from benchmarks.capacity import WRITES, read, written
from benchmarks.prices import Unit

# A whole core; Source: Lambda Developer Guide, "Configure Lambda function memory".
_MB_A_CORE: Final = 1_769
_MB_A_GB: Final = 1_024
_BYTES_A_GB: Final = 1_000_000_000
# Put into a queue, fetched, deleted.
REQUESTS_A_MESSAGE: Final = 3
# Assumed, and rather too much than too little.
SECONDS_A_CALL_OF_AWS: Final = 0.01
SECONDS_AN_ANSWER: Final = 0.15
# Importing and building, at the share of a core that 512 MB get (see "Cold start").
SECONDS_OF_A_COLD_START: Final = 1.2

_PRICED: Final = {
    "kms": Unit.KMS_REQUESTS,
    "secretsmanager": Unit.SECRET_REQUESTS,
    "sesv2": Unit.MAILS,
}
_OF_S3: Final = {"PutObject": Unit.PUTS, "GetObject": Unit.GETS}
# Their prices are those of what they start, or none.
_FREE: Final = {"stepfunctions"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the template gives a function.

    Attributes:
        aws_calls_at_a_time: How many calls of AWS wait at the same time.
        requests_at_a_time: How many requests to others do.
    """

    memory_mb: int
    timeout_seconds: int
    aws_calls_at_a_time: int = 1
    requests_at_a_time: int = 1


@dataclass(frozen=True, slots=True)
class Invocation:
    """What one invocation took.

    Attributes:
        cpu_seconds: Of this whole process: what stands in for AWS and for others is in it.
        answers: Requests to others than AWS.
    """

    function: str
    limits: Limits
    cpu_seconds: float
    aws_calls: int
    answers: int

    @property
    def seconds(self) -> float:
        """How long it would run on Lambda, warm: CPU time at its share of a core, and waiting."""
        working = self.cpu_seconds * max(1.0, _MB_A_CORE / self.limits.memory_mb)
        for_aws = self.aws_calls * SECONDS_A_CALL_OF_AWS / self.limits.aws_calls_at_a_time
        for_others = self.answers * SECONDS_AN_ANSWER / self.limits.requests_at_a_time
        return working + for_aws + for_others

    @property
    def gb_seconds(self) -> float:
        """What is billed if it had a cold start."""
        return self.limits.memory_mb / _MB_A_GB * (self.seconds + SECONDS_OF_A_COLD_START)


@dataclass
class Count:
    """What was used since the last :meth:`take`.

    Attributes:
        calls: Calls of AWS by service and operation.
    """

    used: defaultdict[Unit, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    invocations: list[Invocation] = field(default_factory=list)
    _is_on: bool = False
    # The scan calls from many threads.
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def install(self) -> None:
        """Count the calls of every client that is made from now on in this process."""
        botocore.handlers.BUILTIN_HANDLERS += [
            ("before-parameter-build", _keep_call),
            ("after-call", self._count_call),
        ]

    def take(self) -> dict[Unit, float]:
        """What was used, and begin anew."""
        used = dict(self.used)
        self.used.clear()
        return used

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count for the length of the block."""
        before, self._is_on = self._is_on, True
        try:
            yield
        finally:
            self._is_on = before

    @contextmanager
    def invocation(
        self, function: str, limits: Limits, *, output: io.StringIO, answered: Callable[[], int]
    ) -> Iterator[None]:
        """Count one invocation of a function.

        Args:
            answered: Tells how many requests others have answered so far.
        """
        calls, answers = self.calls.total(), answered()
        printed, cpu = output.tell(), time.process_time()
        with self.counting():
            yield
        cpu = time.process_time() - cpu
        aws_calls = self.calls.total() - calls
        invocation = Invocation(function, limits, cpu, aws_calls, answered() - answers)
        self.invocations.append(invocation)
        self.used[Unit.INVOCATIONS] += 1
        self.used[Unit.TRACES] += 1
        self.used[Unit.GB_SECONDS] += invocation.gb_seconds
        self.used[Unit.LOG_GB] += (output.tell() - printed) / _BYTES_A_GB

    def _count_call(
        self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any
    ) -> None:
        if not self._is_on:
            return
        service, operation = model.service_model.service_name, model.name
        with self._turn:
            self.calls[service, operation] += 1
            self._price(service, operation, context["call"], parsed)

    def _price(
        self, service: str, operation: str, call: dict[str, Any], answer: dict[str, Any]
    ) -> None:
        if service == "dynamodb":
            if operation in WRITES:
                self.used[Unit.WRITE_UNITS] += written(operation, call, answer)
            else:
                self.used[Unit.READ_UNITS] += read(operation, call, answer)
        elif service == "events":
            self.used[Unit.EVENTS] += len(call["Entries"])
        elif service == "s3":
            self.used[_OF_S3[operation]] += 1
        elif service == "sqs":
            self.used[Unit.QUEUE_REQUESTS] += REQUESTS_A_MESSAGE
        elif service not in _FREE:
            self.used[_PRICED[service]] += 1


def _keep_call(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["call"] = params
