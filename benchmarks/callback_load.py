"""Callbacks under load: whom they take back, what is around them, and what they cost."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from botocore.session import get_session

from benchmarks import zoom
from benchmarks.comeback import Comeback
from benchmarks.consents import KEY_ARN, TABLE, Consents
from benchmarks.load import Load, environments
from benchmarks.processes import BenchmarkFailed, server
from benchmarks.zoom import BASE_URL, LATENCY_MS, Zoom
from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.attempts import DynamoDbAttemptRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.authorization import fingerprint
from zoom_migrator.domain.authorization_outcome import Outcome

A_SECOND: Final = 50
CALLS_OF_ZOOM: Final = 3
TOLD_MS: Final = CALLS_OF_ZOOM * LATENCY_MS
# Each browser takes 150 ms and some work, so about nine are being taken back at any time.
ENVIRONMENTS: Final = 14
_WARMING: Final = 2 * ENVIRONMENTS
_SECONDS: Final = 30
_CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass(frozen=True, slots=True)
class Contestant:
    """A way to take browsers back.

    Attributes:
        name: What :mod:`benchmarks.environment` calls it.
        seconds: How long browsers come back to it.
        uses_table: Whether it looks for what was stored before, and stores how it came out.
    """

    title: str
    name: str
    seconds: int
    uses_table: bool = False

    @property
    def browsers(self) -> int:
        """How many it takes back, those to get warm with included."""
        return self.seconds * A_SECOND + _WARMING


@dataclass(frozen=True, slots=True)
class Result:
    """What a contestant cost.

    Attributes:
        aws_calls: Calls of AWS for each browser.
    """

    contestant: Contestant
    load: Load
    aws_calls: float

    @property
    def beyond_told_ms(self) -> list[float]:
        """Time from the event to the answer, without what Zoom was told to wait."""
        return [taken.seconds * 1_000 - TOLD_MS for taken in self.load.taken]

    @property
    def own_ms(self) -> list[float]:
        """Time that the callback itself worked."""
        return [taken.own_seconds * 1_000 for taken in self.load.taken]


class Setting:
    """A Zoom and what stands in for AWS, with people who consent."""

    def __init__(self, app: Zoom, aws: str, people: int) -> None:
        self._aws = aws
        self._numbers = iter(range(people))
        self._consents = Consents(app, people)
        self._table = Table(_dynamodb(aws), TABLE)
        self._variables = _CREDENTIALS | {
            "AWS_ENDPOINT_URL": aws,
            "TABLE_NAME": TABLE,
            "PUBLIC_BASE_URL": BASE_URL,
            "ZOOM_CONNECT_TO": app.address,
            "ZOOM_SECRET_ARN": "benchmark",
            "TASK_TOKEN_KEY_ARN": KEY_ARN,
            "GRANT_KEY_ARN": KEY_ARN,
            # For the callbacks that are not the product's.
            "ZOOM_SECRET": app.secret(),
        }

    def measured(self, contestant: Contestant) -> Result:
        """Have a contestant take browsers back at the given rate.

        Raises:
            BenchmarkFailed: It did not take all of them back as it should.
        """
        comebacks = self._consents.come_back(list(islice(self._numbers, contestant.browsers)))
        if contestant.uses_table:
            self._table.put_many(item for each in comebacks for item in each.stored)
        with environments(contestant.name, ENVIRONMENTS, self._variables) as running:
            running.warm(comebacks[:_WARMING])
            calls_before = self._calls()
            load = running.serve(comebacks[_WARMING:], a_second=A_SECOND)
            calls = self._calls() - calls_before
        if not all(taken.is_right for taken in load.taken):
            raise BenchmarkFailed(f"{contestant.title}: some answers were wrong.")
        if contestant.uses_table:
            self._expect_connected(comebacks)
        return Result(contestant, load, calls.total() / len(load.taken))

    def _expect_connected(self, comebacks: Sequence[Comeback]) -> None:
        attempts = DynamoDbAttemptRepository(self._table)
        for comeback in comebacks:
            attempt = attempts.get(fingerprint(comeback.state))
            result = attempt.result if attempt is not None else None
            if result is None or result.outcome is not Outcome.CONNECTED:
                raise BenchmarkFailed(f"A consent did not connect its org: {result}")

    def _calls(self) -> Counter[str]:
        with urllib.request.urlopen(self._aws, timeout=_SECONDS) as answer:  # noqa: S310
            return Counter(json.load(answer))


@contextmanager
def setting(contestants: Sequence[Contestant]) -> Iterator[Setting]:
    """Run Zoom and what stands in for AWS, for as many people as these contestants take back.

    Raises:
        BenchmarkFailed: One of them did not start.
    """
    people = sum(contestant.browsers for contestant in contestants)
    with zoom.running(people) as app:
        secret = {"STAND_IN_SECRET": app.secret()}
        with server("benchmarks.aws_stand_in", [], secret) as aws:
            yield Setting(app, aws, people)


def _dynamodb(aws: str) -> Any:
    session = get_session()
    session.set_credentials("benchmark", "benchmark")
    config = client_config(max_connections=1)
    return session.create_client(
        "dynamodb", region_name="us-east-1", endpoint_url=aws, config=config
    )
