"""Whatever breaks: nobody is told twice, and nobody stays untold without a reason to be seen."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.unit.crash_schedules.mutations import Mutation, applied
from tests.unit.notice_schedules.explore import (
    DEAD_CHANNEL,
    DEADLINES,
    LIMITED,
    NEWS,
    WAYS,
    Way,
    explore,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_no_schedule_tells_twice_or_drops_anything(way: Way) -> None:
    report = explore(way)

    assert report.broken == []
    assert report.schedules >= way.at_least


def a_mistake(name: str, way: Way, place: str, old: str, new: str) -> Any:
    return pytest.param(way, Mutation(name, None, way, place, old, new), id=name)  # type: ignore[arg-type]


MISTAKES: Final = [
    a_mistake(
        "a message is sent whoever has claimed it", NEWS, "deliver_drafts",
        "if not claim.is_ours:", "if False:",
    ),
    a_mistake(
        "a claim whose owner broke down is given up without a word", NEWS, "deliver_drafts",
        "self._settler.end([(draft, delivery)], DeliveryStatus.UNKNOWN, error=_BROKE_DOWN)", "pass",
    ),
    a_mistake(
        "what somebody else has in hand is not looked at again", NEWS, "deliver_drafts",
        "self._settler.repeat([draft])", "pass",
    ),
    a_mistake(
        "what may have been sent is sent again", NEWS, "settle_delivery",
        "elif result.kind is FailureKind.UNKNOWN:", "elif False:",
    ),
    a_mistake(
        "a store that takes no claims is not minded", NEWS, "deliver_drafts",
        "self._settler.repeat(drafts)", "pass",
    ),
    a_mistake(
        "what was not sent is ordered again without storing that", LIMITED, "settle_delivery",
        "if not self.end(claimed, DeliveryStatus.WAITING, error=failure.error):\n"
        "            return", "pass",
    ),
    a_mistake(
        "what was not sent is not ordered again", LIMITED, "settle_delivery",
        "self.ports.queue.put(SendOrder(some, self.recipient, again, held), delay=delay)", "pass",
    ),
    a_mistake(
        "a queue that is out of reach is not minded", LIMITED, "settle_delivery",
        "except TransientError:\n            self.repeat(draft for draft, _ in claimed)",
        "except TransientError:\n            pass",
    ),
    a_mistake(
        "operators are not told in place of a channel", DEAD_CHANNEL, "settle_delivery",
        "self.tell_operators((draft for draft, _ in claimed), failure.error)", "pass",
    ),
    a_mistake(
        "operators stay untold where somebody broke down before telling them", DEAD_CHANNEL,
        "deliver_drafts", "self._settler.tell_operators([draft], delivery.error)", "pass",
    ),
    a_mistake(
        "reminders count as told before they are ordered", DEADLINES, "send_reminders",
        "self.ports.notices.record(due)",
        "self.ports.notices.record(due)\n"
        "            self.ports.notices.mark_ordered([each.ref for each in due])",
    ),
    a_mistake(
        "reminders count as told that could not be ordered", DEADLINES, "send_reminders",
        "failed |= set(some)", "pass",
    ),
    a_mistake(
        "reminders are ordered before they are recorded, and not recorded", DEADLINES,
        "send_reminders", "self.ports.notices.record(due)", "pass",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("way", "mistake"), MISTAKES)
def test_every_seeded_mistake_is_caught(way: Way, mistake: Mutation) -> None:
    with applied(mistake):
        report = explore(way, first_only=True)

    assert report.broken, f"no schedule notices: {mistake.name}"


def test_the_code_is_as_it_was_afterwards() -> None:
    assert explore(NEWS, twice=False).broken == []
