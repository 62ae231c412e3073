"""How the repositories use the table, and what they make of a table that is not at its best."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.adapters.builders import an_entry, result_of
from tests.adapters.dynamodb.interference import (
    answer_lost,
    do_a_few_at_a_time,
    leave_everything_undone,
    record_operations,
    record_requests,
)
from tests.adapters.embedded_aws import TABLE_NAME
from tests.builders import SCAN_ID, a_scan, an_org, org_id_of
from zoom_migrator.adapters.dynamodb.keys import SCAN, Item, key, org_partition, scan_partition
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.scans import DynamoDbScanRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.errors import InvalidSettings, InvariantViolation, StoreUnavailable
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import BatchProgress

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def orgs(table: Table) -> DynamoDbOrgRepository:
    return DynamoDbOrgRepository(table)


@pytest.fixture
def scans(table: Table) -> DynamoDbScanRepository:
    return DynamoDbScanRepository(table)


def test_nothing_ever_scans_the_table(
    orgs: DynamoDbOrgRepository, scans: DynamoDbScanRepository, dynamodb: DynamoDBClient
) -> None:
    called = record_operations(dynamodb)

    org = orgs.save(an_org(), [an_entry()])
    orgs.save(org)
    orgs.get(org.org_id)
    orgs.get_many(list(orgs.list_ids()))
    orgs.audit_trail(org.org_id, limit=5)
    scans.save(a_scan())
    scans.get(SCAN_ID)
    scans.list_recent(limit=5)
    scans.put_results([result_of(1)])
    list(scans.results(SCAN_ID))
    scans.put_progress(BatchProgress(SCAN_ID, 1, 0, 1))
    scans.progress(SCAN_ID)

    assert set(called) == {
        "BatchGetItem",
        "BatchWriteItem",
        "GetItem",
        "PutItem",
        "Query",
        "TransactWriteItems",
    }


def test_an_org_without_audit_entries_is_stored_without_the_price_of_a_transaction(
    orgs: DynamoDbOrgRepository, dynamodb: DynamoDBClient
) -> None:
    called = record_operations(dynamodb)

    orgs.save(an_org())

    assert called == ["PutItem"]


def test_the_index_holds_nothing_that_checking_an_org_would_change(
    orgs: DynamoDbOrgRepository, dynamodb: DynamoDBClient
) -> None:
    org = orgs.save(an_org())
    before = _index_entries(dynamodb, org)
    orgs.save(replace(org, last_scan_id=SCAN_ID))

    assert before == _index_entries(dynamodb, org)
    assert set(before[0]) == {"pk", "sk", "gsi1pk", "gsi1sk"}


def test_results_of_several_pages_are_all_read(
    scans: DynamoDbScanRepository, dynamodb: DynamoDBClient
) -> None:
    stored = [result_of(number, detail="x" * 2_000) for number in range(700)]
    scans.put_results(stored)
    called = record_operations(dynamodb)

    assert list(scans.results(SCAN_ID)) == stored
    assert called.count("Query") > 1


@pytest.mark.parametrize("few", [1, 7])
def test_results_that_dynamodb_leaves_undone_are_sent_again(
    scans: DynamoDbScanRepository, dynamodb: DynamoDBClient, few: int
) -> None:
    do_a_few_at_a_time(dynamodb, "BatchWriteItem", few=few)

    scans.put_results([result_of(number) for number in range(30)])

    assert len(list(scans.results(SCAN_ID))) == 30


@pytest.mark.parametrize("few", [1, 7])
def test_orgs_that_dynamodb_leaves_unread_are_asked_for_again(
    orgs: DynamoDbOrgRepository, dynamodb: DynamoDBClient, few: int
) -> None:
    wanted = [orgs.save(an_org(number)).org_id for number in range(20)]
    do_a_few_at_a_time(dynamodb, "BatchGetItem", few=few)

    assert list(orgs.get_many(wanted)) == wanted


def test_no_call_names_an_item_twice_because_dynamodb_refuses_that(
    orgs: DynamoDbOrgRepository, scans: DynamoDbScanRepository, dynamodb: DynamoDBClient
) -> None:
    asked = record_requests(dynamodb)

    scans.put_results([result_of(1), result_of(2), result_of(1)])
    orgs.get_many([org_id_of(1), org_id_of(2), org_id_of(1)])

    written, read = (request["RequestItems"][TABLE_NAME] for request in asked)
    assert len(written) == 2
    assert len(read["Keys"]) == 2


def test_a_short_throttle_is_waited_out_with_growing_pauses(
    scans: DynamoDbScanRepository, dynamodb: DynamoDBClient, pauses: list[float]
) -> None:
    leave_everything_undone(dynamodb, "BatchWriteItem", times=3)

    scans.put_results([result_of(1)])

    assert len(list(scans.results(SCAN_ID))) == 1
    assert pauses == [0.1, 0.2, 0.4]


def test_a_table_that_keeps_throttling_is_given_up(
    orgs: DynamoDbOrgRepository,
    scans: DynamoDbScanRepository,
    dynamodb: DynamoDBClient,
    pauses: list[float],
) -> None:
    leave_everything_undone(dynamodb, "BatchWriteItem")
    leave_everything_undone(dynamodb, "BatchGetItem")

    with pytest.raises(StoreUnavailable, match="throttling"):
        scans.put_results([result_of(1)])
    with pytest.raises(StoreUnavailable, match="throttling"):
        orgs.get_many([org_id_of(1)])

    assert len(pauses) == 14
    assert max(pauses) == 2.0


@pytest.mark.parametrize(
    ("audit", "operation"), [([], "PutItem"), ([an_entry()], "TransactWriteItems")]
)
def test_a_save_whose_answer_was_lost_is_not_taken_for_somebody_elses(
    orgs: DynamoDbOrgRepository, dynamodb: DynamoDBClient, audit: list[AuditEntry], operation: str
) -> None:
    with answer_lost(dynamodb, operation):
        created = orgs.save(an_org(), audit)
    with answer_lost(dynamodb, operation):
        changed = orgs.save(replace(created, last_scan_id=SCAN_ID), audit)

    assert (created.revision, changed.revision) == (1, 2)
    assert orgs.get(created.org_id) == changed
    assert len(orgs.audit_trail(created.org_id, limit=10)) == 2 * len(audit)


def test_one_damaged_org_hides_no_other_and_is_logged(
    orgs: DynamoDbOrgRepository, dynamodb: DynamoDBClient, caplog: pytest.LogCaptureFixture
) -> None:
    ids = [orgs.save(an_org(number)).org_id for number in (1, 2, 3)]
    _damage(dynamodb, org_partition(ids[1]), "ORG", "status")

    with caplog.at_level(logging.ERROR):
        found = orgs.get_many(ids)

    assert list(found) == [ids[0], ids[2]]
    assert ids[1] in caplog.records[0].__dict__["reason"]
    with pytest.raises(InvariantViolation, match="status"):
        orgs.get(ids[1])


def test_one_damaged_scan_or_result_hides_no_other(
    scans: DynamoDbScanRepository, dynamodb: DynamoDBClient
) -> None:
    for name in ("scan-a", "scan-b"):
        scans.save(a_scan(name))
    scans.put_results([result_of(1, scan_id="scan-a"), result_of(2, scan_id="scan-a")])
    _damage(dynamodb, scan_partition("scan-b"), SCAN, "started_at")
    _damage(dynamodb, scan_partition("scan-a"), f"RESULT#{org_id_of(1)}", "outcome")

    assert [scan.scan_id for scan in scans.list_recent(limit=5)] == ["scan-a"]
    assert [result.org_id for result in scans.results("scan-a")] == [org_id_of(2)]


def test_a_table_that_does_not_exist_is_a_matter_of_settings(dynamodb: DynamoDBClient) -> None:
    orgs = DynamoDbOrgRepository(Table(dynamodb, "no-such-table"))

    calls: list[Callable[[], object]] = [
        lambda: orgs.get(org_id_of(1)),
        lambda: orgs.get_many([org_id_of(1)]),
        lambda: orgs.save(an_org()),
        lambda: orgs.save(an_org(), [an_entry()]),
        lambda: list(orgs.list_ids()),
    ]
    for call in calls:
        with pytest.raises(InvalidSettings, match="no-such-table does not exist") as refused:
            call()
        assert "region" in refused.value.remedy


def _index_entries(dynamodb: DynamoDBClient, org: Org) -> list[Item]:
    item = dynamodb.get_item(TableName=TABLE_NAME, Key=key(org_partition(org.org_id), "ORG"))
    listed = dynamodb.query(
        TableName=TABLE_NAME,
        IndexName="gsi1",
        KeyConditionExpression="gsi1pk = :shard",
        ExpressionAttributeValues={":shard": item["Item"]["gsi1pk"]},
    )
    return listed["Items"]


def _damage(dynamodb: DynamoDBClient, partition: str, sort: str, attribute: str) -> None:
    dynamodb.update_item(
        TableName=TABLE_NAME,
        Key=key(partition, sort),
        UpdateExpression="SET #damaged = :nonsense",
        ExpressionAttributeNames={"#damaged": attribute},
        ExpressionAttributeValues={":nonsense": {"S": "nonsense"}},
    )
