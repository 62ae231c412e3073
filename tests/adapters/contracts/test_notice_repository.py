"""What everything does that reads notices, and records those that no migration makes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.builders import NOW, a_migration, after, an_org, org_id_of
from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.notices import DynamoDbNoticeRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.adapters.memory.notices import InMemoryNoticeRepository
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef
from zoom_migrator.notice_ports import NoticeRepository
from zoom_migrator.ports import MigrationRepository

K = NoticeKind
D14, D7 = "2026-07-21-d14", "2026-07-21-d7"


@dataclass(frozen=True)
class Stores:
    notices: NoticeRepository
    migrations: MigrationRepository


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "dynamodb":
        table = request.getfixturevalue("table")
        DynamoDbOrgRepository(table).save(an_org(1))
        return Stores(DynamoDbNoticeRepository(table), DynamoDbMigrationRepository(table))
    orgs = InMemoryOrgRepository()
    orgs.save(an_org(1))
    migrations = InMemoryMigrationRepository(orgs)
    return Stores(InMemoryNoticeRepository(migrations), migrations)


def a_deadline(
    number: int = 1,
    milestone: str = D14,
    kind: NoticeKind = K.DEADLINE_NEAR,
    **facts: str,
) -> Notice:
    return Notice(org_id_of(number), 0, kind, NOW, milestone, {"org": "Acme", **facts})


def found(stores: Stores, refs: Sequence[NoticeRef]) -> list[Notice]:
    many = stores.notices.get_many(refs)
    return [many[ref] for ref in refs if ref in many]


def test_a_notice_comes_back_as_it_was_recorded(stores: Stores) -> None:
    notice = a_deadline(waits_for="approve")

    assert stores.notices.record([notice]) == [notice]
    assert found(stores, [notice.ref]) == [notice]
    assert stores.migrations.notices(org_id_of(1), limit=5) == [notice]


def test_what_a_migration_has_made_is_read_as_well(stores: Stores) -> None:
    notice = Notice(org_id_of(1), 1, K.UPGRADE_DONE, NOW, "", {"org": "Acme"})
    stores.migrations.save(a_migration(), notices=[notice])

    assert found(stores, [notice.ref]) == [notice]


def test_what_nobody_has_recorded_is_left_out(stores: Stores) -> None:
    notice = a_deadline()
    stores.notices.record([notice])

    assert stores.notices.get_many([]) == {}
    others = [a_deadline(2).ref, a_deadline(1, D7).ref, notice.ref._replace(attempt=1)]
    assert found(stores, [*others, notice.ref, notice.ref]) == [notice, notice]


def test_what_is_there_already_stays_as_it_is(stores: Stores) -> None:
    first, again = a_deadline(status="registered"), a_deadline(status="blocked")
    stores.notices.record([first])

    assert stores.notices.record([again, a_deadline(2)]) == [a_deadline(2)]
    assert found(stores, [first.ref]) == [first]


def test_of_many_who_record_the_same_at_once_one_does(stores: Stores) -> None:
    notice = a_deadline()
    with ThreadPoolExecutor(8) as threads:
        recorded = list(threads.map(lambda _: stores.notices.record([notice]), range(16)))

    assert sum(len(each) for each in recorded) == 1


def test_many_are_recorded_and_read_at_once(stores: Stores) -> None:
    notices = [a_deadline(number) for number in range(1, 301)]

    assert stores.notices.record(notices) == notices
    assert found(stores, [notice.ref for notice in notices]) == notices


class TestMilestones:
    def test_one_counts_once_it_is_marked_as_ordered(self, stores: Stores) -> None:
        notice = a_deadline()
        stores.notices.record([notice])
        assert stores.notices.milestones([org_id_of(1)]) == {}

        stores.notices.mark_ordered([notice.ref])

        assert stores.notices.milestones([org_id_of(1)]) == {org_id_of(1): frozenset({D14})}

    def test_marking_twice_is_the_same_as_once(self, stores: Stores) -> None:
        notice = a_deadline()
        stores.notices.record([notice])
        for _ in range(2):
            stores.notices.mark_ordered([notice.ref])

        assert stores.notices.milestones([org_id_of(1)]) == {org_id_of(1): frozenset({D14})}
        assert found(stores, [notice.ref]) == [notice]

    def test_what_is_not_there_is_not_marked(self, stores: Stores) -> None:
        stores.notices.mark_ordered([a_deadline().ref])
        stores.notices.mark_ordered([])

        assert stores.notices.milestones([org_id_of(1)]) == {}
        assert found(stores, [a_deadline().ref]) == []
        assert stores.notices.record([a_deadline()]) == [a_deadline()]

    def test_both_kinds_of_deadlines_count_and_nothing_else(self, stores: Stores) -> None:
        near, over = a_deadline(), a_deadline(1, "2026-07-21-d0", K.DEADLINE_OVERDUE)
        other = Notice(org_id_of(1), 1, K.UPGRADE_DONE, after(days=1), "x", {})
        stores.notices.record([near, over, other])
        stores.notices.mark_ordered([near.ref, over.ref, other.ref])

        assert stores.notices.milestones([org_id_of(1)]) == {
            org_id_of(1): frozenset({D14, "2026-07-21-d0"})
        }

    def test_each_org_has_its_own(self, stores: Stores) -> None:
        notices = [a_deadline(1), a_deadline(1, D7), a_deadline(2, D7), a_deadline(3)]
        stores.notices.record(notices)
        stores.notices.mark_ordered([notice.ref for notice in notices])

        assert stores.notices.milestones([org_id_of(1), org_id_of(2), org_id_of(9)]) == {
            org_id_of(1): frozenset({D14, D7}),
            org_id_of(2): frozenset({D7}),
        }
        assert stores.notices.milestones([]) == {}
