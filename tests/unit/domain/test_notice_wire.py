from __future__ import annotations

import json
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.example_org import ORG, SCAN
from scripts.notice_examples import notices
from tests.builders import NOW
from zoom_migrator.domain.delivery import Channel, Recipient
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef, ref_of_scan
from zoom_migrator.domain.notice_events import event_of_notice, event_of_scan
from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import MAX_REFS, Presser, PressOrder, SendOrder
from zoom_migrator.domain.notice_wire import body_of, order_of

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
refs = st.builds(NoticeRef, texts, st.integers(0, 10**6), st.sampled_from(NoticeKind), texts)
recipients = st.builds(Recipient, st.sampled_from(Channel), texts)
sends = st.builds(
    SendOrder,
    st.lists(refs, min_size=1, max_size=5).map(tuple),
    st.none() | recipients,
    st.integers(0, 100),
    st.none() | st.datetimes(timezones=st.just(UTC)),
)
presses = st.builds(
    PressOrder,
    texts,
    st.sampled_from(ChoiceAnswer),
    st.builds(Presser, texts, texts, texts),
    st.datetimes(timezones=st.just(UTC)),
    texts,
)


@given(sends | presses)
def test_an_order_comes_out_of_the_queue_as_it_went_in(order: SendOrder | PressOrder) -> None:
    assert order_of(body_of(order)) == order


@pytest.mark.parametrize("notice", list(notices()), ids=lambda notice: notice.kind)
def test_an_event_about_an_org_orders_to_tell_of_it(notice: Notice) -> None:
    event = event_of_notice(notice, ORG)

    assert order_of(json.dumps(dict(event.detail))) == SendOrder((notice.ref,))


def test_an_event_about_a_scan_orders_to_tell_of_it() -> None:
    event = event_of_scan(SCAN)

    assert order_of(json.dumps(dict(event.detail))) == SendOrder((ref_of_scan(SCAN.scan_id),))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)
near_misses = st.fixed_dictionaries(
    {"order": st.sampled_from(["send", "press", "sell", 1])},
    optional=dict.fromkeys(
        ("refs", "recipient", "again", "claims", "answer", "by", "at", "reply_url", "not_before"),
        json_values,
    ),
)


@given(texts | json_values.map(json.dumps) | near_misses.map(json.dumps))
def test_whatever_else_is_in_the_queue_is_no_order_and_breaks_nothing(body: str) -> None:
    assert order_of(body) is None or "order" in body


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"order":"send","refs":[],"recipient":null,"again":0}',
        '{"order":"send","refs":[["00D",1,"no_kind",""]],"recipient":null,"again":0}',
        '{"order":"send","refs":[["00D",1,"migrated",""]],"recipient":["pigeon","x"],"again":0}',
        '{"order":"send","refs":[["00D",1,"migrated",""]],"recipient":null,"again":true}',
        '{"kind":"migrated","org":{"id":"00D"},"attempt":"1","milestone":""}',
        '{"kind":"scan_finished","scan":{}}',
    ],
)
def test_damaged_orders_are_none(body: str) -> None:
    assert order_of(body) is None


def test_the_largest_order_fits_into_a_message_of_sqs() -> None:
    ref = NoticeRef("00D5g0000000001EAA", 0, NoticeKind.DEADLINE_OVERDUE, "2023-09-08-overdue-w148")
    order = SendOrder((ref,) * MAX_REFS, Recipient(Channel.EMAIL, "x" * 254))

    assert len(body_of(order).encode()) < 256 * 1024


def test_where_to_reply_is_not_shown() -> None:
    order = PressOrder("c", ChoiceAnswer.APPROVE, Presser("U1", "T1", "Ada"), NOW, "https://secret")

    assert "secret" not in repr(order)
