"""Reminders that are sent ahead of their days: what they say, and what they leave as it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest

from tests.builders import org_id_of
from tests.cleanups import CleanupWorld
from tests.notices import ADMIN, ZOOM_ADMIN, NoticeWorld, addresses
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.delivery import DeliveryStatus
from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.notice_message import Message
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.send_reminders import RemindReport

S = OrgStatus
# Sixteen days before the deadline of the tests, so that the next milestone is two days ahead.
TODAY = datetime(2026, 7, 5, 8, 0, tzinfo=UTC)
# Days before the builders' NOW. The milestone of thirty days came before, so it was not missed.
KNOWN_FOR = 3


@pytest.fixture
def world() -> NoticeWorld:
    return NoticeWorld(clock=SettableClock(TODAY))


def told(world: NoticeWorld, number: int = 1) -> list[Notice]:
    """The notices of an org, in the order in which they were recorded."""
    assert world.migrations is not None
    return world.migrations.notices(org_id_of(number), limit=50)[::-1]


def advance(world: NoticeWorld, days: Iterable[int]) -> list[RemindReport]:
    """Remind people of one day after the other, a moment later each."""
    reports = []
    for ahead in days:
        world.later(seconds=1)
        reports.append(world.remind(days_ahead=ahead))
        world.work_off()
    return reports


def subjects(world: NoticeWorld, address: str = ADMIN.address) -> list[str]:
    return [each.message.subject for each in world.mailer.sent if each.address == address]


class TestWhatIsDue:
    def test_a_milestone_is_told_ahead_of_its_day_and_no_sooner(self, world: NoticeWorld) -> None:
        world.register(days_known=KNOWN_FOR)

        reports = advance(world, range(1, 4))

        assert [report.due for report in reports] == [0, 1, 0]
        assert subjects(world) == ["14 days left: Zoom in Acme 1 needs OAuth"]

    def test_day_by_day_it_is_the_whole_way_to_the_deadline_and_beyond(
        self, world: NoticeWorld
    ) -> None:
        world.register(days_known=KNOWN_FOR)

        reports = advance(world, range(1, 31))

        assert sum(report.late for report in reports) == 0
        assert subjects(world) == [
            "14 days left: Zoom in Acme 1 needs OAuth",
            "7 days left: Zoom in Acme 1 needs OAuth",
            "3 days left: Zoom in Acme 1 needs OAuth",
            "1 day left: Zoom in Acme 1 needs OAuth",
            "Last day: Zoom in Acme 1 needs OAuth",
            "Overdue: Acme 1 is still not on OAuth",
            "Overdue: Acme 1 is still not on OAuth",
        ]
        assert [notice.milestone for notice in told(world)][-2:] == [
            "2026-07-21-overdue-w1",
            "2026-07-21-overdue-w2",
        ]

    def test_seven_days_are_one_week_of_an_org_that_is_overdue(self, world: NoticeWorld) -> None:
        world.register(deadline=date(2025, 1, 1), days_known=-4)

        reports = advance(world, range(1, 8))

        assert sum(report.due for report in reports) == 1
        assert sum(report.late for report in reports) == 0

    def test_the_same_day_twice_tells_nobody_twice(self, world: NoticeWorld) -> None:
        world.register(days_known=KNOWN_FOR)
        advance(world, [2])

        (again,) = advance(world, [2])

        assert (again.due, again.orders) == (0, 0)
        assert len(subjects(world)) == 1

    def test_when_the_day_comes_nobody_is_told_again(self, world: NoticeWorld) -> None:
        world.register(days_known=KNOWN_FOR)
        advance(world, [2])
        world.later(days=2)

        assert world.remind().due == 0

    def test_what_lies_between_is_told_on_its_own_day(self, world: NoticeWorld) -> None:
        world.register(days_known=KNOWN_FOR)
        advance(world, [9])
        world.later(days=2)

        assert world.remind().due == 1
        assert [notice.milestone for notice in told(world)] == ["2026-07-21-d7", "2026-07-21-d14"]

    def test_a_day_is_counted_where_the_org_is(self) -> None:
        world = NoticeWorld(clock=SettableClock(datetime(2026, 7, 5, 22, 30, tzinfo=UTC)))
        world.register(1, time_zone="Europe/Berlin", days_known=KNOWN_FOR)
        world.register(2, time_zone="America/New_York", days_known=KNOWN_FOR)

        advance(world, [1, 2])

        assert told(world, 1)[0].facts["as_of"] == "2026-07-07"
        assert told(world, 2)[0].facts["as_of"] == "2026-07-07"
        assert told(world, 1)[0].at < told(world, 2)[0].at

    @pytest.mark.parametrize("status", [S.MIGRATED, S.MIGRATED_KEYS_KEPT, S.NOT_INSTALLED])
    def test_orgs_that_are_done_get_none(self, status: OrgStatus, world: NoticeWorld) -> None:
        world.register(status=status)

        assert sum(report.due for report in advance(world, range(1, 31))) == 0


class TestWhatIsSaid:
    def test_days_are_counted_from_the_day_it_is_about(self, world: NoticeWorld) -> None:
        world.register(days_known=KNOWN_FOR)
        advance(world, [2])

        message = world.mailer.sent[-1].message
        assert isinstance(message, Message)
        assert message.preheader.startswith("JWT ends on 21 July 2026, in 14 days.")
        assert not any("late" in each for each in message.footnotes)

    def test_it_is_recorded_as_made_now_about_a_day_to_come(self, world: NoticeWorld) -> None:
        world.register(days_known=KNOWN_FOR)
        advance(world, [2])

        (notice,) = told(world)
        assert notice.at == world.clock.now()
        assert (notice.facts["as_of"], notice.facts["due_on"]) == ("2026-07-07", "2026-07-07")
        assert world.delivery(notice.ref, ADMIN).at == world.clock.now()
        assert world.delivery(notice.ref, ADMIN).late_by_days == 0

    def test_a_milestone_that_was_skipped_is_late_on_the_day_it_is_told_for(
        self, world: NoticeWorld
    ) -> None:
        world.register(days_known=KNOWN_FOR)
        advance(world, [4])

        (notice,) = told(world)
        assert (notice.milestone, notice.facts["late_by_days"]) == ("2026-07-21-d14", "2")
        message = world.mailer.sent[-1].message
        assert isinstance(message, Message)
        assert message.subject.startswith("12 days left")
        assert "7 July 2026 and comes 2 days late" in message.footnotes[0]

    def test_a_message_that_waits_beyond_the_day_counts_from_then_on(
        self, world: NoticeWorld
    ) -> None:
        world.register(days_known=KNOWN_FOR)
        world.remind(days_ahead=2)
        world.later(days=3)

        world.work_off()

        message = world.mailer.sent[-1].message
        assert isinstance(message, Message)
        assert message.subject.startswith("13 days left")
        assert "comes 1 day late" in message.footnotes[0]

    def test_links_count_as_they_do_now(self) -> None:
        cleanup = CleanupWorld()
        cleanup.asked()
        world = NoticeWorld(orgs=cleanup.orgs, migrations=cleanup.migrations, clock=cleanup.clock)

        # The request ends long before; it is open now, and so is its link.
        advance(world, range(1, 60))

        message = next(
            each.message
            for each in reversed(world.mailer.sent)
            if each.address == ZOOM_ADMIN.address
        )
        assert isinstance(message, Message)
        assert message.action is not None
        assert "/authorize/authorize." in message.action.url


class TestMutes:
    def test_who_is_muted_beyond_the_day_stays_untold(self, world: NoticeWorld) -> None:
        world.register(days_known=KNOWN_FOR)
        self.mute(world, until=date(2026, 7, 8))

        advance(world, [2])

        assert addresses(world.sent) == []
        (notice,) = told(world)
        assert set(world.ends(notice.ref).values()) == {DeliveryStatus.SUPPRESSED}

    def test_a_mute_that_has_ended_by_the_day_counts_no_more(self, world: NoticeWorld) -> None:
        world.register(days_known=KNOWN_FOR)
        self.mute(world, until=date(2026, 7, 8))

        advance(world, [9])

        (notice,) = told(world)
        assert notice.kind is NoticeKind.DEADLINE_NEAR
        assert DeliveryStatus.SENT in world.ends(notice.ref).values()

    @staticmethod
    def mute(world: NoticeWorld, *, until: date) -> None:
        world.contacts.mute(Mute(org_id_of(1), "", until, by="operator", at=TODAY))
