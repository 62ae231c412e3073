"""What every clock and every source of ids does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.builders import NOW, after
from zoom_migrator.adapters.memory.system import (
    SequentialScanIds,
    SequentialSecretIds,
    SequentialSecretValues,
    SettableClock,
)
from zoom_migrator.adapters.system import (
    RandomScanIds,
    RandomSecretIds,
    RandomSecretValues,
    SystemClock,
)
from zoom_migrator.oauth_ports import SecretValues
from zoom_migrator.ports import Clock, ScanIds, SecretIds

# Source: Step Functions API reference, StartExecution: what a name may be, on the safe side.
LEGAL_EXECUTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


@pytest.fixture(params=[SystemClock(), SettableClock(NOW)], ids=["system", "memory"])
def clock(request: pytest.FixtureRequest) -> Clock:
    chosen: Clock = request.param
    return chosen


@pytest.fixture(params=[RandomScanIds, SequentialScanIds], ids=["random", "memory"])
def ids(request: pytest.FixtureRequest) -> ScanIds:
    made: ScanIds = request.param()
    return made


@pytest.fixture(params=[RandomSecretIds, SequentialSecretIds], ids=["random", "memory"])
def secret_ids(request: pytest.FixtureRequest) -> SecretIds:
    made: SecretIds = request.param()
    return made


@pytest.fixture(params=[RandomSecretValues, SequentialSecretValues], ids=["random", "memory"])
def secret_values(request: pytest.FixtureRequest) -> SecretValues:
    made: SecretValues = request.param()
    return made


def test_a_clock_tells_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_a_settable_clock_moves_only_when_told_to() -> None:
    clock = SettableClock(datetime(2026, 11, 24, 3, 50, tzinfo=timezone(timedelta(hours=2))))
    before = clock.now()
    clock.advance(timedelta(minutes=5))

    assert before == datetime(2026, 11, 24, 1, 50, tzinfo=UTC)
    assert clock.now() == datetime(2026, 11, 24, 1, 55, tzinfo=UTC)


def test_a_scan_id_is_a_legal_name_of_an_execution(ids: ScanIds) -> None:
    assert LEGAL_EXECUTION_NAME.fullmatch(ids.new_scan_id(NOW))


def test_a_scan_id_says_when_the_scan_began_in_utc(ids: ScanIds) -> None:
    in_tokyo = NOW.astimezone(timezone(timedelta(hours=9)))

    assert re.fullmatch(r"scan-20260701T020000Z-[a-z0-9]{6}", ids.new_scan_id(in_tokyo))


def test_scan_ids_of_one_moment_differ(ids: ScanIds) -> None:
    assert len({ids.new_scan_id(NOW) for _ in range(50)}) == 50


def test_scan_ids_sort_by_time(ids: ScanIds) -> None:
    made = [ids.new_scan_id(after(seconds=seconds)) for seconds in range(100)]

    assert made == sorted(made)


def test_a_secret_id_fits_into_a_link(secret_ids: SecretIds) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", secret_ids.new_secret_id())


def test_secret_ids_differ(secret_ids: SecretIds) -> None:
    assert len({secret_ids.new_secret_id() for _ in range(200)}) == 200


def test_real_secret_ids_have_nothing_in_common() -> None:
    made = [RandomSecretIds().new_secret_id() for _ in range(200)]

    # The last character holds two bits only; each other place takes on many values.
    assert all(len({each[place] for each in made}) > 30 for place in range(21))


def test_a_secret_value_is_a_legal_pkce_verifier_and_cookie_value(
    secret_values: SecretValues,
) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret_values.new_secret_value())


def test_secret_values_differ(secret_values: SecretValues) -> None:
    assert len({secret_values.new_secret_value() for _ in range(200)}) == 200
