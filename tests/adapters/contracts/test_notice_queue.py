"""What every queue of notices does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import NOW, org_id_of
from zoom_migrator.adapters.memory.messengers import InMemoryNoticeQueue
from zoom_migrator.adapters.sqs_notices import SqsNoticeQueue
from zoom_migrator.domain.delivery import Channel, Recipient
from zoom_migrator.domain.notice import NoticeKind, NoticeRef
from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import MAX_REFS, NoticeOrder, Presser, PressOrder, SendOrder
from zoom_migrator.domain.notice_wire import order_of
from zoom_migrator.notice_ports import NoticeQueue

REF = NoticeRef(org_id_of(1), 0, NoticeKind.DEADLINE_OVERDUE, "2023-09-08-overdue-w148")
ADMIN = Recipient(Channel.EMAIL, "admin@acme.example")
PRESS = PressOrder(
    "upgrade.00D5g0000000001EAA.1.approval-approval-0001.1784000000",
    ChoiceAnswer.APPROVE,
    Presser("U012AB3CD", "T012AB3CD", "Grace «Amazing» Hopper"),
    NOW,
    "https://hooks.slack.com/actions/T012AB3CD/1/secret",
)


@dataclass(frozen=True)
class Line:
    """A queue, and whatever works on what it holds.

    Attributes:
        waiting: The orders in it, in any order, each with how long it is still kept back.
    """

    queue: NoticeQueue
    waiting: Callable[[], list[tuple[NoticeOrder, timedelta]]]


@pytest.fixture(params=["memory", "sqs"])
def line(request: pytest.FixtureRequest) -> Line:
    if request.param == "sqs":
        request.getfixturevalue("aws")
        return _sqs()
    queue = InMemoryNoticeQueue()
    return Line(queue, lambda: list(zip(queue.orders, queue.delays, strict=True)))


def _sqs() -> Line:
    """A queue that is looked at on the way in: what is kept back does not come out for a while."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="notices")["QueueUrl"]
    put: list[tuple[NoticeOrder, timedelta]] = []

    def note(params: dict[str, Any], **_more: object) -> None:
        order = order_of(params["MessageBody"])
        assert order is not None
        put.append((order, timedelta(seconds=params["DelaySeconds"])))

    sqs.meta.events.register("provide-client-params.sqs.SendMessage", note)
    return Line(SqsNoticeQueue(sqs, url), lambda: put)


@pytest.mark.parametrize(
    "order",
    [SendOrder((REF,)), SendOrder((REF, REF), ADMIN, 3), PRESS],
    ids=["notice", "digest", "press"],
)
def test_an_order_comes_out_as_it_went_in(order: NoticeOrder, line: Line) -> None:
    line.queue.put(order)

    assert [taken for taken, _ in line.waiting()] == [order]


def test_the_largest_order_is_taken(line: Line) -> None:
    order = SendOrder((REF,) * MAX_REFS, ADMIN)

    line.queue.put(order)

    assert [taken for taken, _ in line.waiting()] == [order]


@pytest.mark.parametrize("minutes", [0, 1, 15])
def test_one_may_be_kept_back(minutes: float, line: Line) -> None:
    line.queue.put(SendOrder((REF,)), delay=timedelta(minutes=minutes))

    assert [delay for _, delay in line.waiting()] == [timedelta(minutes=minutes)]


def test_longer_than_a_quarter_of_an_hour_is_a_quarter_of_an_hour(line: Line) -> None:
    line.queue.put(SendOrder((REF,)), delay=timedelta(hours=2))

    assert [delay for _, delay in line.waiting()] == [timedelta(minutes=15)]
