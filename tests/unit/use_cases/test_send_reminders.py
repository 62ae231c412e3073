"""Reminders of deadlines: when, of what, to whom, and what an outage does to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.builders import NOW, a_failure, org_id_of
from tests.cleanups import CleanupWorld
from tests.notices import (
    ADMIN,
    FLEETS_CHANNEL,
    OPERATORS,
    ZOOM_ADMIN,
    NoticeWorld,
    addresses,
    some_notice_settings,
)
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.adapters.memory.messengers import InMemoryNoticeQueue
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.domain.delivery import Channel, DeliveryStatus
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.notice_message import DigestMessage, Message
from zoom_migrator.domain.notice_order import NoticeOrder, SendOrder
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus

S = OrgStatus
# Of the default milestones, 14 days before the deadline of the tests.
D14 = datetime(2026, 7, 7, 8, 0, tzinfo=UTC)
DONE = (S.MIGRATED, S.MIGRATED_KEYS_KEPT, S.NOT_INSTALLED, S.AUTHORIZED)


def on(moment: datetime) -> NoticeWorld:
    return NoticeWorld(clock=SettableClock(moment))


@pytest.fixture
def world() -> NoticeWorld:
    return on(D14)


def told(world: NoticeWorld, number: int = 1) -> list[Notice]:
    assert world.migrations is not None
    return world.migrations.notices(org_id_of(number), limit=50)


def the_notice(world: NoticeWorld, number: int = 1) -> Notice:
    (notice,) = told(world, number)
    return notice


class TestWhatIsDue:
    def test_a_milestone_is_recorded_and_ordered_for_each_recipient(
        self, world: NoticeWorld
    ) -> None:
        world.register()

        report = world.remind()

        notice = the_notice(world)
        assert (notice.kind, notice.attempt) == (NoticeKind.DEADLINE_NEAR, 0)
        assert notice.milestone == "2026-07-21-d14"
        assert notice.facts == {
            "org": "Acme 1",
            "deadline": "2026-07-21",
            "due_on": "2026-07-07",
            "status": "upgrade_required",
        }
        assert world.queue.orders == [
            SendOrder((notice.ref,), FLEETS_CHANNEL),
            SendOrder((notice.ref,), ADMIN),
        ]
        assert (report.looked_at, report.due, report.late, report.orders) == (1, 1, 0, 2)
        assert report.is_complete

    def test_nothing_is_due_on_other_days(self) -> None:
        world = on(datetime(2026, 7, 8, 8, 0, tzinfo=UTC))
        world.register()
        world.notices.record([])

        world.remind()
        world.later(days=1)
        report = world.remind()

        assert report.due == 0

    @pytest.mark.parametrize("status", DONE)
    def test_orgs_that_are_done_get_none(self, status: OrgStatus, world: NoticeWorld) -> None:
        world.register(status=status)

        assert world.remind().due == 0

    @pytest.mark.parametrize("status", sorted(set(S) - set(DONE)))
    def test_all_others_do(self, status: OrgStatus, world: NoticeWorld) -> None:
        world.register(status=status)

        assert world.remind().due == 1

    def test_an_orgs_own_deadline_counts(self, world: NoticeWorld) -> None:
        world.register(1, deadline=date(2026, 7, 7))
        world.register(2, deadline=date(2026, 9, 5))

        world.remind()

        assert the_notice(world, 1).milestone == "2026-07-07-d0"
        assert the_notice(world, 1).facts["final"] == "yes"
        assert the_notice(world, 2).milestone == "2026-09-05-d60"

    def test_a_day_begins_when_it_does_where_the_org_is(self) -> None:
        world = on(datetime(2026, 7, 6, 22, 30, tzinfo=UTC))
        world.register(1, time_zone="Europe/Berlin")
        world.register(2, time_zone="America/New_York", deadline=date(2026, 7, 20))
        world.register(3)

        world.remind()

        assert the_notice(world, 1).milestone == "2026-07-21-d14"
        assert the_notice(world, 1).facts["due_on"] == "2026-07-07"
        assert the_notice(world, 2).facts["due_on"] == "2026-07-06"
        assert the_notice(world, 3).facts["late_by_days"] == "15"

    def test_after_the_deadline_it_is_every_week(self) -> None:
        world = on(datetime(2026, 7, 28, 8, 0, tzinfo=UTC))
        world.register()

        for _ in range(15):
            world.remind()
            world.later(days=1)

        kinds = [(notice.kind, notice.milestone) for notice in reversed(told(world))]
        assert kinds == [
            (NoticeKind.DEADLINE_OVERDUE, f"2026-07-21-overdue-w{week}") for week in (1, 2, 3)
        ]

    def test_the_last_day_that_was_missed_is_told_as_overdue(self) -> None:
        world = on(datetime(2026, 7, 23, 8, 0, tzinfo=UTC))
        world.register()

        world.remind()

        notice = the_notice(world)
        assert (notice.kind, notice.milestone) == (
            NoticeKind.DEADLINE_OVERDUE,
            "2026-07-21-d0",
        )
        assert (notice.facts["final"], notice.facts["late_by_days"]) == ("yes", "2")

    def test_what_came_before_the_org_was_registered_was_not_missed(
        self, world: NoticeWorld
    ) -> None:
        world.register(1, days_known=-7)
        world.later(days=3)

        assert world.remind().due == 0

    def test_an_org_that_is_given_more_time_is_reminded_anew(self, world: NoticeWorld) -> None:
        world.register()
        world.remind()
        world.change(deadline=date(2026, 8, 6))

        world.remind()

        milestones = [notice.milestone for notice in told(world)]
        assert sorted(milestones) == ["2026-07-21-d14", "2026-08-06-d30"]

    def test_what_was_ordered_for_a_deadline_that_was_moved_is_not_sent(
        self, world: NoticeWorld
    ) -> None:
        world.register()
        world.remind()
        world.change(deadline=date(2026, 10, 1))

        world.work_off()

        assert world.sent == []
        delivery = world.delivery(told(world)[0].ref, ADMIN)
        assert delivery.status is DeliveryStatus.SUPPRESSED
        assert delivery.error == "the deadline was moved before it was sent"

    def test_an_org_whose_deadline_was_moved_nearer_is_told_why_a_day_of_it_has_passed(
        self, world: NoticeWorld
    ) -> None:
        world.register(deadline=date(2027, 1, 1))
        assert world.remind().due == 0
        world.change(deadline=date(2026, 7, 18))

        world.remind()
        world.work_off()

        message = world.mailer.sent[-1].message
        assert "comes 3 days late" in message.footnotes[0]
        assert "or its deadline was moved" in message.footnotes[0]

    def test_a_new_attempt_changes_nothing(self, world: NoticeWorld) -> None:
        org = world.register()
        world.remind()
        world.orgs.save(_with_attempt(org))

        assert world.remind().due == 0


def _with_attempt(org: Org) -> Org:
    return org.begin_attempt()


class TestWhatAnOrgWaitsFor:
    def test_an_approval(self) -> None:
        upgrade = UpgradeWorld()
        upgrade.begin()
        upgrade.prepare()
        upgrade.ask()
        world = self.reminded(upgrade)

        assert the_deadline(world).facts["waits_for"] == "approve"
        message = self.sent_to(world, ADMIN.address)
        assert message.action is not None
        assert "/approve/upgrade." in message.action.url

    def test_a_consent_of_the_zoom_admin_who_is_told_as_well(self) -> None:
        authorization = CleanupWorld()
        authorization.asked()
        world = self.reminded(authorization)

        assert the_deadline(world).facts["waits_for"] == "authorize"
        assert the_deadline(world).facts["zoom_admin_email"] == ZOOM_ADMIN.address
        message = self.sent_to(world, ZOOM_ADMIN.address)
        assert message.action is not None
        assert "/authorize/authorize." in message.action.url

    def test_a_decision_about_the_old_keys(self) -> None:
        cleanup = CleanupWorld()
        cleanup.asking()
        world = self.reminded(cleanup)

        assert the_deadline(world).facts["waits_for"] == "cleanup"
        message = self.sent_to(world, ADMIN.address)
        assert message.action is not None
        assert "/cleanup/cleanup." in message.action.url

    def test_what_was_answered_before_it_is_sent_is_not_asked_for(self) -> None:
        upgrade = UpgradeWorld()
        upgrade.begin()
        upgrade.prepare()
        upgrade.ask()
        world = NoticeWorld(orgs=upgrade.orgs, migrations=upgrade.migrations, clock=upgrade.clock)
        world.later(days=6)
        world.remind()
        upgrade.answer()
        world.work_off()

        message = self.sent_to(world, ADMIN.address)
        assert message.action is None
        assert "Open the link" not in " ".join(message.steps)

    def test_an_org_that_moved_on_is_told_of_as_it_is_by_then(self) -> None:
        upgrade = UpgradeWorld()
        upgrade.begin()
        upgrade.prepare()
        upgrade.ask()
        world = NoticeWorld(orgs=upgrade.orgs, migrations=upgrade.migrations, clock=upgrade.clock)
        world.later(days=6)
        world.remind()
        upgrade.answer()
        upgrade.follow_up()
        upgrade.install()
        world.work_off()

        message = self.sent_to(world, ADMIN.address)
        assert ("Status", "upgrading") in message.facts
        assert any("what is under way to end" in each for each in message.paragraphs)

    def test_what_blocks_it_is_said_with_the_remedy(self, world: NoticeWorld) -> None:
        org = world.register(status=S.BLOCKED)
        world.orgs.save(_blocked_by(org, FailureCode.USER_INACTIVE))

        world.remind()

        facts = the_notice(world).facts
        assert facts["detail"] == "The integration user is inactive."
        assert facts["remedy"].startswith("Activate the user")

    def test_or_as_its_last_migration_said_it(self) -> None:
        upgrade = UpgradeWorld()
        upgrade.begin()
        upgrade.seen(a_failure(FailureCode.INSUFFICIENT_ACCESS))
        upgrade.prepare()
        upgrade.orgs.save(_without_failure(upgrade.org))
        world = self.reminded(upgrade)

        assert the_deadline(world).facts["detail"] == upgrade.migration.detail
        assert the_deadline(world).facts["remedy"] == upgrade.migration.remedy

    def test_an_org_that_is_done_by_the_time_is_not_told_of(self, world: NoticeWorld) -> None:
        org = world.register()
        world.remind()
        world.orgs.save(_migrated(org))

        world.work_off()

        assert world.sent == []
        assert set(world.ends(the_notice(world).ref).values()) == {DeliveryStatus.SUPPRESSED}

    @staticmethod
    def reminded(other: UpgradeWorld | CleanupWorld) -> NoticeWorld:
        world = NoticeWorld(orgs=other.orgs, migrations=other.migrations, clock=other.clock)
        for _ in range(7):
            world.later(days=1)
            world.remind()
        world.work_off()
        return world

    @staticmethod
    def sent_to(world: NoticeWorld, address: str) -> Message:
        posted = [each for each in world.sent if each.address == address][-1]
        assert isinstance(posted.message, Message)
        return posted.message


def the_deadline(world: NoticeWorld) -> Notice:
    return next(notice for notice in told(world) if notice.kind is NoticeKind.DEADLINE_NEAR)


def _blocked_by(org: Org, code: FailureCode) -> Org:
    return replace(org, failure=a_failure(code))


def _without_failure(org: Org) -> Org:
    return replace(org, failure=None)


def _migrated(org: Org) -> Org:
    return replace(org, status=S.MIGRATED)


class TestAFleet:
    def test_a_thousand_orgs_are_one_message_for_each_recipient(self, world: NoticeWorld) -> None:
        for number in range(1, 1_001):
            world.register(number)

        report = world.remind()
        world.work_off()

        assert (report.due, report.orders) == (1_000, 2)
        assert addresses(world.sent) == [FLEETS_CHANNEL.address, ADMIN.address]
        (posted, _) = world.sent
        assert isinstance(posted.message, DigestMessage)
        assert posted.message.subject == "Zoom: JWT ends soon (1,000 orgs)"

    def test_more_than_fit_into_an_order_are_several(self, world: NoticeWorld) -> None:
        for number in range(1, 2_002):
            world.register(number)

        assert world.remind().orders == 4

    def test_each_admin_is_told_of_their_orgs_alone(self, world: NoticeWorld) -> None:
        world.register(1, salesforce_admin_email="one@acme.example")
        world.register(2, salesforce_admin_email="two@acme.example")

        world.remind()
        world.work_off()

        assert sorted(addresses(world.mailer.sent)) == ["one@acme.example", "two@acme.example"]

    def test_where_time_runs_short_the_next_call_goes_on(self, world: NoticeWorld) -> None:
        world.register()

        assert not world.remind(seconds_left=44).is_complete
        assert world.queue.orders == []
        assert world.remind().due == 1


class TestOutages:
    def test_of_missed_days_the_newest_is_told_and_says_how_late_it_is(self) -> None:
        world = on(NOW)
        world.register()
        world.remind()
        world.work_off()
        world.later(days=15)

        world.remind()
        world.work_off()

        late = told(world)[0]
        assert (late.milestone, late.facts["late_by_days"]) == ("2026-07-21-d7", "2")
        message = world.slack.sent[-1].message
        assert isinstance(message, Message)
        assert "comes 2 days late" in message.footnotes[0]
        assert world.delivery(late.ref, ADMIN).late_by_days == 2

    def test_a_queue_that_takes_nothing_has_everything_ordered_again(
        self, world: NoticeWorld
    ) -> None:
        world.register()
        world.queue.is_down = True
        with pytest.raises(StoreUnavailable):
            world.remind()

        world.queue.is_down = False
        world.remind()

        assert len(world.queue.orders) == 2
        assert len(told(world)) == 1

    def test_a_queue_that_takes_some_has_some_ordered_twice_and_nobody_told_twice(
        self, world: NoticeWorld
    ) -> None:
        class Half(InMemoryNoticeQueue):
            def put(self, order: NoticeOrder, **more: object) -> None:
                assert isinstance(order, SendOrder)
                if order.recipient is not None and order.recipient.channel is Channel.EMAIL:
                    raise StoreUnavailable("out of reach")
                super().put(order)

        world.register()
        half, whole = Half(), world.queue
        world.queue = half
        with pytest.raises(StoreUnavailable):
            world.remind()
        world.notify(*half.take())
        world.queue = whole

        world.remind()
        world.work_off()

        assert addresses(world.sent) == [FLEETS_CHANNEL.address, ADMIN.address]

    def test_what_was_recorded_and_never_ordered_is_ordered_by_the_next_run(
        self, world: NoticeWorld
    ) -> None:
        world.register()
        world.remind()
        notice = the_notice(world)
        other = on(D14)
        other.register()
        other.notices.record([notice])

        assert other.remind().due == 1
        assert len(other.queue.orders) == 2

    def test_a_store_that_cannot_remember_it_has_it_ordered_again(self, world: NoticeWorld) -> None:
        world.register()
        world.notices.is_down = True
        with pytest.raises(StoreUnavailable):
            world.remind()

        world.notices.is_down = False
        world.remind()
        world.remind()

        assert len(world.queue.orders) == 2


def test_where_nobody_can_be_told_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    world = NoticeWorld(
        clock=SettableClock(D14), settings=some_notice_settings(has_slack=False, has_mail=False)
    )
    caplog.set_level("INFO")
    world.register()

    world.remind()
    world.remind()

    assert caplog.messages.count("nobody_to_tell") == 1


@pytest.mark.parametrize(("has_mail", "level"), [(False, "INFO"), (True, "ERROR")])
def test_that_nobody_is_told_is_an_error_only_where_somebody_should_be(
    caplog: pytest.LogCaptureFixture, has_mail: bool, level: str
) -> None:
    caplog.set_level("INFO")
    settings = some_notice_settings(has_slack=False, has_mail=has_mail, operators_email="")
    world = NoticeWorld(clock=SettableClock(D14), settings=settings)
    world.register(salesforce_admin_email="", zoom_admin_email="")

    world.remind()

    (line,) = [each for each in caplog.records if each.message == "nobody_to_tell"]
    assert line.levelname == level


def test_operators_without_slack_are_told_by_mail() -> None:
    world = NoticeWorld(clock=SettableClock(D14), settings=some_notice_settings(has_slack=False))
    world.register()

    world.remind()
    world.work_off()

    assert addresses(world.sent) == [ADMIN.address, OPERATORS.address]
