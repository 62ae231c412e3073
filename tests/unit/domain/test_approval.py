from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.builders import (
    ADA,
    NOW,
    TARGET_ID,
    VERSION_ID,
    a_standing_acceptance,
    after,
    an_accepted_approval,
    an_answer,
    an_approval,
)
from zoom_migrator.domain.approval import AnswerChannel, Approval, ApprovalStatus
from zoom_migrator.domain.errors import NothingToApprove
from zoom_migrator.domain.upgrade import SecurityType

CLOSED = [status for status in ApprovalStatus if status is not ApprovalStatus.PENDING]


def waiting() -> Approval:
    return an_approval(task_token="sealed-canary", expires_at=after(days=14))


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("accepted", "status"),
        [(True, ApprovalStatus.ACCEPTED), (False, ApprovalStatus.DECLINED)],
    )
    def test_it_is_kept_with_all_that_was_said(
        self, accepted: bool, status: ApprovalStatus
    ) -> None:
        answer = an_answer(accepted=accepted, security=SecurityType.ADMINS_ONLY)

        answered = waiting().answered(answer)

        assert answered == replace(waiting(), status=status, answer=answer, task_token="")

    def test_the_task_token_is_gone_because_it_works_only_once(self) -> None:
        assert waiting().answered(an_answer()).task_token == ""

    @pytest.mark.parametrize("status", CLOSED)
    def test_a_request_that_is_closed_takes_none(self, status: ApprovalStatus) -> None:
        with pytest.raises(NothingToApprove, match=f"has been {status} already"):
            replace(waiting(), status=status).answered(an_answer())

    @pytest.mark.parametrize("late", [after(days=14), after(days=14, seconds=1), after(days=900)])
    def test_it_comes_too_late_from_the_moment_the_request_runs_out(self, late: datetime) -> None:
        with pytest.raises(NothingToApprove, match="out of date"):
            waiting().answered(an_answer(at=late))

    def test_it_counts_until_then(self) -> None:
        in_time = after(days=14) - timedelta(microseconds=1)

        assert waiting().answered(an_answer(at=in_time)).answer is not None

    def test_who_answered_is_named_and_who_recorded_it_goes_before(self) -> None:
        assert an_answer().actor == "person:grace@acme.example"
        assert an_answer(recorded_by=ADA).actor == ADA


class TestARequestThatIsClosed:
    @pytest.mark.parametrize("status", CLOSED)
    def test_nobody_answers_it_any_more_and_no_machine_waits(self, status: ApprovalStatus) -> None:
        closed = waiting().closed(status)

        assert (closed.status, closed.task_token, closed.answer) == (status, "", None)

    @pytest.mark.parametrize("accepted", [True, False])
    @pytest.mark.parametrize("status", CLOSED)
    def test_an_answer_that_was_given_stays(self, accepted: bool, status: ApprovalStatus) -> None:
        answered = waiting().answered(an_answer(accepted=accepted))

        assert answered.closed(status) is answered

    def test_the_first_end_stays(self) -> None:
        expired = waiting().closed(ApprovalStatus.EXPIRED)

        assert expired.closed(ApprovalStatus.REVOKED) is expired


class TestWhatIsAllowed:
    @pytest.mark.parametrize("version_id", [TARGET_ID, TARGET_ID[:15]])
    def test_consent_is_to_the_version_that_was_asked_for(self, version_id: str) -> None:
        assert an_accepted_approval().allows(version_id)

    @pytest.mark.parametrize("version_id", [VERSION_ID, "", TARGET_ID[:14], TARGET_ID.lower()])
    def test_consent_is_to_no_other_version(self, version_id: str) -> None:
        assert not an_accepted_approval().allows(version_id)

    @pytest.mark.parametrize(
        "status", [status for status in ApprovalStatus if status is not ApprovalStatus.ACCEPTED]
    )
    def test_nothing_is_allowed_without_consent(self, status: ApprovalStatus) -> None:
        assert not an_approval(status=status).allows(TARGET_ID)


class TestConsentGivenBeforehand:
    def test_it_answers_as_if_given_now_with_where_the_proof_lies(self) -> None:
        acceptance = a_standing_acceptance(security=SecurityType.ADMINS_ONLY)

        answer = acceptance.answer(NOW)

        assert answer.accepted
        assert (answer.at, answer.channel) == (NOW, AnswerChannel.STANDING_ACCEPTANCE)
        assert (answer.name, answer.email) == (acceptance.name, acceptance.email)
        assert (answer.recorded_by, answer.source) == (ADA, "ticket 42")
        assert answer.terms_version == acceptance.terms_version
        assert answer.security is SecurityType.ADMINS_ONLY

    def test_it_has_a_source_even_where_nobody_named_one(self) -> None:
        acceptance = replace(a_standing_acceptance(), reference="")

        assert acceptance.answer(NOW).source == "recorded beforehand"


def test_a_task_token_is_never_shown() -> None:
    assert "sealed-canary" not in repr(waiting())
