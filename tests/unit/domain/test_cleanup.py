from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders import NOW, after
from tests.cleanups import ROW_ID, a_cleanup_answer, some_values
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.cleanup import CleanupRequest, CleanupStatus, KeyRemoval
from zoom_migrator.domain.cleanup_words import (
    what_is_not_proven,
    what_is_proven,
    what_keeping_means,
    what_stays,
    what_will_change,
)
from zoom_migrator.domain.errors import ConfirmationMissing, NothingToApprove
from zoom_migrator.domain.grant import Lease
from zoom_migrator.domain.key_backup import backup_expiry, merged
from zoom_migrator.domain.legacy_keys import KeyRow, KeysFound, KeyValues
from zoom_migrator.domain.verification import PackageConnection, Verification

REQUEST = CleanupRequest("request-request-00001", NOW, after(days=14), 1, needs_confirmation=True)
PROOF = Verification(NOW, "grant", 1, "account", "zoom.admin@acme.example")


class TestAnAnswer:
    def test_an_approval_by_somebody_who_has_seen_the_connection_counts(self) -> None:
        answered = replace(REQUEST, task_token="sealed").answered(a_cleanup_answer())

        assert answered.is_approved
        assert answered.task_token == ""

    def test_an_approval_without_having_looked_is_refused(self) -> None:
        with pytest.raises(ConfirmationMissing, match="itself is connected"):
            REQUEST.answered(a_cleanup_answer(connection_seen=False))

    def test_nobody_has_to_look_where_the_connection_is_proven(self) -> None:
        request = replace(REQUEST, needs_confirmation=False)

        assert request.answered(a_cleanup_answer(connection_seen=False)).is_approved

    def test_whoever_declines_does_not_have_to_look(self) -> None:
        answered = REQUEST.answered(a_cleanup_answer(approved=False, connection_seen=False))

        assert answered.status is CleanupStatus.DECLINED
        assert not answered.is_approved

    def test_one_that_comes_too_late_does_not_count(self) -> None:
        with pytest.raises(NothingToApprove, match="out of date"):
            REQUEST.answered(a_cleanup_answer(at=after(days=14)))

    @pytest.mark.parametrize(
        "status", [each for each in CleanupStatus if each is not CleanupStatus.PENDING]
    )
    def test_a_second_one_does_not_count(self, status: CleanupStatus) -> None:
        with pytest.raises(NothingToApprove, match=status):
            replace(REQUEST, status=status).answered(a_cleanup_answer())

    def test_a_request_that_has_one_keeps_it(self) -> None:
        answered = REQUEST.answered(a_cleanup_answer())

        assert answered.closed(CleanupStatus.REVOKED) == answered
        assert REQUEST.closed(CleanupStatus.EXPIRED).status is CleanupStatus.EXPIRED

    def test_it_is_by_whoever_recorded_it(self) -> None:
        assert a_cleanup_answer().actor == "person:grace@acme.example"
        assert replace(a_cleanup_answer(), recorded_by="ada").actor == "ada"


def test_a_removal_is_in_the_hands_of_one_until_its_lease_runs_out() -> None:
    removal = KeyRemoval(NOW, Lease("me", after(minutes=5)))

    assert removal.is_leased(after(minutes=4))
    assert not removal.is_leased(after(minutes=5))
    assert removal.is_in_hands_of("me")
    assert not removal.is_in_hands_of("you")
    assert not KeyRemoval(NOW).is_leased(NOW)
    assert not KeyRemoval(NOW).is_in_hands_of("")


class TestTheBackup:
    @pytest.mark.parametrize(
        ("deadline", "days"),
        [
            (date(2026, 7, 10), 9.92),
            (date(2027, 1, 1), 30),
            (date(2023, 9, 8), 1),
            (date(2026, 7, 1), 1),
        ],
    )
    def test_it_is_kept_to_the_end_of_the_deadline_within_bounds(
        self, deadline: date, days: float
    ) -> None:
        kept = backup_expiry(deadline, NOW) - NOW

        assert kept / timedelta(days=1) == pytest.approx(days, abs=0.01)

    def test_what_is_empty_by_now_takes_nothing_away(self) -> None:
        kept = (some_values(),)

        assert merged(kept, [KeyValues(ROW_ID, None, None)]) == kept

    def test_what_was_entered_since_takes_the_place_of_what_was_kept(self) -> None:
        newer = KeyValues(ROW_ID, "newer", None)

        assert merged((some_values(),), [newer]) == (
            KeyValues(ROW_ID, "newer", some_values().api_secret),
        )

    def test_rows_stand_in_it_by_id_and_empty_ones_do_not(self) -> None:
        rows = [some_values("b"), some_values("a"), KeyValues("c", None, None)]

        assert [each.row_id for each in merged((), rows)] == ["a", "b"]

    def test_no_value_is_ever_shown(self) -> None:
        assert "canary" not in repr(some_values("row"))


@pytest.mark.parametrize(
    ("found", "presence"),
    [
        (KeysFound((), 0), KeyPresence.NO_RECORD),
        (KeysFound((), 2), KeyPresence.ABSENT),
        (KeysFound((KeyRow(ROW_ID),), 2), KeyPresence.PRESENT),
    ],
)
def test_rows_that_were_found_are_said_as_a_check_says_them(
    found: KeysFound, presence: KeyPresence
) -> None:
    keys = found.as_checked

    assert keys.presence is presence
    assert keys.record_count == found.row_count
    assert keys.record_ids == tuple(row.row_id for row in found.rows)


class TestTheWords:
    def test_everything_that_will_change_is_said(self) -> None:
        said = " ".join(what_will_change(replace(REQUEST, rows=2), after(days=20)))

        assert "2 rows" in said
        assert "JWT authorization of the package ends" in said
        assert "21 July 2026" in said

    def test_what_stays_readable_is_said(self) -> None:
        said = " ".join(what_stays())

        assert "field history" in said
        assert "Deactivate the JWT app" in said

    @pytest.mark.parametrize("package", PackageConnection)
    def test_what_is_proven_and_what_is_not_is_said_apart(self, package: PackageConnection) -> None:
        proofs = (PROOF, replace(PROOF, package=package))
        is_proven = package is PackageConnection.PROVEN

        assert len(what_is_proven(proofs)) == 2 + is_proven
        assert bool(what_is_not_proven(proofs)) is not is_proven

    def test_without_any_proof_nothing_is_claimed(self) -> None:
        assert what_is_proven(()) == ()
        assert what_is_not_proven(())

    def test_what_keeping_the_keys_means_depends_on_the_deadline(self) -> None:
        assert "falls back" in what_keeping_means(date(2026, 8, 1), NOW.date())
        assert "of no use" in what_keeping_means(date(2023, 9, 8), NOW.date())
