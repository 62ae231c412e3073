from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import MINIMUM, NOW, SCAN_ID, a_failure, a_snapshot, after, an_org, org_id_of
from tests.unit.use_cases.stores import EventfulOrgs, fails_with
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.check import CheckResult
from zoom_migrator.domain.errors import ConcurrentModification, StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import ScanOutcome, ScanResult
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.record_check import record_check


@pytest.fixture
def orgs() -> EventfulOrgs:
    orgs = EventfulOrgs()
    orgs.save(an_org(1))
    return orgs


def stored(orgs: EventfulOrgs) -> Org:
    org = orgs.get(org_id_of(1))
    assert org is not None
    return org


def record(
    orgs: EventfulOrgs, check: CheckResult, *, org: Org | None = None, scan_id: str = SCAN_ID
) -> ScanResult:
    return record_check(org or stored(orgs), check, scan_id=scan_id, minimum=MINIMUM, orgs=orgs)


def audit_of(orgs: EventfulOrgs) -> list[AuditEntry]:
    return orgs.audit_trail(org_id_of(1), limit=100)


def test_the_org_is_moved_along_and_the_result_says_how(orgs: EventfulOrgs) -> None:
    result = record(orgs, a_snapshot("3.23"))

    assert stored(orgs).status is OrgStatus.UPGRADE_REQUIRED
    assert stored(orgs).last_scan_id == SCAN_ID
    assert result.outcome is ScanOutcome.BEHIND
    assert (result.status_before, result.status_after) == (
        OrgStatus.REGISTERED,
        OrgStatus.UPGRADE_REQUIRED,
    )


def test_a_change_of_status_is_on_record_as_done_by_the_scan(orgs: EventfulOrgs) -> None:
    record(orgs, a_snapshot("3.23"))

    assert audit_of(orgs) == [
        AuditEntry(
            org_id_of(1),
            NOW,
            AuditAction.STATUS_CHANGED,
            f"scan:{SCAN_ID}",
            "registered -> upgrade_required",
        )
    ]


def test_another_reason_for_being_blocked_is_on_record_too(orgs: EventfulOrgs) -> None:
    record(orgs, a_failure(FailureCode.LOGIN_NOT_APPROVED))
    record(orgs, a_failure(FailureCode.API_DISABLED, checked_at=after(minutes=1)))

    assert [entry.detail for entry in audit_of(orgs)] == [
        "blocked (login_not_approved) -> blocked (api_disabled)",
        "registered -> blocked (login_not_approved)",
    ]


def test_a_check_that_finds_the_same_again_is_stored_without_an_audit_entry(
    orgs: EventfulOrgs,
) -> None:
    record(orgs, a_snapshot("3.23"))
    record(orgs, a_snapshot("3.23", checked_at=after(days=1)))

    assert stored(orgs).checked_at == after(days=1)
    assert len(audit_of(orgs)) == 1


def test_a_finding_older_than_what_is_known_is_reported_and_not_stored(
    orgs: EventfulOrgs,
) -> None:
    record(orgs, a_snapshot("3.28"))
    before = stored(orgs)

    result = record(orgs, a_snapshot(None, checked_at=after(minutes=-1)))

    assert stored(orgs) == before
    assert result.outcome is ScanOutcome.NOT_INSTALLED
    assert result.status_before is result.status_after is OrgStatus.AUTHORIZATION_PENDING


def test_a_finding_is_applied_to_the_org_as_somebody_else_left_it(orgs: EventfulOrgs) -> None:
    read_before = stored(orgs)
    orgs.save(replace(read_before, status=OrgStatus.UPGRADING))

    result = record(orgs, a_snapshot("3.28"), org=read_before)

    assert stored(orgs).status is OrgStatus.UPGRADING
    assert stored(orgs).snapshot == a_snapshot("3.28")
    assert result.status_before is result.status_after is OrgStatus.UPGRADING
    assert audit_of(orgs) == []


def test_a_newer_finding_stored_meanwhile_by_another_scan_wins(orgs: EventfulOrgs) -> None:
    newer = a_snapshot("3.28", checked_at=after(seconds=1))
    orgs.before_saves(lambda: record(orgs, newer, scan_id="scan-other"))

    result = record(orgs, a_snapshot("3.23"))

    assert stored(orgs).snapshot == newer
    assert stored(orgs).last_scan_id == "scan-other"
    assert result.outcome is ScanOutcome.BEHIND
    assert len(audit_of(orgs)) == 1


def test_two_scans_that_find_the_same_count_one_change_of_status(orgs: EventfulOrgs) -> None:
    first: list[ScanResult] = []
    orgs.before_saves(lambda: first.append(record(orgs, a_snapshot("3.28"), scan_id="scan-other")))

    second = record(orgs, a_snapshot("3.28"))

    moved = [result.status_before is not result.status_after for result in (*first, second)]
    assert moved == [True, False]
    assert len(audit_of(orgs)) == 1


def test_an_org_that_keeps_changing_is_given_up(orgs: EventfulOrgs) -> None:
    orgs.always = fails_with(ConcurrentModification("changed"))

    with pytest.raises(ConcurrentModification, match=org_id_of(1)):
        record(orgs, a_snapshot("3.28"))


def test_an_org_that_was_never_stored_is_given_up() -> None:
    with pytest.raises(ConcurrentModification):
        record(EventfulOrgs(), a_snapshot("3.28"), org=an_org(1, revision=3))


def test_a_store_that_is_down_is_the_callers_matter(orgs: EventfulOrgs) -> None:
    orgs.before_saves(fails_with(StoreUnavailable("throttled")))

    with pytest.raises(StoreUnavailable):
        record(orgs, a_snapshot("3.28"))
