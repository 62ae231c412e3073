"""What every store of attempts does, whatever it keeps them in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, after, org_id_of
from zoom_migrator.adapters.dynamodb.attempts import DynamoDbAttemptRepository
from zoom_migrator.adapters.memory.attempts import InMemoryAttemptRepository
from zoom_migrator.domain.authorization import (
    AttemptResult,
    AttemptStatus,
    AuthorizationAttempt,
    fingerprint,
)
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.oauth_ports import AttemptRepository

CODE_HASH = fingerprint("code")
RESULT = AttemptResult(
    Outcome.SCOPES_MISSING, after(seconds=5), ("user:read:user",), ("phone",), "ada@acme.example"
)


@pytest.fixture(params=["memory", "dynamodb"])
def attempts(request: pytest.FixtureRequest) -> AttemptRepository:
    if request.param == "memory":
        return InMemoryAttemptRepository()
    return DynamoDbAttemptRepository(request.getfixturevalue("table"))


def an_attempt(state: str = "state") -> AuthorizationAttempt:
    return AuthorizationAttempt(
        state_hash=fingerprint(state),
        org_id=org_id_of(1),
        attempt=3,
        request_id="request-request-000001",
        products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE),
        binding_hash=fingerprint("browser"),
        redirect_uri="https://migrator.example/oauth/callback",
        created_at=NOW,
        expires_at=after(minutes=10),
    )


def test_an_attempt_comes_back_as_it_was_begun(attempts: AttemptRepository) -> None:
    created = attempts.create(an_attempt())

    assert created == replace(an_attempt(), revision=1)
    assert attempts.get(created.state_hash) == created


def test_an_attempt_that_was_never_begun_is_unknown(attempts: AttemptRepository) -> None:
    assert attempts.get(fingerprint("state")) is None
    assert attempts.consume(an_attempt(), code_hash=CODE_HASH, now=NOW) is None


def test_no_state_is_begun_twice(attempts: AttemptRepository) -> None:
    attempts.create(an_attempt())

    with pytest.raises(ConcurrentModification):
        attempts.create(an_attempt())


def test_an_attempt_is_used_up_by_one_code(attempts: AttemptRepository) -> None:
    created = attempts.create(an_attempt())

    consumed = attempts.consume(created, code_hash=CODE_HASH, now=after(seconds=3))

    assert consumed is not None
    assert consumed.status is AttemptStatus.CONSUMED
    assert (consumed.code_hash, consumed.consumed_at) == (CODE_HASH, after(seconds=3))
    assert attempts.get(created.state_hash) == consumed


def test_nobody_uses_it_up_a_second_time(attempts: AttemptRepository) -> None:
    created = attempts.create(an_attempt())
    consumed = attempts.consume(created, code_hash=CODE_HASH, now=NOW)
    assert consumed is not None

    for again in (created, consumed):
        assert attempts.consume(again, code_hash=fingerprint("other"), now=NOW) is None
    assert attempts.get(created.state_hash) == consumed


def test_of_many_at_once_one_uses_it_up(attempts: AttemptRepository) -> None:
    created = attempts.create(an_attempt())

    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(
                lambda number: attempts.consume(created, code_hash=f"{number:064}", now=NOW),
                range(16),
            )
        )

    winners = [result for result in results if result is not None]
    assert len(winners) == 1
    assert attempts.get(created.state_hash) == winners[0]


@pytest.mark.parametrize("late", [timedelta(), timedelta(microseconds=1), timedelta(days=3)])
def test_c12_what_is_out_of_date_is_not_used_up_although_it_is_still_stored(
    attempts: AttemptRepository, late: timedelta
) -> None:
    created = attempts.create(an_attempt())

    now = created.expires_at + late
    assert attempts.consume(created, code_hash=CODE_HASH, now=now) is None
    assert attempts.get(created.state_hash) == created


def test_until_the_last_moment_it_can_be_used(attempts: AttemptRepository) -> None:
    created = attempts.create(an_attempt())

    now = created.expires_at - timedelta(microseconds=1)
    assert attempts.consume(created, code_hash=CODE_HASH, now=now) is not None


def test_the_store_trusts_its_own_expiry_and_not_the_callers(
    attempts: AttemptRepository,
) -> None:
    created = attempts.create(an_attempt())
    stretched = replace(created, expires_at=after(days=1))

    assert attempts.consume(stretched, code_hash=CODE_HASH, now=after(minutes=10)) is None


def test_a_consumed_attempt_ends_once(attempts: AttemptRepository) -> None:
    created = attempts.create(an_attempt())
    consumed = attempts.consume(created, code_hash=CODE_HASH, now=NOW)
    assert consumed is not None

    ended = attempts.end(consumed, RESULT)

    assert (ended.status, ended.result) == (AttemptStatus.ENDED, RESULT)
    assert attempts.get(created.state_hash) == ended
    for again in (consumed, ended):
        with pytest.raises(ConcurrentModification):
            attempts.end(again, replace(RESULT, outcome=Outcome.CONNECTED))
    assert attempts.get(created.state_hash) == ended


def test_an_attempt_that_was_not_consumed_cannot_end(attempts: AttemptRepository) -> None:
    created = attempts.create(an_attempt())

    with pytest.raises(ConcurrentModification):
        attempts.end(created, RESULT)
    with pytest.raises(ConcurrentModification):
        attempts.end(an_attempt("unknown"), RESULT)
