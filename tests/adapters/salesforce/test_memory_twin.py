"""The Salesforce in memory: as good as the real one to whoever sees the port only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.salesforce import Fault, FaultKind, RunningOrg
from tests.adapters.salesforce.lab import Lab
from tests.builders import a_failure, a_registration, a_snapshot, org_id_of
from zoom_migrator.adapters.memory.salesforce import MemorySalesforceGateway
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.ports import SalesforceGateway


def test_what_a_real_check_saw_can_be_seen_again_from_memory(lab: Lab, org: RunningOrg) -> None:
    memory = MemorySalesforceGateway()
    registration = lab.registration(org)
    seen = lab.gateway().check(registration)

    memory.will_answer(org.org_id, seen)

    assert memory.check(registration) == seen


def test_an_org_that_fails_fails_through_both_without_raising(lab: Lab, org: RunningOrg) -> None:
    memory = MemorySalesforceGateway()
    memory.will_answer(org.org_id, a_failure(FailureCode.CONNECTION_FAILED))
    org.faults.add(Fault(kind=FaultKind.RESET_BEFORE))
    gateways: list[SalesforceGateway] = [lab.gateway(), memory]

    results = [gateway.check(lab.registration(org)) for gateway in gateways]

    assert [result.code for result in results if isinstance(result, CheckFailure)] == [
        FailureCode.CONNECTION_FAILED
    ] * 2


def test_answers_come_one_after_another_and_the_last_one_stays() -> None:
    memory = MemorySalesforceGateway()
    memory.will_answer(org_id_of(1), a_failure(), a_snapshot())

    results = [memory.check(a_registration(1)) for _ in range(3)]

    assert results == [a_failure(), a_snapshot(), a_snapshot()]


def test_an_org_it_was_not_told_of_cannot_be_found() -> None:
    result = MemorySalesforceGateway().check(a_registration(1))

    assert isinstance(result, CheckFailure)
    assert result.code is FailureCode.HOST_NOT_FOUND


def test_a_bug_can_be_played() -> None:
    memory = MemorySalesforceGateway()
    memory.will_answer(org_id_of(1), ZeroDivisionError("a bug"))

    with pytest.raises(ZeroDivisionError):
        memory.check(a_registration(1))


def test_every_check_is_remembered_even_from_many_threads() -> None:
    memory = MemorySalesforceGateway()
    registrations = [a_registration(number) for number in range(1, 101)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(memory.check, registrations))

    assert sorted(one.org_id for one in memory.checked) == sorted(
        one.org_id for one in registrations
    )
