"""What every org repository does, whatever it keeps its orgs in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.adapters.builders import an_entry
from tests.builders import (
    NOW,
    SCAN_ID,
    a_failure,
    a_full_snapshot,
    a_snapshot,
    after,
    an_org,
    org_id_of,
)
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.check import Section
from zoom_migrator.domain.errors import ConcurrentModification, InvariantViolation
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.ports import OrgRepository

THREADS = 8
INCREMENTS_A_THREAD = 3


@pytest.fixture(params=["memory", "dynamodb"])
def orgs(request: pytest.FixtureRequest) -> OrgRepository:
    if request.param == "memory":
        return InMemoryOrgRepository()
    return DynamoDbOrgRepository(request.getfixturevalue("table"))


def test_an_org_that_was_never_saved_is_unknown(orgs: OrgRepository) -> None:
    assert orgs.get(org_id_of(1)) is None
    assert orgs.get_many([org_id_of(1)]) == {}
    assert list(orgs.list_ids()) == []
    assert orgs.audit_trail(org_id_of(1), limit=10) == []


def test_an_org_comes_back_as_it_was_saved_with_its_first_revision(orgs: OrgRepository) -> None:
    org = an_org(
        status=OrgStatus.BLOCKED,
        blocked_reason=BlockedReason.LOGIN_REFUSED,
        snapshot=replace(a_full_snapshot(), unknown={Section.ORG: "no access"}),
        failure=a_failure(FailureCode.IP_RESTRICTED, detail="Zürich: ip restricted"),
        checked_at=NOW,
        last_scan_id=SCAN_ID,
    )

    saved = orgs.save(org)

    assert saved == replace(org, revision=1)
    assert orgs.get(org.org_id) == saved


def test_each_save_makes_the_next_revision(orgs: OrgRepository) -> None:
    first = orgs.save(an_org())
    second = orgs.save(replace(first, status=OrgStatus.UPGRADE_REQUIRED))

    assert (first.revision, second.revision) == (1, 2)
    assert orgs.get(first.org_id) == second


def test_an_org_that_exists_is_not_created_again(orgs: OrgRepository) -> None:
    stored = orgs.save(an_org(last_scan_id="first"))

    with pytest.raises(ConcurrentModification):
        orgs.save(an_org(last_scan_id="second"))

    assert orgs.get(stored.org_id) == stored


def test_an_org_that_does_not_exist_cannot_be_changed(orgs: OrgRepository) -> None:
    with pytest.raises(ConcurrentModification):
        orgs.save(an_org(revision=3))

    assert orgs.get(org_id_of(1)) is None


def test_a_change_of_an_outdated_org_is_refused(orgs: OrgRepository) -> None:
    outdated = orgs.save(an_org())
    current = orgs.save(replace(outdated, last_scan_id="first"))

    with pytest.raises(ConcurrentModification):
        orgs.save(replace(outdated, last_scan_id="second"))

    assert orgs.get(current.org_id) == current


def test_a_refused_change_leaves_no_audit_entry(orgs: OrgRepository) -> None:
    outdated = orgs.save(an_org(), [an_entry(detail="registered")])
    orgs.save(replace(outdated, last_scan_id="first"))

    with pytest.raises(ConcurrentModification):
        orgs.save(replace(outdated, last_scan_id="second"), [an_entry(detail="lost")])

    assert [entry.detail for entry in orgs.audit_trail(org_id_of(1), limit=10)] == ["registered"]


def test_changing_an_org_in_place_after_saving_it_changes_nothing_stored(
    orgs: OrgRepository,
) -> None:
    unknown = {Section.ORG: "no access"}
    saved = orgs.save(an_org(snapshot=a_snapshot(unknown=unknown)))
    unknown[Section.KEYS] = "added later"
    read = orgs.get(saved.org_id)
    assert read is not None
    assert read.snapshot is not None
    read.snapshot.unknown[Section.IDENTITY] = "added later"  # type: ignore[index]

    again = orgs.get(saved.org_id)

    assert again is not None
    assert again.snapshot is not None
    assert again.snapshot.unknown == {Section.ORG: "no access"}


def test_many_orgs_come_back_in_the_order_asked_for_without_the_unknown_ones(
    orgs: OrgRepository,
) -> None:
    for number in (1, 2, 3):
        orgs.save(an_org(number))

    found = orgs.get_many([org_id_of(3), org_id_of(9), org_id_of(1)])

    assert list(found) == [org_id_of(3), org_id_of(1)]
    assert found[org_id_of(3)] == an_org(3, revision=1)


def test_an_org_asked_for_twice_comes_back_once(orgs: OrgRepository) -> None:
    orgs.save(an_org())

    assert list(orgs.get_many([org_id_of(1), org_id_of(1)])) == [org_id_of(1)]


def test_asking_for_no_orgs_gives_none(orgs: OrgRepository) -> None:
    assert orgs.get_many([]) == {}


def test_more_orgs_than_fit_one_call_are_all_found(orgs: OrgRepository) -> None:
    wanted = [orgs.save(an_org(number)).org_id for number in range(205)]

    assert list(orgs.get_many(wanted)) == wanted


def test_the_whole_fleet_is_listed_once_each_and_in_a_stable_order(orgs: OrgRepository) -> None:
    saved = {orgs.save(an_org(number)).org_id for number in range(50)}

    listed = list(orgs.list_ids())

    assert set(listed) == saved
    assert len(listed) == len(saved)
    assert list(orgs.list_ids()) == listed


def test_audit_entries_and_scans_are_not_listed_as_orgs(orgs: OrgRepository) -> None:
    orgs.save(an_org(), [an_entry()])

    assert list(orgs.list_ids()) == [org_id_of(1)]


def test_the_audit_trail_is_newest_first_and_goes_no_further_than_asked(
    orgs: OrgRepository,
) -> None:
    org = orgs.save(an_org(), [an_entry(minutes=0, detail="oldest")])
    org = orgs.save(org, [an_entry(minutes=2, detail="newest")])
    orgs.save(org, [an_entry(minutes=1, detail="late to arrive")])

    details = [entry.detail for entry in orgs.audit_trail(org.org_id, limit=10)]

    assert details == ["newest", "late to arrive", "oldest"]
    assert orgs.audit_trail(org.org_id, limit=1) == [an_entry(minutes=2, detail="newest")]
    assert orgs.audit_trail(org.org_id, limit=0) == []


def test_entries_of_the_same_moment_keep_their_order(orgs: OrgRepository) -> None:
    org = orgs.save(an_org(), [an_entry(detail=f"first change, {part}") for part in "ab"])
    orgs.save(org, [an_entry(detail=f"second change, {part}") for part in "ab"])

    assert [entry.detail for entry in orgs.audit_trail(org.org_id, limit=10)] == [
        "second change, b",
        "second change, a",
        "first change, b",
        "first change, a",
    ]


def test_audit_trails_of_orgs_are_kept_apart(orgs: OrgRepository) -> None:
    orgs.save(an_org(1), [an_entry(1)])
    orgs.save(an_org(2))

    assert orgs.audit_trail(org_id_of(2), limit=10) == []


def test_fifty_audit_entries_are_stored_with_one_change(orgs: OrgRepository) -> None:
    orgs.save(an_org(), [an_entry(minutes=number) for number in range(50)])

    assert len(orgs.audit_trail(org_id_of(1), limit=100)) == 50


def test_more_audit_entries_than_that_are_refused_as_a_bug(orgs: OrgRepository) -> None:
    with pytest.raises(InvariantViolation, match="51 audit entries"):
        orgs.save(an_org(), [an_entry(minutes=number) for number in range(51)])

    assert orgs.get(org_id_of(1)) is None


def test_an_audit_entry_about_another_org_is_refused_as_a_bug(orgs: OrgRepository) -> None:
    with pytest.raises(InvariantViolation, match="cannot be audited"):
        orgs.save(an_org(1), [an_entry(2)])

    assert orgs.get(org_id_of(1)) is None


@pytest.mark.parametrize("audited", [False, True], ids=["unaudited", "audited"])
def test_no_update_is_lost_when_many_change_the_same_org(
    orgs: OrgRepository, audited: bool
) -> None:
    orgs.save(an_org(snapshot=a_snapshot(http_calls=0)))

    with ThreadPoolExecutor(THREADS) as pool:
        for job in [pool.submit(_increment, orgs, audited, worker) for worker in range(THREADS)]:
            job.result()

    changed = orgs.get(org_id_of(1))
    assert changed is not None
    assert changed.snapshot is not None
    assert changed.snapshot.http_calls == THREADS * INCREMENTS_A_THREAD
    assert changed.revision == THREADS * INCREMENTS_A_THREAD + 1
    entries = orgs.audit_trail(org_id_of(1), limit=1_000)
    assert len(entries) == (THREADS * INCREMENTS_A_THREAD if audited else 0)


def _increment(orgs: OrgRepository, audited: bool, worker: int) -> None:
    done = 0
    while done < INCREMENTS_A_THREAD:
        org = orgs.get(org_id_of(1))
        assert org is not None
        assert org.snapshot is not None
        snapshot = replace(org.snapshot, http_calls=org.snapshot.http_calls + 1)
        entry = replace(an_entry(), at=after(seconds=worker), detail=f"{worker}.{done}")
        try:
            orgs.save(replace(org, snapshot=snapshot), [entry] if audited else [])
        except ConcurrentModification:
            continue
        done += 1
