"""What every store of deliveries does: of many who want to send, one may."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.builders import NOW, after, org_id_of
from zoom_migrator.adapters.dynamodb.deliveries import DynamoDbDeliveryRepository
from zoom_migrator.adapters.memory.notices import InMemoryDeliveryRepository
from zoom_migrator.domain.delivery import (
    Channel,
    Claim,
    Delivery,
    DeliveryKey,
    DeliveryStatus,
    Recipient,
)
from zoom_migrator.domain.notice import NoticeKind, NoticeRef, ref_of_scan
from zoom_migrator.notice_ports import DeliveryRepository

S = DeliveryStatus
SLACK = Recipient(Channel.SLACK, "#zoom")
WEBHOOK = Recipient(Channel.SLACK, "")
MAIL = Recipient(Channel.EMAIL, "admin+zoom@acme.example")


@pytest.fixture(params=["memory", "dynamodb"])
def deliveries(request: pytest.FixtureRequest) -> DeliveryRepository:
    if request.param == "memory":
        return InMemoryDeliveryRepository()
    return DynamoDbDeliveryRepository(request.getfixturevalue("table"))


def a_ref(number: int = 1, *, attempt: int = 1, milestone: str = "") -> NoticeRef:
    return NoticeRef(org_id_of(number), attempt, NoticeKind.UPGRADE_DONE, milestone)


def a_key(number: int = 1, recipient: Recipient = MAIL, *, again: int = 0) -> DeliveryKey:
    return DeliveryKey(a_ref(number), recipient, again)


def claimed(
    deliveries: DeliveryRepository, *keys: DeliveryKey, at_minute: float = 0, late: int = 0
) -> list[Claim]:
    lates = {key.notice: late for key in keys} if late else {}
    return deliveries.claim(keys, at=after(minutes=at_minute), late=lates)


def the_claim(deliveries: DeliveryRepository, key: DeliveryKey, **more: float) -> Delivery:
    (claim,) = claimed(deliveries, key, **more)  # type: ignore[arg-type]
    assert claim.is_ours
    return claim.delivery


def stored(deliveries: DeliveryRepository, key: DeliveryKey) -> Delivery:
    (found,) = [each for each in deliveries.of_notices([key.notice]) if each.key == key]
    return found


class TestClaiming:
    def test_what_nobody_has_can_be_claimed(self, deliveries: DeliveryRepository) -> None:
        (claim,) = claimed(deliveries, a_key(), late=3)

        assert claim == Claim(
            Delivery(a_key(), S.CLAIMED, NOW, tries=1, late_by_days=3), is_ours=True
        )
        assert stored(deliveries, a_key()) == claim.delivery

    def test_what_somebody_has_cannot(self, deliveries: DeliveryRepository) -> None:
        first = the_claim(deliveries, a_key())

        (second,) = claimed(deliveries, a_key(), at_minute=60)

        assert second == Claim(first, is_ours=False)

    @pytest.mark.parametrize("status", [S.SENT, S.FAILED, S.UNKNOWN, S.SUPPRESSED])
    def test_neither_can_what_has_come_to_an_end(
        self, status: DeliveryStatus, deliveries: DeliveryRepository
    ) -> None:
        ended = the_claim(deliveries, a_key()).ended(status, after(minutes=1), error="why")
        deliveries.finish([ended])

        (claim,) = claimed(deliveries, a_key(), at_minute=2)

        assert claim == Claim(ended, is_ours=False)

    def test_what_waits_can_be_claimed_again_and_is_counted(
        self, deliveries: DeliveryRepository
    ) -> None:
        waiting = the_claim(deliveries, a_key()).ended(S.WAITING, NOW, error="ratelimited")
        deliveries.finish([waiting])

        again = the_claim(deliveries, a_key(), at_minute=5)

        assert again == Delivery(a_key(), S.CLAIMED, after(minutes=5), tries=2)

    def test_each_key_has_an_answer_in_the_same_order(self, deliveries: DeliveryRepository) -> None:
        the_claim(deliveries, a_key(2))
        keys = [a_key(number) for number in (3, 2, 1)]

        claims = claimed(deliveries, *keys)

        assert [claim.delivery.key for claim in claims] == keys
        assert [claim.is_ours for claim in claims] == [True, False, True]

    def test_other_recipients_notices_and_repetitions_are_other_deliveries(
        self, deliveries: DeliveryRepository
    ) -> None:
        keys = [
            a_key(),
            a_key(recipient=SLACK),
            a_key(recipient=WEBHOOK),
            a_key(again=1),
            a_key(2),
            DeliveryKey(a_ref(attempt=2), MAIL),
            DeliveryKey(a_ref(milestone="1"), MAIL),
            DeliveryKey(ref_of_scan("scan-1"), SLACK),
        ]

        assert all(claim.is_ours for claim in claimed(deliveries, *keys))
        assert not any(claim.is_ours for claim in claimed(deliveries, *keys))

    def test_many_are_claimed_at_once(self, deliveries: DeliveryRepository) -> None:
        keys = [a_key(number) for number in range(1, 301)]

        claims = claimed(deliveries, *keys)

        assert [claim.delivery.key for claim in claims if claim.is_ours] == keys

    def test_of_many_who_want_the_same_at_once_one_has_it(
        self, deliveries: DeliveryRepository
    ) -> None:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: claimed(deliveries, a_key(), a_key(2)), range(16)))

        for place in (0, 1):
            assert sum(answer[place].is_ours for answer in answers) == 1

    def test_none_are_none(self, deliveries: DeliveryRepository) -> None:
        assert claimed(deliveries) == []


class TestFinishing:
    @pytest.mark.parametrize("status", [each for each in S if each is not S.CLAIMED])
    def test_an_end_is_stored_with_everything(
        self, status: DeliveryStatus, deliveries: DeliveryRepository
    ) -> None:
        claim = the_claim(deliveries, a_key(), late=2)
        ended = claim.ended(
            status, after(seconds=3), provider_id="1784.000200", error="channel_not_found"
        )

        assert deliveries.finish([ended]) == [ended]
        assert stored(deliveries, a_key()) == ended

    def test_one_whose_claim_was_taken_over_counts_for_nothing(
        self, deliveries: DeliveryRepository
    ) -> None:
        first = the_claim(deliveries, a_key())
        deliveries.finish([first.ended(S.WAITING, NOW)])
        second = the_claim(deliveries, a_key(), at_minute=1)

        assert deliveries.finish([first.ended(S.FAILED, after(minutes=2))]) == []
        assert stored(deliveries, a_key()) == second

    @pytest.mark.parametrize("status", [S.SENT, S.FAILED, S.SUPPRESSED, S.WAITING])
    def test_the_first_end_stays(
        self, status: DeliveryStatus, deliveries: DeliveryRepository
    ) -> None:
        claim = the_claim(deliveries, a_key())
        first = claim.ended(status, NOW)
        deliveries.finish([first])

        assert deliveries.finish([claim.ended(S.UNKNOWN, after(minutes=1))]) == []
        assert stored(deliveries, a_key()) == first

    def test_who_was_given_up_too_early_knows_better(self, deliveries: DeliveryRepository) -> None:
        claim = the_claim(deliveries, a_key())
        deliveries.finish([claim.ended(S.UNKNOWN, after(minutes=10))])
        sent = claim.ended(S.SENT, after(minutes=11), provider_id="m1")

        assert deliveries.finish([sent]) == [sent]
        assert stored(deliveries, a_key()) == sent

    def test_what_was_never_claimed_cannot_be_finished(
        self, deliveries: DeliveryRepository
    ) -> None:
        never = Delivery(a_key(), S.SENT, NOW)

        assert deliveries.finish([never]) == []
        assert deliveries.of_notices([a_ref()]) == []

    def test_each_counts_by_itself(self, deliveries: DeliveryRepository) -> None:
        good, other = the_claim(deliveries, a_key()), the_claim(deliveries, a_key(2))
        stale = replace(other, tries=7).ended(S.SENT, NOW)

        sent = good.ended(S.SENT, NOW)
        assert deliveries.finish([stale, sent]) == [sent]

    def test_many_are_finished_at_once(self, deliveries: DeliveryRepository) -> None:
        claims = claimed(deliveries, *(a_key(number) for number in range(1, 301)))
        ended = [claim.delivery.ended(S.SENT, NOW, provider_id="m") for claim in claims]

        assert deliveries.finish(ended) == ended
        assert deliveries.of_notices([a_ref(300)]) == [ended[-1]]


class TestReading:
    def test_an_orgs_newest_come_first(self, deliveries: DeliveryRepository) -> None:
        for minute, recipient in enumerate((SLACK, MAIL, WEBHOOK)):
            the_claim(deliveries, a_key(recipient=recipient), at_minute=minute)
        the_claim(deliveries, a_key(2), at_minute=9)

        newest = deliveries.list_of(org_id_of(1), limit=2)

        assert [each.key.recipient for each in newest] == [WEBHOOK, MAIL]
        assert deliveries.list_of(org_id_of(1), limit=0) == []
        assert deliveries.list_of(org_id_of(3), limit=5) == []

    def test_those_about_the_fleet_belong_to_no_org(self, deliveries: DeliveryRepository) -> None:
        key = DeliveryKey(ref_of_scan("scan-20260701T020000Z-0001"), SLACK)
        claim = the_claim(deliveries, key)
        the_claim(deliveries, a_key())

        assert deliveries.list_of("", limit=5) == [claim]
        assert deliveries.of_notices([key.notice]) == [claim]

    def test_those_of_notices_are_ordered_by_key(self, deliveries: DeliveryRepository) -> None:
        keys = [a_key(2), a_key(1, SLACK), a_key(1, MAIL), a_key(1, MAIL, again=2)]
        claimed(deliveries, *keys, a_key(3))

        found = deliveries.of_notices([a_ref(1), a_ref(2), a_ref(9)])

        assert [each.key for each in found] == sorted(keys)
        assert deliveries.of_notices([]) == []
