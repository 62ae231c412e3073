"""How migrations use the table, and what they make of a network that loses answers."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.adapters.builders import an_entry
from tests.adapters.dynamodb.interference import answer_lost, record_operations, record_requests
from tests.adapters.embedded_aws import TABLE_NAME
from tests.builders import (
    a_migration,
    a_notice,
    after,
    an_approval,
    an_org,
    org_id_of,
)
from zoom_migrator.adapters.dynamodb.keys import (
    key,
    migration_sort,
    notice_sort,
    org_partition,
)
from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    InvalidSettings,
    InvariantViolation,
)
from zoom_migrator.domain.notice import NoticeKind

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ORG_ID = org_id_of(1)


@pytest.fixture
def orgs(table: Table) -> DynamoDbOrgRepository:
    return DynamoDbOrgRepository(table)


@pytest.fixture
def migrations(table: Table) -> DynamoDbMigrationRepository:
    return DynamoDbMigrationRepository(table)


def test_a_migration_and_all_that_changes_with_it_are_one_transaction(
    orgs: DynamoDbOrgRepository, migrations: DynamoDbMigrationRepository, dynamodb: DynamoDBClient
) -> None:
    org = orgs.save(an_org())
    called, asked = record_operations(dynamodb), record_requests(dynamodb)

    migrations.save(
        a_migration(), org=org.begin_attempt(), audit=[an_entry()], notices=[a_notice()]
    )

    assert called == ["TransactWriteItems"]
    assert len(asked[0]["TransactItems"]) == 4


def test_a_migration_alone_is_stored_without_the_price_of_a_transaction(
    migrations: DynamoDbMigrationRepository, dynamodb: DynamoDBClient
) -> None:
    called = record_operations(dynamodb)

    migrations.save(a_migration())

    assert called == ["PutItem"]


def test_reading_migrations_and_notices_never_scans_the_table(
    migrations: DynamoDbMigrationRepository, dynamodb: DynamoDBClient
) -> None:
    called = record_operations(dynamodb)

    migrations.get(ORG_ID, 1)
    migrations.list_of(ORG_ID, limit=5)
    migrations.notices(ORG_ID, limit=5)

    assert called == ["GetItem", "Query", "Query"]


def test_the_newest_migration_is_found_without_reading_the_others(
    migrations: DynamoDbMigrationRepository, dynamodb: DynamoDBClient
) -> None:
    for attempt in (1, 2, 3):
        migrations.save(a_migration(attempt=attempt))
    asked = record_requests(dynamodb)

    migrations.list_of(ORG_ID, limit=1)

    assert [request["Limit"] for request in asked] == [1]


def test_notices_and_migrations_are_not_in_the_index_of_the_fleet(
    migrations: DynamoDbMigrationRepository, dynamodb: DynamoDBClient
) -> None:
    migrations.save(a_migration(), audit=[an_entry()], notices=[a_notice()])

    assert dynamodb.scan(TableName=TABLE_NAME, IndexName="gsi1")["Items"] == []


def test_nothing_about_a_migration_is_ever_deleted_by_the_table_itself(
    migrations: DynamoDbMigrationRepository, dynamodb: DynamoDBClient
) -> None:
    migrations.save(a_migration(), audit=[an_entry()], notices=[a_notice()])

    stored = dynamodb.scan(TableName=TABLE_NAME)["Items"]

    assert len(stored) == 3
    assert all("ttl" not in item for item in stored)


@pytest.mark.parametrize("with_org", [True, False], ids=["with_org", "without_org"])
def test_a_save_whose_answer_was_lost_is_not_taken_for_somebody_elses(
    orgs: DynamoDbOrgRepository,
    migrations: DynamoDbMigrationRepository,
    dynamodb: DynamoDBClient,
    with_org: bool,
) -> None:
    org = orgs.save(an_org())
    with answer_lost(dynamodb, "TransactWriteItems"):
        begun = migrations.save(
            a_migration(),
            org=org.begin_attempt() if with_org else None,
            audit=[an_entry()],
            notices=[a_notice()],
        )
    with answer_lost(dynamodb, "TransactWriteItems"):
        changed = migrations.save(replace(begun, detail="changed"), audit=[an_entry()])

    assert (begun.revision, changed.revision) == (1, 2)
    assert migrations.get(ORG_ID, 1) == changed
    assert len(orgs.audit_trail(ORG_ID, limit=10)) == 2
    assert len(migrations.notices(ORG_ID, limit=10)) == 1
    stored = orgs.get(ORG_ID)
    assert stored is not None
    assert stored.revision == (2 if with_org else 1)


def test_a_lone_save_whose_answer_was_lost_is_not_taken_for_somebody_elses(
    migrations: DynamoDbMigrationRepository, dynamodb: DynamoDBClient
) -> None:
    with answer_lost(dynamodb, "PutItem"):
        begun = migrations.save(a_migration())

    assert migrations.get(ORG_ID, 1) == begun


@pytest.mark.parametrize("who", ["org", "migration"])
def test_a_save_is_known_again_even_if_one_of_its_parts_was_changed_before_it_was_sent_again(
    orgs: DynamoDbOrgRepository,
    migrations: DynamoDbMigrationRepository,
    dynamodb: DynamoDBClient,
    who: str,
) -> None:
    org = orgs.save(an_org())
    begun = a_migration()

    def somebody_changes_it() -> None:
        if who == "org":
            orgs.save(replace(org.begin_attempt(), revision=2, last_scan_id="meanwhile"))
        else:
            migrations.save(replace(begun, revision=1, detail="meanwhile"))

    with answer_lost(dynamodb, "TransactWriteItems", meanwhile=somebody_changes_it):
        saved = migrations.save(begun, org=org.begin_attempt())

    assert saved.revision == 1
    now_org, now_migration = orgs.get(ORG_ID), migrations.get(ORG_ID, 1)
    assert now_org is not None
    assert now_migration is not None
    assert "meanwhile" in (now_org.last_scan_id, now_migration.detail)
    assert {now_org.revision, now_migration.revision} == ({3, 1} if who == "org" else {2})


def test_a_save_that_really_came_second_is_refused_although_it_was_sent_twice(
    orgs: DynamoDbOrgRepository, migrations: DynamoDbMigrationRepository, dynamodb: DynamoDBClient
) -> None:
    org = orgs.save(an_org())
    migrations.save(a_migration(requested_by="first"), org=org.begin_attempt())

    with (
        pytest.raises(ConcurrentModification),
        answer_lost(dynamodb, "TransactWriteItems"),
    ):
        migrations.save(a_migration(requested_by="second"), org=org.begin_attempt())

    stored = migrations.get(ORG_ID, 1)
    assert stored is not None
    assert stored.requested_by == "first"


def test_one_damaged_migration_or_notice_hides_no_other_and_is_logged(
    migrations: DynamoDbMigrationRepository,
    dynamodb: DynamoDBClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for attempt in (1, 2):
        migrations.save(
            a_migration(attempt=attempt),
            notices=[a_notice(attempt=attempt, at=after(days=attempt))],
        )
    kind = NoticeKind.UPGRADE_APPROVAL_NEEDED
    _damage(dynamodb, migration_sort(2), "step")
    _damage(dynamodb, notice_sort(2, kind, ""), "kind")

    with caplog.at_level(logging.ERROR):
        assert [each.attempt for each in migrations.list_of(ORG_ID, limit=5)] == [1]
        assert [each.attempt for each in migrations.notices(ORG_ID, limit=5)] == [1]

    assert len(caplog.records) == 2
    with pytest.raises(InvariantViolation, match="'step'"):
        migrations.get(ORG_ID, 2)


def test_no_task_token_is_in_what_is_said_about_a_damaged_migration(
    migrations: DynamoDbMigrationRepository,
    dynamodb: DynamoDBClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    migrations.save(a_migration(approval=an_approval(task_token="sealed-canary")))
    _damage(dynamodb, migration_sort(1), "approval")

    with caplog.at_level(logging.DEBUG, logger="zoom_migrator"):
        migrations.list_of(ORG_ID, limit=5)
    with pytest.raises(InvariantViolation) as refused:
        migrations.get(ORG_ID, 1)

    assert "sealed-canary" not in caplog.text + str(refused.value)


def test_a_table_that_does_not_exist_is_a_matter_of_settings(dynamodb: DynamoDBClient) -> None:
    migrations = DynamoDbMigrationRepository(Table(dynamodb, "no-such-table"))

    with pytest.raises(InvalidSettings, match="no-such-table does not exist"):
        migrations.get(ORG_ID, 1)
    with pytest.raises(InvalidSettings, match="no-such-table does not exist"):
        migrations.save(a_migration(), org=an_org())


def _damage(dynamodb: DynamoDBClient, sort: str, attribute: str) -> None:
    dynamodb.update_item(
        TableName=TABLE_NAME,
        Key=key(org_partition(ORG_ID), sort),
        UpdateExpression="SET #damaged = :nonsense",
        ExpressionAttributeNames={"#damaged": attribute},
        ExpressionAttributeValues={":nonsense": {"S": "nonsense"}},
    )
