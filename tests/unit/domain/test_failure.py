from __future__ import annotations

import pytest

from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.status import REASONS_FOUND_BY_A_CHECK


@pytest.mark.parametrize("code", FailureCode)
def test_every_failure_says_what_happened_and_what_to_do(code: FailureCode) -> None:
    meaning = meaning_of(code)

    for sentence in (meaning.summary, meaning.remedy):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


@pytest.mark.parametrize("code", FailureCode)
def test_a_failure_blocks_an_org_exactly_if_it_needs_a_person(code: FailureCode) -> None:
    meaning = meaning_of(code)

    needs_a_person = meaning.kind is FailureKind.OPERATOR_ACTION
    assert (meaning.blocked_reason is not None) is needs_a_person


@pytest.mark.parametrize("code", FailureCode)
def test_the_next_good_check_can_clear_what_a_check_blocked(code: FailureCode) -> None:
    reason = meaning_of(code).blocked_reason

    assert reason is None or reason in REASONS_FOUND_BY_A_CHECK


def test_every_reason_a_check_can_clear_is_found_by_some_check() -> None:
    found = {meaning_of(code).blocked_reason for code in FailureCode}

    assert found - {None} == REASONS_FOUND_BY_A_CHECK


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (FailureCode.SERVICE_UNAVAILABLE, FailureKind.TRANSIENT),
        (FailureCode.TIMED_OUT, FailureKind.TRANSIENT),
        (FailureCode.CONNECTION_FAILED, FailureKind.TRANSIENT),
        (FailureCode.MALFORMED_ANSWER, FailureKind.TRANSIENT),
        (FailureCode.CONCURRENT_LIMIT_EXCEEDED, FailureKind.TRANSIENT),
        (FailureCode.DAILY_LIMIT_EXCEEDED, FailureKind.LATER),
        (FailureCode.LOGIN_RATE_EXCEEDED, FailureKind.LATER),
        (FailureCode.LOGIN_NOT_APPROVED, FailureKind.OPERATOR_ACTION),
        (FailureCode.PACKAGES_NOT_VISIBLE, FailureKind.OPERATOR_ACTION),
        (FailureCode.SESSION_REJECTED, FailureKind.OPERATOR_ACTION),
        (FailureCode.API_DISABLED, FailureKind.OPERATOR_ACTION),
        (FailureCode.WRONG_ORG, FailureKind.OPERATOR_ACTION),
    ],
)
def test_a_failure_is_retried_parked_or_handed_to_a_person(
    code: FailureCode, kind: FailureKind
) -> None:
    assert meaning_of(code).kind is kind


def test_codes_are_the_stable_names_that_scripts_rely_on() -> None:
    assert all(code.value == code.name.lower() for code in FailureCode)
