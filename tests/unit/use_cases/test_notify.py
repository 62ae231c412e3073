"""Telling people: whom, once, in one message, and what becomes of what cannot be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.builders import ADA, NOW, a_result, a_scan, org_id_of
from tests.cleanups import CleanupWorld
from tests.notices import (
    ADMIN,
    BASE,
    FLEETS_CHANNEL,
    OPERATORS,
    ZOOM_ADMIN,
    NoticeWorld,
    a_done_notice,
    addresses,
    order_of,
    some_notice_settings,
)
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.adapters.memory.messengers import InMemorySlackChannel
from zoom_migrator.adapters.memory.notices import InMemoryDeliveryRepository
from zoom_migrator.domain.delivery import (
    Channel,
    Claim,
    DeliveryKey,
    DeliveryStatus,
    FailureKind,
    Recipient,
    SendFailure,
)
from zoom_migrator.domain.errors import InvariantViolation, StoreUnavailable
from zoom_migrator.domain.mute import Mute, Suppression
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef, ref_of_scan
from zoom_migrator.domain.notice_message import (
    ActionKind,
    ChoiceAnswer,
    DigestMessage,
    Message,
)
from zoom_migrator.domain.notice_order import MAX_REFS, SendOrder
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.scan import ScanStatus
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.answer_approval import request_behind_link
from zoom_migrator.use_cases.answer_cleanup import cleanup_behind_link
from zoom_migrator.use_cases.authorization_link import offer_behind_link
from zoom_migrator.use_cases.mute_notices import follow_mute_link

S = DeliveryStatus
NOT_FOUND = SendFailure(FailureKind.ADDRESS, "channel_not_found")
LIMITED = SendFailure(FailureKind.RATE_LIMITED, "ratelimited", timedelta(seconds=30))
AWAY = SendFailure(FailureKind.TRANSIENT, "connection refused")
LOST = SendFailure(FailureKind.UNKNOWN, "no answer")


@pytest.fixture
def world() -> NoticeWorld:
    return NoticeWorld()


def beside(other: UpgradeWorld | CleanupWorld) -> NoticeWorld:
    """The notices of orgs that go their way in another world."""
    return NoticeWorld(orgs=other.orgs, migrations=other.migrations, clock=other.clock)


def newest(world: NoticeWorld, kind: NoticeKind, number: int = 1) -> Notice:
    assert world.migrations is not None
    notices = world.migrations.notices(org_id_of(number), limit=50)
    return next(notice for notice in notices if notice.kind is kind)


def asked() -> UpgradeWorld:
    upgrade = UpgradeWorld()
    upgrade.begin()
    upgrade.prepare()
    upgrade.ask()
    return upgrade


class TestAMessage:
    def test_everybody_who_has_to_know_gets_one(self, world: NoticeWorld) -> None:
        order = world.has_news()

        report = world.notify(order)

        assert addresses(world.sent) == [FLEETS_CHANNEL.address, ADMIN.address]
        assert world.ends(order.refs[0]) == {FLEETS_CHANNEL: S.SENT, ADMIN: S.SENT}
        assert (report.to_repeat, dict(report.counts)) == ((), {S.SENT: 2})

    def test_what_the_service_calls_it_is_kept(self, world: NoticeWorld) -> None:
        order = world.has_news()
        world.notify(order)

        assert world.delivery(order.refs[0], ADMIN).provider_id == "message-1"
        assert world.delivery(order.refs[0], ADMIN).at == NOW

    def test_nobody_gets_another_however_often_it_is_ordered(self, world: NoticeWorld) -> None:
        order = world.has_news()

        for _ in range(3):
            world.notify(order, order)

        assert len(world.sent) == 2

    def test_none_is_begun_that_might_be_broken_off(self, world: NoticeWorld) -> None:
        order = world.has_news()

        report = world.notify(order, times_left=[41, 39])

        assert addresses(world.sent) == [FLEETS_CHANNEL.address]
        assert world.ends(order.refs[0]) == {FLEETS_CHANNEL: S.SENT}
        assert report.to_repeat == (0,)
        assert world.notify(order).to_repeat == ()
        assert addresses(world.sent) == [FLEETS_CHANNEL.address, ADMIN.address]

    def test_what_no_store_knows_is_told_to_nobody(self, world: NoticeWorld) -> None:
        world.register()

        report = world.notify(order_of(a_done_notice()))

        assert (world.sent, report.to_repeat) == ([], ())

    def test_nothing_is_told_of_an_org_that_is_not_registered(self, world: NoticeWorld) -> None:
        order = world.record(a_done_notice())

        assert world.notify(order).to_repeat == ()
        assert world.sent == []

    def test_an_order_for_one_recipient_is_for_nobody_else(self, world: NoticeWorld) -> None:
        order = replace(world.has_news(), recipient=OPERATORS)

        world.notify(order)

        assert addresses(world.sent) == [OPERATORS.address]

    def test_one_that_comes_days_later_says_so(self, world: NoticeWorld) -> None:
        order = world.has_news()
        world.later(days=2)
        world.notify(order)

        (posted, _) = world.sent
        assert isinstance(posted.message, Message)
        assert "2 days late" in posted.message.footnotes[0]
        assert world.delivery(order.refs[0], ADMIN).late_by_days == 2

    @pytest.mark.parametrize(("has_mail", "level"), [(False, "INFO"), (True, "ERROR")])
    def test_nobody_is_told_where_nothing_leads_to_anybody(
        self, caplog: pytest.LogCaptureFixture, has_mail: bool, level: str
    ) -> None:
        caplog.set_level("INFO")
        settings = some_notice_settings(has_slack=False, has_mail=has_mail, operators_email="")
        world = NoticeWorld(settings=settings)

        assert world.notify(world.has_news(salesforce_admin_email="")).to_repeat == ()
        assert world.sent == []
        (line,) = [each for each in caplog.records if each.message == "nobody_to_tell"]
        assert line.levelname == level


class TestLinks:
    def test_one_to_an_approval_leads_to_it_and_counts_as_long_as_the_request(self) -> None:
        upgrade = asked()
        world = beside(upgrade)
        world.notify(order_of(newest(world, NoticeKind.UPGRADE_APPROVAL_NEEDED)))

        (_, mail) = world.sent
        assert isinstance(mail.message, Message)
        action = mail.message.action
        assert action is not None
        assert action.url.startswith(f"{BASE}/approve/upgrade.")
        request = request_behind_link(
            action.url.removeprefix(f"{BASE}/approve/"),
            orgs=upgrade.orgs,
            migrations=upgrade.migrations,
            signer=world.signer,
        )
        assert request.approval == upgrade.approval
        assert action.expires_at == upgrade.approval.expires_at
        assert not action.can_be_forwarded
        assert action.claims == action.url.removeprefix(f"{BASE}/approve/").rpartition(".")[0]

    def test_one_to_a_consent_can_be_forwarded(self) -> None:
        authorization = CleanupWorld()
        authorization.asked()
        world = beside(authorization)
        world.notify(order_of(newest(world, NoticeKind.AUTHORIZATION_NEEDED)))

        message = world.mailer.sent[0].message
        assert isinstance(message, Message)
        assert message.action is not None
        assert message.action.can_be_forwarded
        assert message.action.choices == ()
        offer_behind_link(
            message.action.url.removeprefix(f"{BASE}/authorize/"),
            orgs=authorization.orgs,
            migrations=authorization.migrations,
            signer=world.signer,
        )

    def test_one_to_the_old_keys_leads_to_the_question(self) -> None:
        cleanup = CleanupWorld()
        cleanup.asking()
        world = beside(cleanup)
        world.notify(order_of(newest(world, NoticeKind.CLEANUP_APPROVAL_NEEDED)))

        message = world.mailer.sent[0].message
        assert isinstance(message, Message)
        assert message.action is not None
        cleanup_behind_link(
            message.action.url.removeprefix(f"{BASE}/cleanup/"),
            orgs=cleanup.orgs,
            migrations=cleanup.migrations,
            signer=world.signer,
        )

    def test_one_to_an_install_by_hand_is_salesforces(self) -> None:
        upgrade = UpgradeWorld()
        upgrade.begin(policy=UpgradePolicy.MANUAL)
        upgrade.prepare()
        world = beside(upgrade)
        world.notify(order_of(newest(world, NoticeKind.UPGRADE_BY_HAND_NEEDED)))

        message = world.mailer.sent[0].message
        assert isinstance(message, Message)
        assert message.action is not None
        assert message.action.kind is ActionKind.INSTALL
        assert message.action.url.startswith("https://login.salesforce.com/packaging/")

    def test_slack_takes_answers_by_a_button_that_asks_back_and_mail_does_not(self) -> None:
        world = beside(asked())
        world.notify(order_of(newest(world, NoticeKind.UPGRADE_APPROVAL_NEEDED)))

        (slack, mail) = world.sent
        assert isinstance(slack.message, Message)
        assert isinstance(mail.message, Message)
        assert slack.message.action is not None
        assert mail.message.action is not None
        assert [each.answer for each in slack.message.action.choices] == list(ChoiceAnswer)
        for choice in slack.message.action.choices:
            assert len(choice.title) <= 100
            assert len(choice.text) <= 300
            assert len(choice.label) <= 30
            assert len(choice.confirm) <= 30
        assert mail.message.action.choices == ()

    def test_an_incoming_webhook_has_links_alone(self) -> None:
        world = beside(asked())
        world.slack = InMemorySlackChannel(takes_presses=False)
        world.notify(order_of(newest(world, NoticeKind.UPGRADE_APPROVAL_NEEDED)))

        message = world.slack.sent[0].message
        assert isinstance(message, Message)
        assert message.action is not None
        assert message.action.choices == ()

    def test_who_removes_keys_by_a_button_confirms_what_nothing_has_proven(self) -> None:
        cleanup = CleanupWorld()
        cleanup.asking()
        world = beside(cleanup)
        world.notify(order_of(newest(world, NoticeKind.CLEANUP_APPROVAL_NEEDED)))

        message = world.slack.sent[0].message
        assert isinstance(message, Message)
        assert message.action is not None
        assert "You confirm: “I have opened Zoom Config" in message.action.choices[0].text
        assert all(len(choice.text) <= 300 for choice in message.action.choices)

    def test_no_link_is_shown_in_a_representation(self) -> None:
        world = beside(asked())
        world.notify(order_of(newest(world, NoticeKind.UPGRADE_APPROVAL_NEEDED)))

        message = world.slack.sent[0].message
        assert isinstance(message, Message)
        assert message.action is not None
        assert message.action.url.rpartition(".")[2] not in repr(message)


class TestWhatIsNoLongerWanted:
    def test_a_question_that_was_answered_meanwhile_is_not_asked(self) -> None:
        upgrade = asked()
        upgrade.answer()
        world = beside(upgrade)
        notice = newest(world, NoticeKind.UPGRADE_APPROVAL_NEEDED)

        world.notify(order_of(notice))

        assert world.sent == []
        assert set(world.ends(notice.ref).values()) == {S.SUPPRESSED}
        assert "answered" in world.delivery(notice.ref, ADMIN).error

    def test_neither_is_one_that_was_withdrawn(self) -> None:
        upgrade = asked()
        upgrade.stop()
        world = beside(upgrade)

        world.notify(order_of(newest(world, NoticeKind.UPGRADE_APPROVAL_NEEDED)))

        assert world.sent == []

    def test_nor_a_consent_that_was_asked_for_anew(self) -> None:
        authorization = CleanupWorld()
        authorization.asked()
        world = beside(authorization)
        former = newest(world, NoticeKind.AUTHORIZATION_NEEDED)
        authorization.later(minutes=1)
        authorization.renew()

        world.notify(order_of(former))
        assert world.sent == []
        world.notify(order_of(newest(world, NoticeKind.AUTHORIZATION_NEEDED)))
        assert addresses(world.sent) == [FLEETS_CHANNEL.address, ZOOM_ADMIN.address]

    def test_nor_is_anybody_reminded_of_an_upgrade_by_hand_that_is_done(self) -> None:
        upgrade = UpgradeWorld()
        upgrade.begin(policy=UpgradePolicy.MANUAL)
        upgrade.prepare()
        world = beside(upgrade)
        upgrade.stop()

        world.notify(order_of(newest(world, NoticeKind.UPGRADE_BY_HAND_NEEDED)))

        assert world.sent == []

    def test_nor_asked_about_keys_under_a_request_that_was_replaced(self) -> None:
        cleanup = CleanupWorld()
        cleanup.asking()
        world = beside(cleanup)
        former = newest(world, NoticeKind.CLEANUP_APPROVAL_NEEDED)
        cleanup.zoom.deauthorize(cleanup.grant_of().subject.user_id)
        cleanup.lose()
        cleanup.ask()
        cleanup.authorize()
        cleanup.verify()
        cleanup.later(days=1)
        cleanup.verify()

        world.notify(order_of(former))
        assert world.sent == []

    def test_results_are_told_whatever_came_after_them(self, world: NoticeWorld) -> None:
        order = world.has_news(status=OrgStatus.MIGRATED)

        world.notify(order)

        assert len(world.sent) == 2


class TestScans:
    def scanned(self, world: NoticeWorld, *, changes: int, failure: str = "") -> SendOrder:
        results = [
            a_result(
                org_id_of(number),
                status_before=OrgStatus.REGISTERED,
                status_after=OrgStatus.UPGRADE_REQUIRED if number <= changes else None,
            )
            for number in range(1, changes + 1)
        ]
        scan = a_scan(org_count=5).ended(results, at=NOW, failure=failure)
        world.scans.save(scan)
        return SendOrder((ref_of_scan(scan.scan_id),))

    def test_operators_are_told_of_one_that_found_something_new(self, world: NoticeWorld) -> None:
        world.notify(self.scanned(world, changes=2))

        assert addresses(world.sent) == [FLEETS_CHANNEL.address]

    def test_one_that_found_nothing_new_is_only_recorded(self, world: NoticeWorld) -> None:
        order = self.scanned(world, changes=0)

        world.notify(order)

        assert world.sent == []
        assert world.ends(order.refs[0]) == {FLEETS_CHANNEL: S.SUPPRESSED}

    def test_one_that_failed_is_always_told(self, world: NoticeWorld) -> None:
        order = self.scanned(world, changes=0, failure="The scan timed out.")
        scan = world.scans.get(order.refs[0].milestone)
        assert scan is not None
        assert scan.status is ScanStatus.FAILED

        world.notify(order)

        assert len(world.sent) == 1

    def test_one_that_nobody_knows_is_told_to_nobody(self, world: NoticeWorld) -> None:
        world.notify(SendOrder((ref_of_scan("scan-unknown"),)))

        assert world.sent == []


class TestADigest:
    def test_several_notices_for_one_recipient_are_one_message(self, world: NoticeWorld) -> None:
        orders = [world.has_news(number) for number in range(1, 101)]

        world.notify(*orders)

        assert addresses(world.sent) == [FLEETS_CHANNEL.address, ADMIN.address]
        assert all(isinstance(each.message, DigestMessage) for each in world.sent)
        for order in orders:
            assert world.ends(order.refs[0]) == {FLEETS_CHANNEL: S.SENT, ADMIN: S.SENT}

    def test_what_was_told_before_is_not_part_of_it(self, world: NoticeWorld) -> None:
        first, second = world.has_news(1), world.has_news(2)
        world.notify(first)

        world.notify(first, second)

        assert all(isinstance(each.message, Message) for each in world.sent)
        assert len(world.sent) == 4

    def test_orgs_with_channels_of_their_own_get_messages_of_their_own(
        self, world: NoticeWorld
    ) -> None:
        world.notify(
            world.has_news(1, slack_channel="#acme1"), world.has_news(2, slack_channel="#acme2")
        )

        assert addresses(world.slack.sent) == ["#acme1", "#acme2"]

    def test_what_is_sent_again_on_purpose_is_a_message_of_its_own(
        self, world: NoticeWorld
    ) -> None:
        order = world.has_news()
        other = world.has_news(2)

        world.notify(replace(order, again=1), other)

        assert addresses(world.slack.sent) == [FLEETS_CHANNEL.address] * 2

    def test_one_that_breaks_off_is_repeated_with_the_same_notices(
        self, world: NoticeWorld
    ) -> None:
        orders = [world.has_news(1), world.has_news(2)]
        world.slack.will_answer(AWAY)

        world.notify(*orders)
        world.later(minutes=1)
        world.work_off()

        (posted,) = world.slack.sent
        assert isinstance(posted.message, DigestMessage)


class TestWhatCannotBeSent:
    def test_what_is_limited_waits_as_long_as_the_service_wants(self, world: NoticeWorld) -> None:
        order = world.has_news()
        world.slack.will_answer(LIMITED)

        report = world.notify(order)

        assert world.delivery(order.refs[0], FLEETS_CHANNEL).status is S.WAITING
        assert report.to_repeat == ()
        assert world.queue.orders == [SendOrder(order.refs, FLEETS_CHANNEL)]
        assert world.queue.delays == [timedelta(seconds=30)]
        world.work_off()
        assert world.delivery(order.refs[0], FLEETS_CHANNEL).tries == 2
        assert addresses(world.sent) == [FLEETS_CHANNEL.address, ADMIN.address]

    def test_who_wants_longer_than_the_queue_can_hold_it_back_gets_that_time(
        self, world: NoticeWorld
    ) -> None:
        order = world.has_news()
        world.slack.will_answer(replace(LIMITED, retry_after=timedelta(minutes=40)))
        world.notify(order)

        for _ in range(2):
            world.later(minutes=15)
            assert world.work_off().to_repeat == ()
            assert world.slack.sent == []
        assert world.queue.delays[-1] == timedelta(minutes=10)
        world.later(minutes=10)
        world.work_off()

        assert addresses(world.slack.sent) == [FLEETS_CHANNEL.address]
        assert world.queue.orders == []

    def test_what_cannot_be_put_back_is_brought_again_by_the_queue(
        self, world: NoticeWorld
    ) -> None:
        order = replace(world.has_news(), not_before=NOW + timedelta(minutes=20))
        world.queue.is_down = True

        assert world.notify(order).to_repeat == (0,)
        assert world.sent == []

    def test_no_order_to_try_again_is_too_large_for_the_queue(self, world: NoticeWorld) -> None:
        world.register()
        notices = [a_done_notice(milestone=str(number)) for number in range(MAX_REFS + 1)]
        world.record(*notices)
        world.slack.will_answer(LIMITED)

        world.notify(
            order_of(*notices[:1_500], recipient=FLEETS_CHANNEL),
            order_of(*notices[1_500:], recipient=FLEETS_CHANNEL),
        )

        assert [len(each.refs) for each in world.queue.orders if isinstance(each, SendOrder)] == [
            MAX_REFS,
            1,
        ]

    def test_what_passes_is_tried_again_and_less_and_less_often(self, world: NoticeWorld) -> None:
        order = world.has_news()
        world.mailer.will_answer(*[AWAY] * 6)
        delays = []

        world.notify(order)
        while world.queue.orders:
            delays += [delay / timedelta(minutes=1) for delay in world.queue.delays]
            world.work_off()

        assert delays == [1, 2, 4, 8, 15, 15]
        assert world.delivery(order.refs[0], ADMIN).status is S.SENT

    def test_after_many_tries_the_operators_are_told(self) -> None:
        world = NoticeWorld(settings=some_notice_settings(max_tries=3))
        order = world.has_news()
        world.slack.refuse(FLEETS_CHANNEL.address, AWAY)

        world.notify(order)
        while world.queue.orders:
            world.work_off()

        assert world.delivery(order.refs[0], FLEETS_CHANNEL).status is S.FAILED
        assert world.delivery(order.refs[0], FLEETS_CHANNEL).tries == 3
        assert addresses(world.mailer.sent) == [ADMIN.address, OPERATORS.address]
        # It is no trouble of the channel's that Slack was out of reach.
        assert world.contacts.troubles([FLEETS_CHANNEL.address]) == {}

    def test_what_may_have_been_sent_is_not_sent_again(self, world: NoticeWorld) -> None:
        order = world.has_news()
        world.slack.will_answer(LOST)

        world.notify(order)
        world.notify(order)

        assert world.delivery(order.refs[0], FLEETS_CHANNEL).status is S.UNKNOWN
        assert len(world.slack.sent) == 1

    def test_a_mistake_of_ours_in_sending_counts_as_that(
        self, world: NoticeWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Broken(InMemorySlackChannel):
            def post(self, address: str, message: object) -> object:  # type: ignore[override]
                raise RuntimeError("a bug")

        order = world.has_news()
        world.slack = Broken()

        world.notify(order)

        assert world.delivery(order.refs[0], FLEETS_CHANNEL).status is S.UNKNOWN
        assert world.delivery(order.refs[0], ADMIN).status is S.SENT
        assert "notice_sending_broke" in caplog.messages

    def test_a_secret_that_cannot_be_read_means_that_nothing_was_sent(
        self, world: NoticeWorld
    ) -> None:
        class Locked(InMemorySlackChannel):
            def post(self, address: str, message: object) -> object:  # type: ignore[override]
                raise StoreUnavailable("The secret cannot be read.")

        order = world.has_news()
        world.slack = Locked()

        world.notify(order)

        assert world.delivery(order.refs[0], FLEETS_CHANNEL).status is S.WAITING

    def test_slacks_secret_that_cannot_be_read_keeps_no_mail_waiting(
        self, world: NoticeWorld
    ) -> None:
        class Locked(InMemorySlackChannel):
            def takes_presses(self) -> bool:
                raise StoreUnavailable("The secret cannot be read.")

            def post(self, address: str, message: object) -> object:  # type: ignore[override]
                raise StoreUnavailable("The secret cannot be read.")

        order = world.has_news()
        world.slack = Locked()

        assert world.notify(order).to_repeat == ()
        assert world.ends(order.refs[0]) == {FLEETS_CHANNEL: S.WAITING, ADMIN: S.SENT}

    def test_a_queue_that_takes_nothing_has_the_order_repeated(self, world: NoticeWorld) -> None:
        order = world.has_news()
        world.slack.will_answer(LIMITED)
        world.queue.is_down = True

        assert world.notify(order).to_repeat == (0,)
        assert world.notify(order).to_repeat == ()
        assert world.delivery(order.refs[0], FLEETS_CHANNEL).status is S.SENT

    def test_a_link_that_cannot_be_made_now_is_made_later(self) -> None:
        class Locked:
            def sign(self, claims: str) -> str:
                raise StoreUnavailable("The key is out of reach.")

            def is_genuine(self, claims: str, signature: str) -> bool:
                raise StoreUnavailable("The key is out of reach.")

        world = beside(asked())
        order = order_of(newest(world, NoticeKind.UPGRADE_APPROVAL_NEEDED))
        signer, world.signer = world.signer, Locked()  # type: ignore[assignment]

        assert world.notify(order).to_repeat == (0,)
        assert world.sent == []
        world.signer = signer
        assert world.notify(order).to_repeat == ()
        assert len(world.sent) == 2

    def test_a_notice_that_cannot_be_put_into_words_keeps_nobody_else_waiting(
        self, world: NoticeWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken = replace(
            a_done_notice(2), kind=NoticeKind.KEYS_RESTORED, facts={"jwt_until": "not a day"}
        )
        world.register(2, slack_channel="#two", salesforce_admin_email="two@acme.example")
        bad = replace(broken, kind=NoticeKind.FELL_BACK)
        order = world.record(bad)

        report = world.notify(order, world.has_news(1))

        assert report.to_repeat == (0,)
        assert "notice_not_composed" in caplog.messages
        assert set(world.ends(bad.ref).values()) == {S.WAITING}
        assert len(world.sent) == 2


class TestAChannelThatTakesNothing:
    @pytest.mark.parametrize(
        "failure",
        [
            NOT_FOUND,
            SendFailure(FailureKind.ACCESS, "token_revoked"),
            SendFailure(FailureKind.MESSAGE, "invalid_blocks"),
        ],
    )
    def test_the_operators_get_mail_that_says_why(
        self, failure: SendFailure, world: NoticeWorld
    ) -> None:
        order = world.has_news()
        world.slack.refuse(FLEETS_CHANNEL.address, failure)

        report = world.notify(order)

        assert report.to_repeat == ()
        assert world.ends(order.refs[0]) == {
            FLEETS_CHANNEL: S.FAILED,
            ADMIN: S.SENT,
            OPERATORS: S.SENT,
        }
        to_operators = world.mailer.sent[-1]
        assert isinstance(to_operators.message, Message)
        assert to_operators.message.footnotes == (
            f"Slack's channel #zoom takes no messages ({failure.error}), so this comes by mail.",
        )

    def test_it_is_known_of_the_channel_since_when_and_why(self, world: NoticeWorld) -> None:
        world.slack.refuse(FLEETS_CHANNEL.address, NOT_FOUND)
        world.notify(world.has_news())
        world.later(days=2)
        world.notify(world.has_news(2))

        trouble = world.contacts.troubles(["#zoom"])["#zoom"]
        assert (trouble.error, trouble.since) == ("channel_not_found", NOW)
        assert trouble.at == NOW + timedelta(days=2)

    def test_one_bad_message_is_no_trouble_of_the_channels(self, world: NoticeWorld) -> None:
        world.slack.will_answer(SendFailure(FailureKind.MESSAGE, "invalid_blocks"))
        world.notify(world.has_news())

        assert world.contacts.troubles(["#zoom"]) == {}

    def test_it_is_left_alone_for_a_day_and_the_operators_told_at_once(
        self, world: NoticeWorld
    ) -> None:
        world.slack.will_answer(NOT_FOUND)
        world.notify(world.has_news())
        order = world.has_news(2)
        world.later(hours=23)

        world.notify(order)

        assert world.slack.sent == []
        assert world.delivery(order.refs[0], FLEETS_CHANNEL).error == (
            "left alone: channel_not_found"
        )
        assert world.ends(order.refs[0])[OPERATORS] is S.SENT

    def test_after_a_day_it_is_tried_and_used_again(self, world: NoticeWorld) -> None:
        world.slack.will_answer(NOT_FOUND)
        world.notify(world.has_news())
        world.later(days=1)

        world.notify(world.has_news(2))

        assert len(world.slack.sent) == 1
        assert world.contacts.troubles(["#zoom"]) == {}

    def test_operators_who_are_told_anyway_are_told_once(self) -> None:
        world = NoticeWorld()
        world.register(1, salesforce_admin_email=OPERATORS.address)
        world.slack.refuse(FLEETS_CHANNEL.address, NOT_FOUND)

        world.notify(world.record(a_done_notice()))

        assert addresses(world.mailer.sent) == [OPERATORS.address]

    def test_a_webhook_is_named_as_that(self) -> None:
        world = NoticeWorld(settings=some_notice_settings(slack_channel=""))
        world.slack.refuse("", SendFailure(FailureKind.ADDRESS, "no_service"))
        world.notify(world.has_news())

        message = world.mailer.sent[-1].message
        assert isinstance(message, Message)
        assert message.footnotes[0].startswith("Slack's webhook takes no messages (no_service)")

    def test_where_operators_have_no_address_the_failure_is_all_there_is(self) -> None:
        world = NoticeWorld(settings=some_notice_settings(operators_email=""))
        order = world.has_news()
        world.slack.refuse(FLEETS_CHANNEL.address, NOT_FOUND)

        world.notify(order)

        assert world.ends(order.refs[0]) == {FLEETS_CHANNEL: S.FAILED, ADMIN: S.SENT}

    def test_who_gave_up_and_broke_down_before_telling_the_operators_is_made_up_for(
        self, world: NoticeWorld
    ) -> None:
        order = world.has_news()
        (claim,) = world.deliveries.claim(
            [DeliveryKey(order.refs[0], FLEETS_CHANNEL)], at=NOW, late={}
        )
        world.deliveries.finish([claim.delivery.ended(S.FAILED, NOW, error="is_archived")])

        world.notify(order)

        assert world.ends(order.refs[0])[OPERATORS] is S.SENT


class TestAnAddressThatTakesNothing:
    def test_the_operators_are_told_in_its_place(self, world: NoticeWorld) -> None:
        order = world.has_news()
        world.mailer.refuse(ADMIN.address, SendFailure(FailureKind.ADDRESS, "MessageRejected"))

        world.notify(order)

        assert world.ends(order.refs[0])[ADMIN] is S.FAILED
        assert addresses(world.mailer.sent) == [OPERATORS.address]

    def test_a_mail_service_that_lets_us_send_nothing_is_waited_for(
        self, world: NoticeWorld
    ) -> None:
        order = world.has_news()
        world.mailer.will_answer(SendFailure(FailureKind.ACCESS, "SendingPausedException"))

        world.notify(order)

        assert world.delivery(order.refs[0], ADMIN).status is S.WAITING

    def test_one_that_bounced_gets_nothing_and_the_operators_learn_of_it(
        self, world: NoticeWorld
    ) -> None:
        order = world.has_news()
        world.contacts.suppress(Suppression(ADMIN.address, "bounce", NOW))

        world.notify(order)

        assert world.ends(order.refs[0]) == {
            FLEETS_CHANNEL: S.SENT,
            ADMIN: S.SUPPRESSED,
            OPERATORS: S.SENT,
        }
        message = world.mailer.sent[0].message
        assert isinstance(message, Message)
        assert message.footnotes == (
            "The address of the salesforce admin takes no mail, so this comes to you.",
        )

    def test_operators_whose_own_address_bounced_get_nothing(self, world: NoticeWorld) -> None:
        order = world.has_news()
        for recipient in (ADMIN, OPERATORS):
            world.contacts.suppress(Suppression(recipient.address, "bounce", NOW))

        world.notify(order)

        assert world.mailer.sent == []


class TestMutes:
    def reminder(self, world: NoticeWorld, number: int = 1, **facts: str) -> SendOrder:
        world.register(number, status=OrgStatus.UPGRADE_REQUIRED)
        notice = Notice(
            org_id_of(number), 0, NoticeKind.DEADLINE_NEAR, NOW, "2026-07-21-d14",
            {"status": "upgrade_required", **facts},
        )  # fmt: skip
        return replace(world.record(notice), recipient=ADMIN)

    def test_a_reminder_that_is_muted_is_kept_with_the_reason(self, world: NoticeWorld) -> None:
        order = self.reminder(world)
        world.contacts.mute(Mute(org_id_of(1), "", date(2026, 7, 10), ADA, NOW))

        world.notify(order)

        assert world.sent == []
        delivery = world.delivery(order.refs[0], ADMIN)
        assert (delivery.status, delivery.error) == (S.SUPPRESSED, "muted until 2026-07-10")

    def test_after_its_day_people_are_reminded_again(self, world: NoticeWorld) -> None:
        order = self.reminder(world)
        world.contacts.mute(Mute(org_id_of(1), "", date(2026, 7, 1), ADA, NOW))

        world.notify(order)

        assert len(world.sent) == 1

    def test_a_mute_of_one_address_spares_nobody_else(self, world: NoticeWorld) -> None:
        order = self.reminder(world)
        world.contacts.mute(Mute("", ADMIN.address, None, ADA, NOW))

        world.notify(order, replace(order, recipient=FLEETS_CHANNEL))

        assert world.ends(order.refs[0]) == {ADMIN: S.SUPPRESSED, FLEETS_CHANNEL: S.SENT}

    def test_the_last_day_cannot_be_muted(self, world: NoticeWorld) -> None:
        order = self.reminder(world, final="yes")
        world.contacts.mute(Mute(org_id_of(1), "", None, ADA, NOW))

        world.notify(order)

        assert len(world.sent) == 1

    def test_neither_can_news(self, world: NoticeWorld) -> None:
        world.contacts.mute(Mute(org_id_of(1), "", None, ADA, NOW))

        world.notify(world.has_news())

        assert len(world.sent) == 2

    def test_what_an_operator_sends_again_on_purpose_is_sent(self, world: NoticeWorld) -> None:
        order = self.reminder(world)
        world.contacts.mute(Mute(org_id_of(1), "", None, ADA, NOW))

        world.notify(replace(order, again=1))

        assert len(world.sent) == 1

    def test_a_mail_that_can_be_muted_has_a_link_that_does_so(self, world: NoticeWorld) -> None:
        world.notify(self.reminder(world))

        url = world.mailer.sent[0].unsubscribe_url
        assert url.startswith(f"{BASE}/mute/mute-one.{org_id_of(1)}.")
        follow_mute_link(
            url.removeprefix(f"{BASE}/mute/"), ports=world.mute_ports, signer=world.signer
        )
        (mute,) = world.contacts.mutes([org_id_of(1)])
        assert (mute.org_id, mute.address, mute.until) == (org_id_of(1), ADMIN.address, None)

    def test_the_link_of_a_digest_is_about_all_orgs_of_its_reader(self, world: NoticeWorld) -> None:
        orders = [self.reminder(world, number) for number in (1, 2)]
        world.notify(*orders)

        url = world.mailer.sent[0].unsubscribe_url
        assert url.startswith(f"{BASE}/mute/mute-all.{org_id_of(1)}.")
        offer = follow_mute_link(
            url.removeprefix(f"{BASE}/mute/"), ports=world.mute_ports, signer=world.signer
        )
        assert offer.is_about_all_orgs
        assert offer.mute.address == ADMIN.address

    def test_what_cannot_be_muted_has_none(self, world: NoticeWorld) -> None:
        world.notify(world.has_news())

        assert world.mailer.sent[0].unsubscribe_url == ""

    def test_operators_have_a_command_for_it(self, world: NoticeWorld) -> None:
        world.notify(replace(self.reminder(world), recipient=OPERATORS))

        assert world.mailer.sent[0].unsubscribe_url == ""


class TestClaims:
    def test_what_somebody_else_is_sending_is_looked_at_again(self, world: NoticeWorld) -> None:
        order = world.has_news()
        world.deliveries.claim([DeliveryKey(order.refs[0], ADMIN)], at=NOW, late={})

        report = world.notify(order)

        assert report.to_repeat == (0,)
        assert addresses(world.sent) == [FLEETS_CHANNEL.address]

    def test_what_somebody_was_sending_who_broke_down_may_have_been_sent(
        self, world: NoticeWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        order = world.has_news()
        world.deliveries.claim([DeliveryKey(order.refs[0], ADMIN)], at=NOW, late={})
        world.later(minutes=10)

        report = world.notify(order)

        assert report.to_repeat == ()
        assert world.mailer.sent == []
        delivery = world.delivery(order.refs[0], ADMIN)
        assert (delivery.status, delivery.error) == (
            S.UNKNOWN,
            "whoever was sending it broke down",
        )
        assert "notice_may_be_sent" in caplog.messages

    def test_a_store_that_takes_no_claims_sends_nobody_anything(self, world: NoticeWorld) -> None:
        class Down:
            def claim(self, *_: object, **__: object) -> object:
                raise StoreUnavailable("out of reach")

        order = world.has_news()
        world.deliveries, deliveries = Down(), world.deliveries  # type: ignore[assignment]

        assert world.notify(order).to_repeat == (0,)
        assert world.sent == []
        world.deliveries = deliveries
        assert world.notify(order).to_repeat == ()

    def test_a_damaged_delivery_costs_no_other_recipient_anything(
        self, world: NoticeWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Damaged(InMemoryDeliveryRepository):
            def claim(
                self, keys: Sequence[DeliveryKey], *, at: datetime, late: Mapping[NoticeRef, int]
            ) -> list[Claim]:
                if keys[0].recipient == FLEETS_CHANNEL:
                    raise InvariantViolation("An item is damaged.")
                return super().claim(keys, at=at, late=late)

        order = world.has_news()
        world.deliveries = Damaged()

        assert world.notify(order).to_repeat == (0,)
        assert addresses(world.sent) == [ADMIN.address]
        assert "notice_not_claimed" in caplog.messages

    def test_an_end_that_cannot_be_stored_is_settled_later_without_sending_again(
        self, world: NoticeWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Forgetful:
            def __init__(self) -> None:
                self.claim = world.deliveries.claim

            def finish(self, *_: object) -> object:
                raise StoreUnavailable("out of reach")

        order, deliveries = world.has_news(), world.deliveries
        world.deliveries = Forgetful()  # type: ignore[assignment]

        assert world.notify(order).to_repeat == (0,)
        assert "delivery_not_stored" in caplog.messages
        world.deliveries = deliveries
        world.later(minutes=10)
        assert world.notify(order).to_repeat == ()
        assert set(world.ends(order.refs[0]).values()) == {S.UNKNOWN}
        assert len(world.sent) == 2


def test_no_address_of_a_person_is_logged(
    world: NoticeWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world.mailer.refuse(ADMIN.address, SendFailure(FailureKind.ADDRESS, "MessageRejected"))
    world.slack.will_answer(LIMITED)
    caplog.set_level("INFO")

    world.notify(world.has_news())

    assert caplog.records
    assert all("@" not in f"{vars(record)}" for record in caplog.records)


def test_an_event_about_a_deadline_is_no_order_because_recipients_get_one_of_their_own(
    world: NoticeWorld,
) -> None:
    world.register()
    notice = Notice(
        org_id_of(1), 0, NoticeKind.DEADLINE_NEAR, NOW, "2026-07-21-d14", {"status": "registered"}
    )

    world.notify(world.record(notice))

    assert world.sent == []
    assert Recipient(Channel.SLACK, "") not in world.ends(notice.ref)
