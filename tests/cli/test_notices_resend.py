"""``zoom-migrator notices resend``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import NOW
from tests.cli.conftest import ACTOR
from tests.cli.notice_desk import ORG, NoticeDesk, a_desk_where_consent_is_asked_for
from tests.notices import ADMIN, FLEETS_CHANNEL, ZOOM_ADMIN, a_done_notice
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.delivery import (
    DeliveryKey,
    DeliveryStatus,
    FailureKind,
    SendFailure,
)
from zoom_migrator.domain.mute import ChannelTrouble, Suppression
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.notice_order import SendOrder

DONE = ("resend", ORG, "upgrade_done")
LOST = SendFailure(FailureKind.UNKNOWN, "no_answer")
BUSY = SendFailure(FailureKind.RATE_LIMITED, "ratelimited")


@pytest.fixture
def desk() -> NoticeDesk:
    desk = NoticeDesk()
    desk.world.has_news()
    return desk


def test_a_notice_goes_once_more_to_everybody_whom_it_is_for(desk: NoticeDesk) -> None:
    result = desk.types(*DONE, "--yes")
    desk.world.work_off()

    assert result.exit_code == 0, result.output
    assert f"Look in a minute: `zoom-migrator notices list {ORG}`" in result.stdout
    ref = a_done_notice().ref
    for recipient in (FLEETS_CHANNEL, ADMIN):
        assert desk.world.delivery(ref, recipient, again=1).status is DeliveryStatus.SENT


def test_who_wanted_it_is_on_record(desk: NoticeDesk) -> None:
    desk.types(*DONE, "--yes")

    (entry,) = desk.world.orgs.audit_trail(ORG, limit=5)
    assert (entry.action, entry.actor) == (AuditAction.NOTICE_RESENT, ACTOR)


def test_one_way_alone(desk: NoticeDesk) -> None:
    document = desk.reads_json(*DONE, "--channel", "slack")

    assert document == {
        "org_id": ORG,
        "notice": "upgrade_done/1",
        "ordered_for": [{"channel": "slack", "address": "#zoom"}],
    }
    assert desk.world.queue.take() == [SendOrder((a_done_notice().ref,), FLEETS_CHANNEL, 1)]


def test_by_mail_to_everybody_who_gets_it_by_mail(desk: NoticeDesk) -> None:
    desk.world.record(Notice(ORG, 1, NoticeKind.CONNECTED, NOW))

    desk.types("resend", ORG, "connected", "--channel", "email", "--yes")

    recipients = [each.recipient for each in desk.world.queue.take() if isinstance(each, SendOrder)]
    assert recipients == [ZOOM_ADMIN, ADMIN] or recipients == [ADMIN, ZOOM_ADMIN]


def test_just_the_one_that_is_named(desk: NoticeDesk) -> None:
    desk.world.record(replace(a_done_notice(attempt=2), at=NOW.replace(hour=9)))

    desk.reads_json("resend", ORG, "upgrade_done/1")
    desk.reads_json("resend", ORG, "upgrade_done")

    refs = [each.refs[0].attempt for each in desk.world.queue.take() if isinstance(each, SendOrder)]
    assert refs == [1, 2]


def test_it_is_asked_about(desk: NoticeDesk) -> None:
    result = desk.types(*DONE, answers="n\n")

    assert result.exit_code == 1
    for part in (
        f"Acme 1 ({ORG}), upgrade_done/1",
        "Zoom is upgraded in Acme 1",
        "to slack #zoom",
        "to email salesforce.admin@acme.example",
        "Send it once more?",
    ):
        assert part in result.stdout
    assert desk.world.queue.take() == []


class TestCautions:
    def test_what_may_have_been_sent_may_arrive_twice(self, desk: NoticeDesk) -> None:
        desk.world.mailer.will_answer(LOST)
        desk.world.notify(SendOrder((a_done_notice().ref,)))

        text = desk.types(*DONE, answers="n\n").stdout

        assert "acme.example. It may have been sent, so it may arrive twice." in text
        assert "#zoom. It was sent, so it arrives twice." in text

    def test_what_is_tried_again_may(self, desk: NoticeDesk) -> None:
        desk.world.slack.will_answer(BUSY)
        desk.world.notify(SendOrder((a_done_notice().ref,)))

        assert "It is tried again by itself" in desk.types(*DONE, answers="n\n").stdout

    def test_what_is_being_sent_may(self, desk: NoticeDesk) -> None:
        key = DeliveryKey(a_done_notice().ref, ADMIN)
        desk.world.deliveries.claim([key], at=NOW, late={})

        assert "It is being sent at this moment" in desk.types(*DONE, answers="n\n").stdout

    def test_what_was_done_meanwhile_is_not_sent(self) -> None:
        desk = a_desk_where_consent_is_asked_for()
        desk.world.later(days=30)

        text = desk.types("resend", ORG, "upgrade_approval_needed", answers="n\n").stdout

        assert "It will not be sent: what it asks for was done, answered or withdrawn" in text

    def test_nothing_goes_to_an_address_that_is_stopped(self, desk: NoticeDesk) -> None:
        desk.world.contacts.suppress(Suppression(ADMIN.address, "complaint", NOW))
        desk.world.contacts.note_trouble(ChannelTrouble("#zoom", "not_in_channel", NOW, NOW))

        text = desk.types(*DONE, answers="n\n").stdout

        assert "Nothing is sent there any more (complaint); the operators are told by mail." in text
        assert "The channel takes nothing (not_in_channel)" in text

    def test_a_channel_that_is_due_to_be_tried_again_is_no_longer_pointed_out(
        self, desk: NoticeDesk
    ) -> None:
        desk.world.contacts.note_trouble(ChannelTrouble("#zoom", "not_in_channel", NOW, NOW))
        desk.world.later(days=1)

        assert "takes nothing" not in desk.types(*DONE, answers="n\n").stdout

    def test_no_link_is_shown(self) -> None:
        desk = a_desk_where_consent_is_asked_for()

        text = desk.types("resend", ORG, "upgrade_approval_needed", answers="n\n").stdout

        assert "migrator.example" not in text


class TestWhatCannotBeSentAgain:
    def test_what_there_is_not(self, desk: NoticeDesk) -> None:
        assert desk.types("resend", ORG, "migrated", "--yes").exit_code == 4
        assert desk.types("resend", ORG, "upgrade_done/7", "--yes").exit_code == 4

    def test_news_of_a_scan(self, desk: NoticeDesk) -> None:
        result = desk.types("resend", "fleet", "scan_finished", "--yes")

        assert result.exit_code == 4
        assert "zoom-migrator scan list" in result.stderr

    def test_what_goes_to_nobody(self, desk: NoticeDesk) -> None:
        del desk.parameters["SlackDefaultChannel"]
        by_slack = desk.reads_json(*DONE, "--channel", "slack", exit_code=7)
        desk.outputs["MailFrom"] = ""
        at_all = desk.reads_json(*DONE, exit_code=7)

        assert by_slack["error"]["message"].startswith("It goes to nobody by slack")
        assert at_all["error"]["message"].startswith("It goes to nobody at all")
        assert desk.world.queue.take() == []

    def test_anything_on_a_stack_that_is_older(self, desk: NoticeDesk) -> None:
        del desk.connection.__dict__["notice_queue"]

        result = desk.types(*DONE, "--yes")

        assert result.exit_code == 7
        assert "has no output NoticeQueueUrl" in result.stderr
        assert "Deploy the current template" in result.stderr

    def test_anything_while_the_queue_is_out_of_reach(self, desk: NoticeDesk) -> None:
        desk.world.queue.is_down = True

        assert desk.types(*DONE, "--yes").exit_code == 5
