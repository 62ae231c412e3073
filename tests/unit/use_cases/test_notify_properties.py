"""At most once, whatever is ordered, in whatever order, and whatever the services say."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.notices import NoticeWorld, a_done_notice
from zoom_migrator.domain.delivery import (
    Delivery,
    DeliveryStatus,
    FailureKind,
    SendFailure,
    SendResult,
    Sent,
)
from zoom_migrator.domain.notice_message import DigestMessage
from zoom_migrator.domain.notice_order import SendOrder

ORGS = 3
results: st.SearchStrategy[SendResult] = st.one_of(
    st.just(Sent("m")),
    st.builds(
        SendFailure,
        st.sampled_from(FailureKind),
        st.just("why"),
        st.none() | st.just(timedelta(seconds=30)),
    ),
)
steps = st.one_of(
    st.tuples(
        st.just("order"),
        st.lists(st.integers(1, ORGS), min_size=1, max_size=4),
        st.integers(0, 1),
    ),
    st.tuples(st.just("slack says"), st.lists(results, max_size=3), st.none()),
    st.tuples(st.just("mail says"), st.lists(results, max_size=3), st.none()),
    st.tuples(st.just("time passes"), st.integers(1, 2_000), st.none()),
    st.tuples(st.just("queue"), st.none(), st.none()),
)


def arrived(world: NoticeWorld) -> Counter[tuple[str, str]]:
    """How often each recipient was told of each org."""
    counts: Counter[tuple[str, str]] = Counter()
    for posted in world.sent:
        message = posted.message
        orgs = (
            [item.org for section in message.sections for item in section.items]
            if isinstance(message, DigestMessage)
            else [message.org]
        )
        counts.update((posted.address, org) for org in orgs)
    return counts


@given(st.lists(steps, max_size=25))
def test_nobody_is_told_twice_unless_an_operator_wants_it(
    story: list[tuple[str, object, object]],
) -> None:
    world = NoticeWorld()
    for number in range(1, ORGS + 1):
        world.register(number)
        world.record(a_done_notice(number))
    for step, what, again in story:
        match step, what:
            case "order", list(numbers):
                refs = tuple(a_done_notice(number).ref for number in numbers)
                world.notify(SendOrder(refs, again=int(str(again))))
            case "slack says", list(answers):
                world.slack.will_answer(*answers)
            case "mail says", list(answers):
                world.mailer.will_answer(*answers)
            case "time passes", int(minutes):
                world.later(minutes=minutes)
            case _:
                world.work_off()

    assert all(count <= 2 for count in arrived(world).values())
    told = [each for number in range(1, ORGS + 1) for each in _deliveries(world, number)]
    sent = Counter(
        (each.key.recipient.address, f"Acme {number}")
        for number in range(1, ORGS + 1)
        for each in _deliveries(world, number)
        if each.status in (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)
    )
    assert arrived(world) == sent
    assert not any(each.status is DeliveryStatus.CLAIMED for each in told)


def _deliveries(world: NoticeWorld, number: int) -> list[Delivery]:
    return world.deliveries.of_notices([a_done_notice(number).ref])
