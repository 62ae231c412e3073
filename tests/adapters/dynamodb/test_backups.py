"""How backups of old keys and taken events use the table."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.adapters.dynamodb.interference import answer_lost, record_operations, record_requests
from tests.adapters.embedded_aws import TABLE_NAME
from tests.builders import NOW, after, org_id_of
from zoom_migrator.adapters.dynamodb.backups import (
    DynamoDbKeyBackupRepository,
    backup_from,
    backup_item,
)
from zoom_migrator.adapters.dynamodb.events import DynamoDbReplayGuard
from zoom_migrator.adapters.dynamodb.keys import Item, key, org_partition
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.errors import ConcurrentModification, InvariantViolation
from zoom_migrator.domain.key_backup import KeyBackup

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ORG_ID = org_id_of(1)
BACKUP = KeyBackup(
    ORG_ID, 1, NOW, after(days=20), ("a0B5g000000001AAAQ", "a0B5g000000002AAAQ"), "sealed"
)
# A backup exactly as the first release that had any stored it. It has to stay readable.
BACKUP_OF_ITS_FIRST_RELEASE: Item = {
    "pk": {"S": "ORG#00D5g0000000001EAA"},
    "sk": {"S": "BACKUP"},
    "org_id": {"S": "00D5g0000000001EAA"},
    "attempt": {"N": "1"},
    "made_at": {"S": "2026-07-01T02:00:00.000000Z"},
    "expires_at": {"S": "2026-07-21T02:00:00.000000Z"},
    "row_ids": {"L": [{"S": "a0B5g000000001AAAQ"}, {"S": "a0B5g000000002AAAQ"}]},
    "sealed": {"S": "sealed"},
    "revision": {"N": "1"},
    "ttl": {"N": "1784685600"},
    "write_id": {"S": "8f0c1d2e3a4b5c6d"},
}


@pytest.fixture
def backups(table: Table) -> DynamoDbKeyBackupRepository:
    return DynamoDbKeyBackupRepository(table)


def test_a_backup_of_the_first_release_stays_readable() -> None:
    stored = {name: at for name, at in BACKUP_OF_ITS_FIRST_RELEASE.items() if name != "write_id"}

    assert backup_from(BACKUP_OF_ITS_FIRST_RELEASE) == replace(BACKUP, revision=1)
    assert backup_item(replace(BACKUP, revision=1)) == stored


@pytest.mark.parametrize("name", ["made_at", "expires_at", "sealed", "revision", "attempt"])
def test_a_backup_without_an_attribute_is_refused_by_its_name(name: str) -> None:
    damaged = {each: at for each, at in BACKUP_OF_ITS_FIRST_RELEASE.items() if each != name}

    with pytest.raises(InvariantViolation, match=name):
        backup_from(damaged)


def test_the_table_deletes_a_backup_where_no_sweep_has_for_a_day() -> None:
    deleted_at = int(after(days=21).timestamp())

    assert backup_item(BACKUP)["ttl"] == {"N": str(deleted_at)}


def test_a_save_whose_answer_was_lost_is_not_taken_for_somebody_elses(
    backups: DynamoDbKeyBackupRepository, dynamodb: DynamoDBClient
) -> None:
    with answer_lost(dynamodb, "PutItem"):
        created = backups.save(BACKUP, now=NOW)
    with answer_lost(dynamodb, "PutItem"):
        changed = backups.save(replace(created, sealed="more"), now=NOW)
    with answer_lost(dynamodb, "PutItem"):
        renewed = backups.save(replace(BACKUP, expires_at=after(days=40)), now=after(days=30))

    assert (created.revision, changed.revision, renewed.revision) == (1, 2, 3)
    assert backups.get(ORG_ID, now=NOW) == renewed


def test_of_many_that_renew_a_backup_at_once_one_wins(
    backups: DynamoDbKeyBackupRepository,
) -> None:
    backups.save(BACKUP, now=NOW)
    later = after(days=30)

    def renew(number: int) -> bool:
        renewed = replace(BACKUP, expires_at=after(days=40), sealed=f"sealed by {number}")
        try:
            backups.save(renewed, now=later)
        except ConcurrentModification:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(renew, range(8)))

    assert sum(won) == 1
    stored = backups.get(ORG_ID, now=later)
    assert stored is not None
    assert stored.sealed == f"sealed by {won.index(True)}"


def test_one_that_is_destroyed_twice_because_an_answer_was_lost_is_gone(
    backups: DynamoDbKeyBackupRepository, dynamodb: DynamoDBClient
) -> None:
    backups.save(BACKUP, now=NOW)
    with answer_lost(dynamodb, "DeleteItem"):
        backups.destroy_out_of_date(ORG_ID, now=after(days=20))
    assert backups.get(ORG_ID, now=NOW) is None

    backups.save(BACKUP, now=NOW)
    with answer_lost(dynamodb, "DeleteItem"):
        backups.destroy(ORG_ID)
    assert backups.get(ORG_ID, now=NOW) is None


def test_those_that_are_out_of_date_are_found_a_hundred_a_call(
    backups: DynamoDbKeyBackupRepository, dynamodb: DynamoDBClient
) -> None:
    for number in (1, 150):
        backups.save(replace(BACKUP, org_id=org_id_of(number)), now=NOW)
    called = record_operations(dynamodb)

    found = backups.out_of_date([org_id_of(number) for number in range(250)], now=after(days=20))

    assert {each.org_id for each in found} == {org_id_of(1), org_id_of(150)}
    assert called == ["BatchGetItem"] * 3


def test_one_that_is_damaged_hides_no_other_and_is_logged(
    backups: DynamoDbKeyBackupRepository,
    dynamodb: DynamoDBClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in (1, 2):
        backups.save(replace(BACKUP, org_id=org_id_of(number)), now=NOW)
    dynamodb.update_item(
        TableName=TABLE_NAME,
        Key=key(org_partition(org_id_of(1)), "BACKUP"),
        UpdateExpression="REMOVE expires_at",
    )

    with caplog.at_level(logging.ERROR):
        found = backups.out_of_date([org_id_of(1), org_id_of(2)], now=after(days=20))

    assert [each.org_id for each in found] == [org_id_of(2)]
    assert org_id_of(1) in caplog.records[0].__dict__["reason"]


def test_the_table_forgets_an_event_when_it_cannot_be_repeated_any_more(
    table: Table, dynamodb: DynamoDBClient
) -> None:
    asked = record_requests(dynamodb)

    DynamoDbReplayGuard(table).remember("fingerprint", until=after(minutes=10))

    (item,) = [request["Item"] for request in asked]
    assert item["pk"] == {"S": "EVENT#fingerprint"}
    assert item["ttl"] == {"N": str(int(after(minutes=10).timestamp()))}
