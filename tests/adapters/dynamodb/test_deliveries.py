"""How deliveries, contacts and milestones use the table."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.adapters.dynamodb.interference import answer_lost, record_operations, record_requests
from tests.adapters.embedded_aws import TABLE_NAME
from tests.builders import ADA, NOW, after, org_id_of
from zoom_migrator.adapters.dynamodb.contact_items import mute_item
from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.dynamodb.deliveries import DynamoDbDeliveryRepository
from zoom_migrator.adapters.dynamodb.delivery_items import (
    delivery_from,
    delivery_item,
    delivery_sort,
)
from zoom_migrator.adapters.dynamodb.keys import Item, key, org_partition
from zoom_migrator.adapters.dynamodb.notices import DynamoDbNoticeRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.delivery import (
    Channel,
    Claim,
    Delivery,
    DeliveryKey,
    DeliveryStatus,
    Recipient,
)
from zoom_migrator.domain.errors import InvariantViolation, StoreUnavailable
from zoom_migrator.domain.mute import ChannelTrouble, Mute, Suppression
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

S = DeliveryStatus
ORG_ID = org_id_of(1)
ADDRESS = "admin.canary@acme.example"
REF = NoticeRef(ORG_ID, 1, NoticeKind.UPGRADE_DONE)
KEY = DeliveryKey(REF, Recipient(Channel.EMAIL, ADDRESS))
DELIVERY = Delivery(KEY, S.SENT, NOW, 2, "0100018f", "", 3)
# A delivery exactly as the first release that had any stored it. It has to stay readable.
OF_ITS_FIRST_RELEASE: Item = {
    "pk": {"S": "ORG#00D5g0000000001EAA"},
    "sk": {"S": "DELIVERY#000001#upgrade_done##email#{}#0"},
    "org_id": {"S": "00D5g0000000001EAA"},
    "attempt": {"N": "1"},
    "kind": {"S": "upgrade_done"},
    "milestone": {"S": ""},
    "channel": {"S": "email"},
    "address": {"S": ADDRESS},
    "again": {"N": "0"},
    "status": {"S": "sent"},
    "at": {"S": "2026-07-01T02:00:00.000000Z"},
    "revision": {"N": "2"},
    "provider_id": {"S": "0100018f"},
    "error": {"S": ""},
    "late_by_days": {"N": "3"},
}


@pytest.fixture
def deliveries(table: Table) -> DynamoDbDeliveryRepository:
    return DynamoDbDeliveryRepository(table)


@pytest.fixture
def contacts(table: Table) -> DynamoDbContactRepository:
    return DynamoDbContactRepository(table)


@pytest.fixture
def notices(table: Table) -> DynamoDbNoticeRepository:
    return DynamoDbNoticeRepository(table)


def store_damaged(dynamodb: DynamoDBClient, key: DeliveryKey) -> None:
    """Store a delivery of which nobody can tell how it went."""
    damaged = delivery_item(replace(DELIVERY, key=key))
    del damaged["status"]
    dynamodb.put_item(TableName=TABLE_NAME, Item=damaged)


def claim(deliveries: DynamoDbDeliveryRepository, key: DeliveryKey = KEY) -> Claim:
    (made,) = deliveries.claim([key], at=NOW, late={})
    return made


def a_milestone(number: int, name: str = "2026-07-21-d14") -> Notice:
    return Notice(org_id_of(number), 0, NoticeKind.DEADLINE_NEAR, NOW, name, {"org": "Acme"})


def test_a_delivery_of_the_first_release_stays_readable() -> None:
    sort = delivery_sort(KEY)
    stored = {**OF_ITS_FIRST_RELEASE, "sk": {"S": sort}}

    assert sort == "DELIVERY#000001#upgrade_done##email#MF5dfmQANcCoBfmuhK3e6w#0"
    assert delivery_item(DELIVERY) == stored
    assert delivery_from(OF_ITS_FIRST_RELEASE | {"write_id": {"S": "8f0c"}}) == DELIVERY


@pytest.mark.parametrize("name", ["org_id", "kind", "channel", "address", "status", "revision"])
def test_a_delivery_without_an_attribute_is_refused_by_its_name(name: str) -> None:
    damaged = {each: at for each, at in OF_ITS_FIRST_RELEASE.items() if each != name}

    with pytest.raises(InvariantViolation, match=name):
        delivery_from(damaged)


def test_a_claim_whose_answer_was_lost_is_ours(
    deliveries: DynamoDbDeliveryRepository, dynamodb: DynamoDBClient
) -> None:
    with answer_lost(dynamodb, "PutItem"):
        first = claim(deliveries)
    assert first.is_ours

    with answer_lost(dynamodb, "PutItem"):
        waiting = deliveries.finish([first.delivery.ended(S.WAITING, NOW)])
    assert len(waiting) == 1


def test_a_claim_that_somebody_gave_up_while_its_answer_was_lost_is_not_ours(
    deliveries: DynamoDbDeliveryRepository, dynamodb: DynamoDBClient, table: Table
) -> None:
    def give_up() -> None:
        others = DynamoDbDeliveryRepository(table)
        assert others.finish([Delivery(KEY, S.UNKNOWN, NOW)])

    with answer_lost(dynamodb, "PutItem", meanwhile=give_up):
        made = claim(deliveries)

    assert made == Claim(Delivery(KEY, S.UNKNOWN, NOW), is_ours=False)


def test_a_fresh_claim_costs_one_write_and_an_end_another(
    deliveries: DynamoDbDeliveryRepository, dynamodb: DynamoDBClient
) -> None:
    called = record_operations(dynamodb)

    made = claim(deliveries)
    deliveries.finish([made.delivery.ended(S.SENT, NOW)])

    assert called == ["PutItem", "PutItem"]


def test_what_was_claimed_before_another_failed_can_be_claimed_again(
    deliveries: DynamoDbDeliveryRepository, dynamodb: DynamoDBClient
) -> None:
    bad = KEY._replace(again=1)
    store_damaged(dynamodb, bad)

    with pytest.raises(InvariantViolation):
        deliveries.claim([KEY, bad], at=NOW, late={})

    again = claim(deliveries)
    assert (again.is_ours, again.delivery.tries) == (True, 2)


def test_what_was_claimed_beside_another_that_failed_can_be_claimed_again(
    deliveries: DynamoDbDeliveryRepository, dynamodb: DynamoDBClient
) -> None:
    bad, *others = keys = [KEY._replace(again=number) for number in range(20)]
    store_damaged(dynamodb, bad)

    with pytest.raises(InvariantViolation):
        deliveries.claim(keys, at=NOW, late={})

    again = deliveries.claim(others, at=NOW, late={})
    assert {(each.is_ours, each.delivery.tries) for each in again} == {(True, 2)}


def test_many_are_claimed_and_finished_in_the_order_in_which_they_came(
    deliveries: DynamoDbDeliveryRepository,
) -> None:
    keys = [KEY._replace(again=number) for number in range(50)]
    deliveries.claim(keys[:3], at=NOW, late={})

    claims = deliveries.claim(keys, at=NOW, late={KEY.notice: 2})
    ended = [each.delivery.ended(DeliveryStatus.SENT, NOW) for each in claims]
    finished = deliveries.finish(ended[3:])

    assert [each.delivery.key for each in claims] == keys
    assert [each.is_ours for each in claims] == [False] * 3 + [True] * 47
    assert [each.key for each in finished] == keys[3:]
    assert deliveries.finish(ended[3:]) == []


def test_what_others_have_is_not_let_go_of_for_it(
    deliveries: DynamoDbDeliveryRepository, dynamodb: DynamoDBClient
) -> None:
    claim(deliveries)
    bad = KEY._replace(again=1)
    store_damaged(dynamodb, bad)

    with pytest.raises(InvariantViolation):
        deliveries.claim([KEY, bad], at=NOW, late={})

    assert not claim(deliveries).is_ours


def test_a_milestone_may_look_like_the_beginning_of_another_key(
    deliveries: DynamoDbDeliveryRepository,
) -> None:
    odd = DeliveryKey(REF._replace(milestone="#email"), KEY.recipient)
    made, other = claim(deliveries), claim(deliveries, odd)

    assert deliveries.of_notices([REF]) == [made.delivery]
    assert deliveries.of_notices([odd.notice]) == [other.delivery]


def test_one_that_is_damaged_hides_no_other_and_shows_no_address_in_the_log(
    deliveries: DynamoDbDeliveryRepository,
    dynamodb: DynamoDBClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = claim(deliveries)
    damaged = delivery_item(replace(DELIVERY, key=KEY._replace(again=1)))
    del damaged["status"]
    dynamodb.put_item(TableName=TABLE_NAME, Item=damaged)

    with caplog.at_level(logging.ERROR):
        assert deliveries.list_of(ORG_ID, limit=5) == [made.delivery]
        assert deliveries.of_notices([REF]) == [made.delivery]

    (reason,) = {str(getattr(record, "reason", "")) for record in caplog.records}
    assert "status" in reason
    assert "canary" not in reason


def test_no_key_names_an_address(
    deliveries: DynamoDbDeliveryRepository,
    contacts: DynamoDbContactRepository,
    dynamodb: DynamoDBClient,
) -> None:
    claim(deliveries)
    contacts.mute(Mute(ORG_ID, ADDRESS, None, ADA, NOW))
    contacts.suppress(Suppression(ADDRESS, "bounce", NOW))

    items = dynamodb.scan(TableName=TABLE_NAME)["Items"]

    assert len(items) == 3
    assert "canary" not in json.dumps(
        [{name: item[name] for name in ("pk", "sk")} for item in items]
    )


class TestContacts:
    def test_a_mute_that_is_over_can_be_looked_up_for_some_time(self) -> None:
        mute = Mute(ORG_ID, "", date(2026, 8, 1), ADA, NOW)

        assert mute_item(mute)["ttl"] == {"N": "1793318400"}
        assert "ttl" not in mute_item(replace(mute, until=None))

    def test_an_address_is_found_however_it_is_written(
        self, contacts: DynamoDbContactRepository
    ) -> None:
        bounce = Suppression(ADDRESS, "bounce", NOW)
        contacts.suppress(bounce)

        asked = [ADDRESS, ADDRESS.title(), "other@acme.example"]
        assert contacts.suppressed(asked) == {ADDRESS: bounce, ADDRESS.title(): bounce}

    def test_a_suppression_whose_answer_was_lost_is_not_taken_for_a_second(
        self, contacts: DynamoDbContactRepository, dynamodb: DynamoDBClient
    ) -> None:
        with answer_lost(dynamodb, "PutItem"):
            contacts.suppress(Suppression(ADDRESS, "bounce", NOW))

        assert contacts.suppressed([ADDRESS])[ADDRESS].cause == "bounce"

    def test_mutes_of_many_orgs_are_read_in_one_query(
        self, contacts: DynamoDbContactRepository, dynamodb: DynamoDBClient
    ) -> None:
        contacts.mute(Mute(ORG_ID, "", None, ADA, NOW))
        called = record_operations(dynamodb)

        contacts.mutes([org_id_of(number) for number in range(1_000)])

        assert called == ["Query"]

    def test_trouble_that_others_note_at_the_same_moment_is_noted_once(
        self, contacts: DynamoDbContactRepository, dynamodb: DynamoDBClient, table: Table
    ) -> None:
        trouble = ChannelTrouble("#zoom", "is_archived", NOW, NOW)
        contacts.note_trouble(trouble)
        others = DynamoDbContactRepository(table)
        later = replace(trouble, at=after(days=1))

        with answer_lost(dynamodb, "GetItem", meanwhile=lambda: others.clear_trouble("#zoom")):
            contacts.note_trouble(later)
        assert contacts.troubles(["#zoom"]) == {}

        contacts.note_trouble(trouble)
        with answer_lost(dynamodb, "GetItem", meanwhile=lambda: others.note_trouble(trouble)):
            contacts.note_trouble(later)
        assert contacts.troubles(["#zoom"])["#zoom"] == later


class TestMilestones:
    def test_those_of_a_thousand_orgs_are_read_in_ten_calls(
        self, notices: DynamoDbNoticeRepository, dynamodb: DynamoDBClient
    ) -> None:
        notices.record([a_milestone(1)])
        notices.mark_ordered([a_milestone(1).ref])
        called = record_operations(dynamodb)

        found = notices.milestones([org_id_of(number) for number in range(1, 1_001)])

        assert set(found) == {ORG_ID}
        assert called == ["BatchGetItem"] * 10

    def test_what_others_mark_meanwhile_stays_marked(
        self, notices: DynamoDbNoticeRepository, dynamodb: DynamoDBClient, table: Table
    ) -> None:
        mine, theirs = a_milestone(1), a_milestone(1, "2026-07-21-d7")
        notices.record([mine, theirs])
        others = DynamoDbNoticeRepository(table)
        reads: list[int] = []

        def mark(**_: object) -> None:
            reads.append(1)
            if len(reads) == 2:
                others.mark_ordered([theirs.ref])

        dynamodb.meta.events.register("after-call.dynamodb.BatchGetItem", mark)
        notices.mark_ordered([mine.ref])

        assert notices.milestones([ORG_ID])[ORG_ID] == {mine.milestone, theirs.milestone}

    def test_whoever_is_always_too_late_is_told_to_come_again(
        self, notices: DynamoDbNoticeRepository, dynamodb: DynamoDBClient
    ) -> None:
        notices.record([a_milestone(1)])
        item = key(org_partition(ORG_ID), "MILESTONES")
        turns: list[int] = []

        def change(**_: object) -> None:
            turns.append(1)
            new: Item = {
                **item,
                "org_id": {"S": ORG_ID},
                "milestones": {"L": []},
                "revision": {"N": str(len(turns) * 1_000)},
            }
            dynamodb.put_item(TableName=TABLE_NAME, Item=new)

        dynamodb.meta.events.register("after-call.dynamodb.BatchGetItem", change)

        with pytest.raises(StoreUnavailable, match="keep being changed"):
            notices.mark_ordered([a_milestone(1).ref])

    def test_a_notice_is_recorded_by_one_write_that_its_stream_tells_of_once(
        self, notices: DynamoDbNoticeRepository, dynamodb: DynamoDBClient
    ) -> None:
        asked = record_requests(dynamodb)

        assert notices.record([a_milestone(1)]) == [a_milestone(1)]
        assert notices.record([a_milestone(1)]) == []

        assert {each["ConditionExpression"] for each in asked} == {"attribute_not_exists(pk)"}

    def test_a_record_whose_answer_was_lost_is_ours(
        self, notices: DynamoDbNoticeRepository, dynamodb: DynamoDBClient
    ) -> None:
        with answer_lost(dynamodb, "PutItem"):
            assert notices.record([a_milestone(1)]) == [a_milestone(1)]
