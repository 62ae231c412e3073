from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    MINIMUM,
    NOW,
    SCAN_ID,
    a_failure,
    a_result,
    a_scan,
    a_snapshot,
    after,
    an_org,
    org_id_of,
)
from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.scan import (
    ScanOutcome,
    ScanResult,
    ScanStatus,
    outcome_of,
    plan_batches,
    scan_result,
)
from zoom_migrator.domain.status import OrgStatus


class TestOutcomes:
    @pytest.mark.parametrize(
        ("version", "outcome"),
        [
            ("3.27", ScanOutcome.SUFFICIENT),
            ("3.100", ScanOutcome.SUFFICIENT),
            ("3.26.9", ScanOutcome.BEHIND),
            ("3.27b1", ScanOutcome.BEHIND),
            (None, ScanOutcome.NOT_INSTALLED),
        ],
    )
    def test_a_snapshot_is_sufficient_behind_or_not_installed(
        self, version: str | None, outcome: ScanOutcome
    ) -> None:
        assert outcome_of(a_snapshot(version), MINIMUM) is outcome
        assert not outcome.is_problem

    @pytest.mark.parametrize("code", FailureCode)
    def test_a_failure_is_refused_if_a_person_must_act_and_unreachable_otherwise(
        self, code: FailureCode
    ) -> None:
        outcome = outcome_of(a_failure(code), MINIMUM)

        needs_a_person = meaning_of(code).kind is FailureKind.OPERATOR_ACTION
        assert outcome is (ScanOutcome.REFUSED if needs_a_person else ScanOutcome.UNREACHABLE)
        assert outcome.is_problem

    def test_an_org_without_a_result_is_a_problem(self) -> None:
        assert ScanOutcome.NO_RESULT.is_problem


class TestResults:
    def test_a_result_tells_the_version_and_how_the_org_moved(self) -> None:
        before = an_org(status=OrgStatus.UPGRADE_REQUIRED)
        check = a_snapshot("3.28.0.2", http_calls=3)
        after_check = before.observe(check, scan_id=SCAN_ID, minimum=MINIMUM)

        result = scan_result(
            SCAN_ID, before=before, after=after_check, check=check, minimum=MINIMUM
        )

        assert result == ScanResult(
            scan_id=SCAN_ID,
            org_id=org_id_of(1),
            outcome=ScanOutcome.SUFFICIENT,
            checked_at=NOW,
            status_before=OrgStatus.UPGRADE_REQUIRED,
            status_after=OrgStatus.AUTHORIZATION_PENDING,
            version="3.28.0.2",
            http_calls=3,
        )

    def test_a_result_of_an_org_without_the_package_has_no_version(self) -> None:
        org = an_org()

        result = scan_result(
            SCAN_ID, before=org, after=org, check=a_snapshot(None), minimum=MINIMUM
        )

        assert result.version == ""

    def test_a_failed_result_tells_the_code_and_what_the_other_side_said(self) -> None:
        org = an_org()
        check = a_failure(FailureCode.IP_RESTRICTED, detail="ip restricted", http_calls=1)

        result = scan_result(SCAN_ID, before=org, after=org, check=check, minimum=MINIMUM)

        assert result.outcome is ScanOutcome.REFUSED
        assert (result.failure_code, result.detail) == (FailureCode.IP_RESTRICTED, "ip restricted")
        assert (result.version, result.http_calls) == ("", 1)


class TestBatches:
    @given(st.integers(0, 450), st.integers(1, 200))
    def test_every_org_is_in_exactly_one_batch_in_its_order(self, count: int, size: int) -> None:
        ids = [org_id_of(number) for number in range(count)]

        batches = plan_batches(SCAN_ID, ids, size)

        assert [org_id for batch in batches for org_id in batch.org_ids] == ids
        assert all(1 <= len(batch.org_ids) <= size for batch in batches)
        assert [batch.number for batch in batches] == list(range(1, len(batches) + 1))
        assert {batch.scan_id for batch in batches} <= {SCAN_ID}

    def test_batches_are_filled_before_the_next_begins(self) -> None:
        ids = [org_id_of(number) for number in range(5)]

        assert [len(batch.org_ids) for batch in plan_batches(SCAN_ID, ids, 2)] == [2, 2, 1]

    def test_an_empty_fleet_has_no_batches(self) -> None:
        assert plan_batches(SCAN_ID, [], 200) == []


class TestTheEnd:
    def test_a_scan_ends_with_its_orgs_counted_by_outcome(self) -> None:
        scan = a_scan(org_count=4).ended(
            [
                a_result(org_id_of(1), outcome=ScanOutcome.BEHIND),
                a_result(org_id_of(2), outcome=ScanOutcome.BEHIND),
                a_result(org_id_of(3), outcome=ScanOutcome.SUFFICIENT),
                a_result(org_id_of(4), outcome=ScanOutcome.NO_RESULT),
            ],
            at=after(minutes=5),
        )

        assert scan.counts == {
            ScanOutcome.BEHIND: 2,
            ScanOutcome.SUFFICIENT: 1,
            ScanOutcome.NO_RESULT: 1,
        }
        assert scan.status is ScanStatus.COMPLETED
        assert scan.ended_at == after(minutes=5)
        assert scan.failure == ""

    def test_only_orgs_that_moved_count_as_changes(self) -> None:
        scan = a_scan().ended(
            [
                a_result(
                    org_id_of(1),
                    status_before=OrgStatus.REGISTERED,
                    status_after=OrgStatus.UPGRADE_REQUIRED,
                ),
                a_result(
                    org_id_of(2),
                    status_before=OrgStatus.MIGRATED,
                    status_after=OrgStatus.MIGRATED,
                ),
                a_result(org_id_of(3), status_before=None, status_after=None),
            ],
            at=NOW,
        )

        assert scan.status_changes == 1

    def test_a_scan_with_a_failure_has_failed_and_is_counted_all_the_same(self) -> None:
        scan = a_scan().ended([a_result()], at=NOW, failure="States.Timeout")

        assert scan.status is ScanStatus.FAILED
        assert scan.failure == "States.Timeout"
        assert scan.counts == {ScanOutcome.SUFFICIENT: 1}
