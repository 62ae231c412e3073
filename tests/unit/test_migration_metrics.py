from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.adapters.builders import an_entry
from tests.builders import ADA, NOW, a_migration, a_notice, an_org, org_id_of
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.migration import Ending, MigrationOutcome, MigrationStep
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.migration_metrics import CountedMigrations
from zoom_migrator.observability import metrics
from zoom_migrator.use_cases.end_migration import end_migration

# No migration ends authorized any more: it goes on to its proof.
ENDS = [outcome for outcome in MigrationOutcome if outcome is not MigrationOutcome.AUTHORIZED]
REMINDERS = [kind for kind in NoticeKind if kind.endswith("_reminder")]


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> Iterator[None]:
    metrics.clear_metrics()
    yield
    metrics.clear_metrics()


@pytest.fixture
def stored() -> InMemoryMigrationRepository:
    return InMemoryMigrationRepository(InMemoryOrgRepository())


@pytest.fixture
def migrations(stored: InMemoryMigrationRepository) -> CountedMigrations:
    return CountedMigrations(stored)


def counted() -> Counter[str]:
    return Counter({name: len(metric["Value"]) for name, metric in metrics.metric_set.items()})


def entry(action: AuditAction) -> AuditEntry:
    return replace(an_entry(), action=action)


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (AuditAction.MIGRATION_STARTED, "MigrationStarted"),
        (AuditAction.APPROVAL_REQUESTED, "ApprovalRequested"),
        (AuditAction.APPROVAL_ANSWERED, "ApprovalAnswered"),
        (AuditAction.INSTALL_REQUESTED, "InstallStarted"),
        (AuditAction.AUTHORIZATION_REQUESTED, "AuthorizationRequested"),
        (AuditAction.AUTHORIZED, "AuthorizationCompleted"),
        (AuditAction.CLEANUP_REQUESTED, "CleanupRequested"),
        (AuditAction.CLEANUP_ANSWERED, "CleanupAnswered"),
    ],
)
def test_what_is_on_record_is_counted(
    migrations: CountedMigrations, action: AuditAction, name: str
) -> None:
    migrations.save(a_migration(), audit=[entry(action)])

    assert counted() == {name: 1}


def test_changes_of_an_orgs_status_are_not_counted(migrations: CountedMigrations) -> None:
    migrations.save(a_migration(), audit=[entry(AuditAction.STATUS_CHANGED)])

    assert counted() == {}


@pytest.mark.parametrize("kind", REMINDERS)
def test_each_reminder_is_counted(migrations: CountedMigrations, kind: NoticeKind) -> None:
    migrations.save(
        a_migration(),
        notices=[a_notice(kind=kind, milestone=milestone) for milestone in ("1", "2")],
    )

    assert counted() == {"ReminderRecorded": 2}


def test_an_upgrade_is_counted_when_it_is_told_whatever_comes_after_it(
    migrations: CountedMigrations,
) -> None:
    migrations.save(
        a_migration(step=MigrationStep.AWAITING_AUTHORIZATION),
        notices=[a_notice(kind=NoticeKind.UPGRADE_DONE)],
    )

    assert counted() == {"UpgradeCompleted": 1}


LOSSES = {NoticeKind.FELL_BACK: "OrgsFellBack", NoticeKind.DISCONNECTED: "OrgsDisconnected"}


@pytest.mark.parametrize(("kind", "name"), LOSSES.items(), ids=LOSSES.keys())
def test_an_org_that_lost_its_authorization_is_counted_when_it_is_told(
    migrations: CountedMigrations, kind: NoticeKind, name: str
) -> None:
    migrations.save(a_migration(), notices=[a_notice(kind=kind)])

    assert counted() == {name: 1}


OTHERS = [kind for kind in NoticeKind if kind not in (*REMINDERS, NoticeKind.UPGRADE_DONE, *LOSSES)]


@pytest.mark.parametrize("kind", OTHERS)
def test_other_notices_are_not_counted(migrations: CountedMigrations, kind: NoticeKind) -> None:
    migrations.save(a_migration(), notices=[a_notice(kind=kind)])

    assert counted() == {}


@pytest.mark.parametrize("outcome", ENDS)
def test_every_end_is_counted_by_a_name_of_its_own(
    migrations: CountedMigrations, outcome: MigrationOutcome
) -> None:
    for number, other in enumerate(ENDS, start=1):
        end(migrations, number, other)
    ends = counted()
    end(migrations, 99, outcome)

    assert len(ends) == len(ENDS)
    assert (counted() - ends).total() == 1


def end(migrations: CountedMigrations, number: int, outcome: MigrationOutcome) -> None:
    """End the migration of the n-th org, as the use case does."""
    end_migration(
        migrations.save(a_migration(number)),
        an_org(number),
        Ending(outcome),
        at=NOW,
        actor=ADA,
        migrations=migrations,
    )


def test_a_step_in_between_is_not_counted(migrations: CountedMigrations) -> None:
    migrations.save(a_migration(step=MigrationStep.INSTALLING))

    assert counted() == {}


def test_what_could_not_be_stored_is_not_counted(migrations: CountedMigrations) -> None:
    migrations.save(a_migration())

    with pytest.raises(ConcurrentModification):
        migrations.save(a_migration(), audit=[entry(AuditAction.MIGRATION_STARTED)])

    assert counted() == {}


def test_it_stores_and_reads_as_the_repository_does(
    migrations: CountedMigrations, stored: InMemoryMigrationRepository
) -> None:
    saved = migrations.save(a_migration(), org=an_org(), audit=[an_entry()], notices=[a_notice()])

    assert stored.get(org_id_of(1), 1) == saved
    assert migrations.get(org_id_of(1), 1) == saved
    assert migrations.list_of(org_id_of(1), limit=5) == [saved]
    assert migrations.notices(org_id_of(1), limit=5) == [a_notice()]
