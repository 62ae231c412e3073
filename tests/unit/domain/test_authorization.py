from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, after
from zoom_migrator.domain.authorization import (
    fingerprint,
    matches,
    pkce_challenge,
    pkce_verifier,
)
from zoom_migrator.domain.authorization_outcome import (
    SETBACKS,
    Outcome,
    meaning_of_outcome,
)
from zoom_migrator.domain.authorization_request import (
    AuthorizationRequest,
    AuthorizationStatus,
    Authorized,
    Setback,
)
from zoom_migrator.domain.errors import NothingToAuthorize
from zoom_migrator.domain.org import ZoomProduct

STATE = "s" * 43
BROWSER_SECRET = "b" * 43


class TestSecrets:
    def test_a_secret_has_its_fingerprint_and_no_other(self) -> None:
        assert matches(STATE, fingerprint(STATE))
        assert not matches(BROWSER_SECRET, fingerprint(STATE))
        assert not matches("", fingerprint(STATE))

    def test_a_challenge_is_made_as_rfc_7636_says(self) -> None:
        # RFC 7636, appendix B.
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

        assert pkce_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    def test_a_verifier_needs_both_the_state_and_the_browser(self) -> None:
        verifier = pkce_verifier(STATE, BROWSER_SECRET)

        assert len(verifier) == 43
        assert verifier == pkce_verifier(STATE, BROWSER_SECRET)
        assert verifier != pkce_verifier(STATE, "c" * 43)
        assert verifier != pkce_verifier("t" * 43, BROWSER_SECRET)
        assert verifier not in (fingerprint(STATE), fingerprint(BROWSER_SECRET))


class TestOutcomes:
    @pytest.mark.parametrize("outcome", Outcome)
    def test_each_is_explained(self, outcome: Outcome) -> None:
        assert meaning_of_outcome(outcome).summary.endswith(".")

    @pytest.mark.parametrize(
        "outcome",
        [each for each in Outcome if each not in (Outcome.CONNECTED, Outcome.ALREADY_DONE)],
    )
    def test_each_that_is_no_success_says_what_to_do(self, outcome: Outcome) -> None:
        assert meaning_of_outcome(outcome).remedy

    def test_only_a_setback_blocks_an_org(self) -> None:
        blocking = {each for each in Outcome if meaning_of_outcome(each).blocked_reason}

        assert blocking == {
            Outcome.WRONG_EMAIL,
            Outcome.WRONG_ACCOUNT,
            Outcome.PRODUCT_MISSING,
            Outcome.SCOPES_MISSING,
            Outcome.SCOPES_UNEXPECTED,
        }
        assert blocking < SETBACKS


class TestRequests:
    request = AuthorizationRequest(
        "request-request-000001",
        NOW,
        after(days=14),
        (ZoomProduct.MEETINGS,),
        task_token="sealed-canary",
    )
    answer = Authorized(after(days=1), "grant", "ada@acme.example", "account", "user", ())

    def test_the_machines_token_does_not_show(self) -> None:
        assert "canary" not in repr(self.request)

    def test_it_is_open_until_it_runs_out(self) -> None:
        assert self.request.is_open(after(days=14) - timedelta(microseconds=1))
        assert not self.request.is_open(after(days=14))

    def test_an_answer_closes_it_and_forgets_token_and_setback(self) -> None:
        tried = self.request.set_back(Setback(NOW, Outcome.DECLINED))

        answered = tried.answered(self.answer)

        assert answered.status is AuthorizationStatus.AUTHORIZED
        assert (answered.task_token, answered.setback) == ("", None)
        assert not answered.is_open(NOW)
        with pytest.raises(NothingToAuthorize):
            answered.answered(self.answer)

    def test_an_answer_that_comes_too_late_does_not_count(self) -> None:
        with pytest.raises(NothingToAuthorize):
            self.request.answered(replace(self.answer, at=after(days=14)))

    def test_asked_anew_it_has_another_id_and_all_its_time_again(self) -> None:
        late = replace(self.request, reminders=4)

        renewed = late.renewed(
            "request-request-000002", at=after(days=13), expires_at=after(days=30)
        )

        assert (renewed.reminders, renewed.renewals) == (0, 1)
        assert renewed.request_id != late.request_id
        assert renewed.task_token == late.task_token

    @pytest.mark.parametrize("status", [AuthorizationStatus.EXPIRED, AuthorizationStatus.REVOKED])
    def test_what_is_closed_stays_closed(self, status: AuthorizationStatus) -> None:
        closed = self.request.closed(status)

        assert (closed.status, closed.task_token) == (status, "")
        assert closed.closed(AuthorizationStatus.REVOKED) is closed
        assert closed.set_back(Setback(NOW, Outcome.DECLINED)) is closed
        with pytest.raises(NothingToAuthorize):
            closed.answered(self.answer)
        with pytest.raises(NothingToAuthorize):
            closed.renewed("another", at=NOW, expires_at=after(days=1))
