"""What every migration repository does, whatever it keeps its migrations in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from tests.adapters.builders import an_entry
from tests.builders import (
    NOW,
    REQUEST_ID,
    a_finding,
    a_migration,
    a_notice,
    a_standing_acceptance,
    a_target,
    after,
    an_accepted_approval,
    an_approval,
    an_install,
    an_org,
    org_id_of,
)
from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.errors import ConcurrentModification, InvariantViolation
from zoom_migrator.domain.finding import FindingCode, Severity
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import Org, StartPolicy, UpgradePolicy
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.ports import MigrationRepository, OrgRepository

ORG_ID = org_id_of(1)
THREADS = 6
CHANGES_A_THREAD = 3


@dataclass(frozen=True)
class Stores:
    orgs: OrgRepository
    migrations: MigrationRepository

    def org(self) -> Org:
        org = self.orgs.get(ORG_ID)
        assert org is not None
        return org

    def migration(self, attempt: int = 1) -> Migration:
        migration = self.migrations.get(ORG_ID, attempt)
        assert migration is not None
        return migration

    def audited(self) -> list[str]:
        return [entry.detail for entry in self.orgs.audit_trail(ORG_ID, limit=1_000)]


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        orgs = InMemoryOrgRepository()
        return Stores(orgs, InMemoryMigrationRepository(orgs))
    table = request.getfixturevalue("table")
    return Stores(DynamoDbOrgRepository(table), DynamoDbMigrationRepository(table))


@pytest.fixture
def migrations(stores: Stores) -> MigrationRepository:
    return stores.migrations


def test_a_migration_that_was_never_saved_is_unknown(migrations: MigrationRepository) -> None:
    assert migrations.get(ORG_ID, 1) is None
    assert migrations.list_of(ORG_ID, limit=10) == []
    assert migrations.notices(ORG_ID, limit=10) == []


def test_a_migration_comes_back_as_it_was_saved_with_its_first_revision(
    migrations: MigrationRepository,
) -> None:
    migration = a_migration(
        step=MigrationStep.ENDED,
        version_before="3.23.0.4",
        target=a_target(validation="NO_ERRORS_DETECTED"),
        findings=(
            a_finding(),
            a_finding(
                FindingCode.TARGET_REFUSED,
                Severity.BLOCKING,
                blocked_reason=BlockedReason.TARGET_NOT_USABLE,
                raw="Zürich: refused",
            ),
        ),
        approval=an_accepted_approval(),
        install=an_install(
            intended_at=NOW, request_id=REQUEST_ID, tries=2, failed_requests=("0Hf",)
        ),
        waiting_since=after(minutes=1),
        by_hand_since=after(minutes=2),
        by_hand_until=after(days=14),
        reminders=3,
        outcome=MigrationOutcome.BLOCKED,
        blocked_reason=BlockedReason.CONTACT_SALESFORCE_SUPPORT,
        failure_code="platform_cache_missing",
        detail="The org lacks Platform Cache.",
        remedy="Open a case with Salesforce Support.",
        said="Missing Organization Feature: PlatformCache null",
        ended_at=after(days=1),
    )

    saved = migrations.save(migration)

    assert saved == replace(migration, revision=1)
    assert migrations.get(ORG_ID, 1) == saved


def test_a_sealed_task_token_comes_back_whole_however_long_it_is(
    migrations: MigrationRepository,
) -> None:
    sealed = "A" * 3_500
    migrations.save(a_migration(approval=an_approval(task_token=sealed)))

    read = migrations.get(ORG_ID, 1)

    assert read is not None
    assert read.approval is not None
    assert read.approval.task_token == sealed


def test_a_task_token_that_was_used_up_is_not_kept(migrations: MigrationRepository) -> None:
    waiting = migrations.save(a_migration(approval=an_approval(task_token="sealed")))
    answered = migrations.save(replace(waiting, approval=an_accepted_approval()))

    read = migrations.get(ORG_ID, 1)

    assert read == answered
    assert read is not None
    assert read.approval is not None
    assert read.approval.task_token == ""


def test_each_save_makes_the_next_revision(migrations: MigrationRepository) -> None:
    first = migrations.save(a_migration())
    second = migrations.save(replace(first, step=MigrationStep.INSTALLING))

    assert (first.revision, second.revision) == (1, 2)
    assert migrations.get(ORG_ID, 1) == second


def test_a_migration_that_exists_is_not_created_again(migrations: MigrationRepository) -> None:
    stored = migrations.save(a_migration(requested_by="first"))

    with pytest.raises(ConcurrentModification):
        migrations.save(a_migration(requested_by="second"))

    assert migrations.get(ORG_ID, 1) == stored


def test_a_migration_that_does_not_exist_cannot_be_changed(
    migrations: MigrationRepository,
) -> None:
    with pytest.raises(ConcurrentModification):
        migrations.save(a_migration(revision=3))

    assert migrations.get(ORG_ID, 1) is None


def test_a_change_of_an_outdated_migration_is_refused(migrations: MigrationRepository) -> None:
    outdated = migrations.save(a_migration())
    current = migrations.save(replace(outdated, detail="first"))

    with pytest.raises(ConcurrentModification):
        migrations.save(replace(outdated, detail="second"))

    assert migrations.get(ORG_ID, 1) == current


def test_attempts_and_orgs_are_kept_apart(migrations: MigrationRepository) -> None:
    first = migrations.save(a_migration(1, attempt=1))
    second = migrations.save(a_migration(1, attempt=2))
    other = migrations.save(a_migration(2, attempt=1))

    assert migrations.get(ORG_ID, 1) == first
    assert migrations.get(ORG_ID, 2) == second
    assert migrations.list_of(org_id_of(2), limit=10) == [other]
    assert migrations.get(org_id_of(2), 2) is None


def test_the_newest_attempts_come_first_and_no_more_than_asked_for(
    migrations: MigrationRepository,
) -> None:
    for attempt in (2, 10, 1, 9):
        migrations.save(a_migration(attempt=attempt))

    assert [each.attempt for each in migrations.list_of(ORG_ID, limit=3)] == [10, 9, 2]
    assert len(migrations.list_of(ORG_ID, limit=100)) == 4
    assert migrations.list_of(ORG_ID, limit=0) == []


class TestWhatIsSavedAlong:
    def test_the_org_changes_with_its_migration(self, stores: Stores) -> None:
        org = stores.orgs.save(an_org(status=OrgStatus.UPGRADE_REQUIRED))
        claimed = org.begin_attempt()

        stores.migrations.save(a_migration(), org=claimed)

        assert stores.org() == replace(claimed, revision=2)
        assert stores.org().active_attempt == 1

    def test_all_that_migrations_change_about_an_org_is_kept(self, stores: Stores) -> None:
        org = an_org(
            status=OrgStatus.BLOCKED,
            blocked_reason=BlockedReason.UPGRADE_DECLINED,
            attempts=3,
            active_attempt=3,
            standing_acceptance=a_standing_acceptance(),
        )
        registration = replace(
            org.registration, upgrade_policy=UpgradePolicy.AUTO, start_policy=StartPolicy.SCAN
        )
        org = replace(org, registration=registration)

        stores.migrations.save(a_migration(attempt=3), org=org)

        assert stores.org() == replace(org, revision=1)

    def test_an_org_that_stays_as_it_is_keeps_its_revision(self, stores: Stores) -> None:
        org = stores.orgs.save(an_org())

        stores.migrations.save(a_migration(), audit=[an_entry()], notices=[a_notice()])

        assert stores.org() == org

    def test_an_outdated_org_stops_everything(self, stores: Stores) -> None:
        outdated = stores.orgs.save(an_org())
        current = stores.orgs.save(replace(outdated, last_scan_id="meanwhile"))

        with pytest.raises(ConcurrentModification):
            stores.migrations.save(
                a_migration(),
                org=outdated.begin_attempt(),
                audit=[an_entry()],
                notices=[a_notice()],
            )

        assert stores.org() == current
        assert stores.migrations.get(ORG_ID, 1) is None
        assert stores.audited() == []
        assert stores.migrations.notices(ORG_ID, limit=10) == []

    def test_an_outdated_migration_stops_everything(self, stores: Stores) -> None:
        org = stores.orgs.save(an_org())
        outdated = stores.migrations.save(a_migration())
        current = stores.migrations.save(replace(outdated, detail="meanwhile"))

        with pytest.raises(ConcurrentModification):
            stores.migrations.save(
                replace(outdated, detail="too late"),
                org=org.begin_attempt(),
                audit=[an_entry()],
                notices=[a_notice()],
            )

        assert stores.migration() == current
        assert stores.org() == org
        assert stores.audited() == []
        assert stores.migrations.notices(ORG_ID, limit=10) == []

    def test_an_org_that_is_not_registered_cannot_be_changed_by_a_migration(
        self, stores: Stores
    ) -> None:
        with pytest.raises(ConcurrentModification):
            stores.migrations.save(a_migration(), org=an_org(revision=4))

        assert stores.orgs.get(ORG_ID) is None
        assert stores.migrations.get(ORG_ID, 1) is None

    @pytest.mark.parametrize("with_org", [True, False], ids=["with_org", "without_org"])
    def test_audit_entries_are_found_in_the_trail_of_the_org(
        self, stores: Stores, with_org: bool
    ) -> None:
        org = stores.orgs.save(an_org(), [an_entry(minutes=0, detail="registered")])

        stores.migrations.save(
            a_migration(),
            org=org if with_org else None,
            audit=[an_entry(minutes=2, detail="started"), an_entry(minutes=1, detail="requested")],
        )

        assert stores.audited() == ["started", "requested", "registered"]

    @pytest.mark.parametrize("with_org", [True, False], ids=["with_org", "without_org"])
    def test_no_entry_of_the_same_moment_takes_the_place_of_another(
        self, stores: Stores, with_org: bool
    ) -> None:
        stores.orgs.save(an_org(), [an_entry(detail="org")])
        for attempt in (1, 2):
            migration = a_migration(attempt=attempt)
            for change in ("a", "b"):
                migration = stores.migrations.save(
                    migration,
                    org=stores.org() if with_org else None,
                    audit=[an_entry(detail=f"{attempt}{change}{part}") for part in "xy"],
                )

        assert stores.audited() == [
            *("2by", "2bx", "2ay", "2ax"),
            *("1by", "1bx", "1ay", "1ax"),
            "org",
        ]

    def test_entries_of_an_org_and_of_its_migrations_are_kept_apart_at_the_same_moment(
        self, stores: Stores
    ) -> None:
        stores.orgs.save(an_org(), [an_entry(detail="org")])
        migration = stores.migrations.save(a_migration(), audit=[an_entry(detail="migration")])
        stores.migrations.save(migration, org=stores.org(), audit=[an_entry(detail="both")])

        assert sorted(stores.audited()) == ["both", "migration", "org"]

    def test_notices_of_attempts_come_newest_first_and_no_more_than_asked_for(
        self, stores: Stores
    ) -> None:
        asked = a_notice(at=after(minutes=1), facts={"version_now": "3.23", "Ä": "ö"})
        reminded = [
            a_notice(
                kind=NoticeKind.UPGRADE_APPROVAL_REMINDER, at=after(days=3 * n), milestone=str(n)
            )
            for n in (1, 2)
        ]
        again = a_notice(attempt=2, at=after(days=20))
        migration = stores.migrations.save(a_migration(), notices=[asked])
        stores.migrations.save(migration, notices=reminded)
        stores.migrations.save(a_migration(attempt=2), notices=[again])

        assert stores.migrations.notices(ORG_ID, limit=10) == [again, *reminded[::-1], asked]
        assert stores.migrations.notices(ORG_ID, limit=2) == [again, reminded[1]]
        assert stores.migrations.notices(ORG_ID, limit=0) == []
        assert stores.migrations.notices(org_id_of(2), limit=10) == []

    def test_a_notice_that_is_there_already_takes_its_own_place(self, stores: Stores) -> None:
        first = a_notice(facts={"version_now": "3.23"})
        again = replace(first, at=after(minutes=5), facts={"version_now": "3.24"})

        migration = stores.migrations.save(a_migration(), notices=[first])
        stores.migrations.save(migration, notices=[again])

        assert stores.migrations.notices(ORG_ID, limit=10) == [again]

    def test_of_one_notice_given_twice_in_one_save_the_last_is_kept(self, stores: Stores) -> None:
        stores.migrations.save(
            a_migration(), notices=[a_notice(facts={"n": "1"}), a_notice(facts={"n": "2"})]
        )

        (notice,) = stores.migrations.notices(ORG_ID, limit=10)
        assert notice.facts == {"n": "2"}

    @pytest.mark.parametrize(
        "other",
        [
            a_notice(attempt=2),
            a_notice(kind=NoticeKind.UPGRADE_DONE),
            a_notice(milestone="1"),
        ],
        ids=["attempt", "kind", "milestone"],
    )
    def test_notices_are_told_apart_by_attempt_kind_and_milestone(
        self, stores: Stores, other: Notice
    ) -> None:
        notices = [a_notice(), other]
        for attempt in (1, 2):
            mine = [each for each in notices if each.attempt == attempt]
            stores.migrations.save(a_migration(attempt=attempt), notices=mine)

        assert len(stores.migrations.notices(ORG_ID, limit=10)) == 2

    def test_changing_the_facts_of_a_notice_in_place_changes_nothing_stored(
        self, stores: Stores
    ) -> None:
        facts = {"version_now": "3.23"}
        stores.migrations.save(a_migration(), notices=[a_notice(facts=facts)])
        facts["added"] = "later"
        (read,) = stores.migrations.notices(ORG_ID, limit=1)
        read.facts["added"] = "later"  # type: ignore[index]

        (again,) = stores.migrations.notices(ORG_ID, limit=1)

        assert again.facts == {"version_now": "3.23"}

    def test_migrations_and_notices_are_not_listed_as_orgs_or_as_audit_entries(
        self, stores: Stores
    ) -> None:
        stores.migrations.save(a_migration(), notices=[a_notice()])

        assert stores.orgs.get(ORG_ID) is None
        assert list(stores.orgs.list_ids()) == []
        assert stores.audited() == []


class TestTheLimits:
    def test_twenty_entries_and_twenty_notices_fit_one_save_with_an_org(
        self, stores: Stores
    ) -> None:
        stores.migrations.save(
            a_migration(),
            org=an_org(),
            audit=[an_entry(minutes=number) for number in range(20)],
            notices=[a_notice(milestone=str(number)) for number in range(20)],
        )

        assert len(stores.audited()) == 20
        assert len(stores.migrations.notices(ORG_ID, limit=100)) == 20

    def test_more_entries_than_that_are_refused_as_a_bug(self, stores: Stores) -> None:
        with pytest.raises(InvariantViolation, match="21 audit entries"):
            stores.migrations.save(a_migration(), audit=[an_entry()] * 21)

        assert stores.migrations.get(ORG_ID, 1) is None

    def test_more_notices_than_that_are_refused_as_a_bug(self, stores: Stores) -> None:
        with pytest.raises(InvariantViolation, match="21 notices"):
            stores.migrations.save(
                a_migration(), notices=[a_notice(milestone=str(n)) for n in range(21)]
            )

        assert stores.migrations.get(ORG_ID, 1) is None

    def test_an_entry_about_another_org_is_refused_as_a_bug(self, stores: Stores) -> None:
        with pytest.raises(InvariantViolation, match="cannot be audited"):
            stores.migrations.save(a_migration(1), audit=[an_entry(2)])

        assert stores.migrations.get(ORG_ID, 1) is None

    def test_another_org_is_refused_as_a_bug(self, stores: Stores) -> None:
        with pytest.raises(InvariantViolation, match="cannot be stored with migration"):
            stores.migrations.save(a_migration(1), org=an_org(2))

        assert stores.migrations.get(ORG_ID, 1) is None
        assert stores.orgs.get(org_id_of(2)) is None

    @pytest.mark.parametrize("notice", [a_notice(2), a_notice(attempt=2)], ids=["org", "attempt"])
    def test_a_notice_about_something_else_is_refused_as_a_bug(
        self, stores: Stores, notice: Notice
    ) -> None:
        with pytest.raises(InvariantViolation, match="cannot be stored with migration"):
            stores.migrations.save(a_migration(), notices=[notice])

        assert stores.migrations.get(ORG_ID, 1) is None


@pytest.mark.parametrize("with_org", [True, False], ids=["with_org", "without_org"])
def test_no_update_is_lost_when_many_change_the_same_migration(
    stores: Stores, with_org: bool
) -> None:
    stores.orgs.save(an_org())
    stores.migrations.save(a_migration())

    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [pool.submit(_change, stores, with_org, worker) for worker in range(THREADS)]
        for job in jobs:
            job.result()

    changes = THREADS * CHANGES_A_THREAD
    assert stores.migration().reminders == changes
    assert stores.migration().revision == changes + 1
    assert stores.org().attempts == (changes if with_org else 0)
    assert len(set(stores.audited())) == changes


def _change(stores: Stores, with_org: bool, worker: int) -> None:
    done = 0
    while done < CHANGES_A_THREAD:
        org, migration = stores.org(), stores.migration()
        try:
            stores.migrations.save(
                replace(migration, reminders=migration.reminders + 1),
                org=replace(org, attempts=org.attempts + 1) if with_org else None,
                audit=[replace(an_entry(), detail=f"{worker}.{done}")],
            )
        except ConcurrentModification:
            continue
        done += 1


def test_only_one_of_many_begins_the_next_migration_of_an_org(stores: Stores) -> None:
    org = stores.orgs.save(an_org(status=OrgStatus.UPGRADE_REQUIRED))

    with ThreadPoolExecutor(THREADS) as pool:
        begun = list(pool.map(lambda _: _begins(stores, org), range(THREADS)))

    assert begun.count(True) == 1
    assert stores.org().active_attempt == 1
    assert len(stores.migrations.list_of(ORG_ID, limit=10)) == 1


def _begins(stores: Stores, org: Org) -> bool:
    try:
        stores.migrations.save(a_migration(), org=org.begin_attempt())
    except ConcurrentModification:
        return False
    return True
