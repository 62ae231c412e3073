"""``zoom-migrator notices list`` and ``show``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders import NOW, a_scan, org_id_of
from tests.cli.notice_desk import ORG, NoticeDesk, a_desk_where_consent_is_asked_for
from tests.cli.situations import HOSTILE
from tests.notices import ADMIN, FLEETS_CHANNEL, OPERATORS, a_done_notice
from zoom_migrator.domain.delivery import DeliveryKey, FailureKind, SendFailure
from zoom_migrator.domain.mute import Suppression
from zoom_migrator.domain.notice import Notice, NoticeKind, ref_of_scan
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.domain.scan import ScanStatus

LOST = SendFailure(FailureKind.UNKNOWN, "no_answer")
REFUSED = SendFailure(FailureKind.MESSAGE, "MessageRejected")
BUSY = SendFailure(FailureKind.RATE_LIMITED, "ratelimited", timedelta(seconds=30))
DONE = "upgrade_done/1"


@pytest.fixture
def desk() -> NoticeDesk:
    return NoticeDesk()


class TestListing:
    def test_to_whom_by_which_way_and_when(self, desk: NoticeDesk) -> None:
        desk.world.notify(desk.world.has_news())

        text = desk.types("list", ORG).stdout

        assert "upgrade_done/1" in text
        assert "slack #zoom: sent 2026-07-01 02:00 UTC" in text
        assert "email salesforce.admin@acme.example: sent 2026-07-01 02:00 UTC" in text

    def test_scripts_are_told_everything_of_each_delivery(self, desk: NoticeDesk) -> None:
        desk.world.notify(desk.world.has_news())

        (document,) = desk.reads_json("list", ORG)

        to_slack = document["deliveries"].pop()
        (by_mail,) = document.pop("deliveries")
        assert document == {
            "org_id": ORG,
            "name": "Acme 1",
            "notice": DONE,
            "kind": "upgrade_done",
            "attempt": 1,
            "milestone": None,
            "at": "2026-07-01T02:00:00+00:00",
            "importance": "news",
            "can_be_muted": False,
            "outcome": "told",
            "what_to_do": None,
        }
        assert (by_mail["channel"], by_mail["address"]) == ("email", ADMIN.address)
        assert to_slack == {
            "channel": "slack",
            "address": "#zoom",
            "again": 0,
            "status": "sent",
            "at": "2026-07-01T02:00:00+00:00",
            "tries": 1,
            "late_by_days": 0,
            "provider_id": "message-1",
            "error": None,
        }

    def test_all_orgs_and_the_fleet_newest_first(self, desk: NoticeDesk) -> None:
        world = desk.world
        for number in (1, 2):
            world.notify(world.has_news(number))
        _finish_a_scan(desk)
        later = replace(a_done_notice(1, attempt=2), at=NOW + timedelta(hours=1))
        world.record(later)

        found = desk.reads_json("list")

        assert [(each["org_id"], each["notice"]) for each in found] == [
            (ORG, "upgrade_done/2"),
            (org_id_of(2), DONE),
            (ORG, DONE),
            (None, "scan_finished/0/scan-20260701T020000Z-0001"),
        ]

    def test_the_fleet_alone(self, desk: NoticeDesk) -> None:
        desk.world.notify(desk.world.has_news())
        _finish_a_scan(desk)

        assert desk.outcomes("fleet") == [("scan_finished/0/scan-20260701T020000Z-0001", "told")]

    def test_a_kind_alone(self, desk: NoticeDesk) -> None:
        desk.world.has_news()
        desk.world.record(Notice(ORG, 1, NoticeKind.MIGRATED, NOW))

        assert [name for name, _ in desk.outcomes("--kind", "migrated")] == ["migrated/1"]
        assert desk.types("list", "--kind", "fell_back").stdout == "No such notice.\n"

    def test_older_ones_are_counted(self, desk: NoticeDesk) -> None:
        for attempt in (1, 2, 3):
            desk.world.record(a_done_notice(attempt=attempt))
        desk.world.register()

        assert "1 older ones are not shown" in desk.types("list", "--limit", "2").stdout
        assert len(desk.reads_json("list", "--limit", "2")) == 2

    def test_where_there_is_none_that_is_said(self, desk: NoticeDesk) -> None:
        desk.world.register()

        assert "No notice" in desk.types("list", ORG).stdout
        assert desk.reads_json("list") == []

    def test_an_org_that_is_not_registered_is_not_found(self, desk: NoticeDesk) -> None:
        assert desk.types("list", ORG).exit_code == 4
        assert desk.types("list", "fleets").exit_code == 4

    def test_names_full_of_markup_are_shown_as_they_are(self, desk: NoticeDesk) -> None:
        desk.world.notify(desk.world.has_news(display_name=HOSTILE))

        # A cell is narrow.
        assert "[red]Evil[/red]" in desk.types("list").stdout
        assert HOSTILE in desk.types("show", ORG, DONE).stdout


class TestWhatStandsOut:
    def test_what_may_have_been_sent(self, desk: NoticeDesk) -> None:
        desk.world.mailer.will_answer(LOST)
        desk.world.notify(desk.world.has_news())

        assert desk.outcomes("--undelivered") == [(DONE, "unknown")]
        text = desk.types("list").stdout
        assert "salesforce.admin@acme.example: unknown 2026-07-01 02:00 UTC, no_answer" in text
        assert f"if not: `zoom-migrator notices resend {ORG} {DONE}`" in text

    def test_what_failed(self, desk: NoticeDesk) -> None:
        desk.world.mailer.will_answer(REFUSED)
        desk.world.notify(desk.world.has_news())

        assert desk.outcomes("--undelivered") == [(DONE, "failed")]
        text = desk.types("list").stdout
        assert "salesforce.admin@acme.example: failed" in text
        assert f"email {OPERATORS.address}: sent" in text
        assert "zoom-migrator notices addresses" in text

    def test_what_is_tried_again(self, desk: NoticeDesk) -> None:
        desk.world.slack.will_answer(BUSY)
        desk.world.notify(desk.world.has_news())

        assert desk.outcomes("--undelivered") == [(DONE, "on_its_way")]
        assert "slack #zoom: waiting 2026-07-01 02:00 UTC, ratelimited" in desk.types("list").stdout

    def test_where_whoever_sent_it_broke_down(self, desk: NoticeDesk) -> None:
        order = desk.world.has_news()
        key = DeliveryKey(order.refs[0], FLEETS_CHANNEL)
        desk.world.deliveries.claim([key], at=NOW, late={})
        assert desk.outcomes() == [(DONE, "on_its_way")]

        desk.world.later(minutes=11)

        assert desk.outcomes("--undelivered") == [(DONE, "unknown")]
        assert "broke down, so it may have been sent" in desk.types("list").stdout

    def test_where_nobody_can_be_told(self, desk: NoticeDesk) -> None:
        desk.world.has_news()
        desk.outputs["MailFrom"] = ""
        desk.parameters.clear()

        assert desk.outcomes("--undelivered") == [(DONE, "nobody")]
        assert "No channel leads to anybody" in desk.types("list").stdout

    def test_what_was_never_taken(self, desk: NoticeDesk) -> None:
        desk.world.has_news()
        assert desk.reads_json("list")[0]["what_to_do"] is None

        desk.world.later(hours=1)

        assert "events-not-published" in desk.reads_json("list")[0]["what_to_do"]

    def test_an_address_that_is_stopped_where_nobody_else_was_told(self, desk: NoticeDesk) -> None:
        for address in (ADMIN.address, OPERATORS.address):
            desk.world.contacts.suppress(Suppression(address, "bounce", NOW))
        order = desk.world.has_news()

        desk.world.notify(replace(order, recipient=ADMIN))

        assert desk.outcomes("--undelivered") == [(DONE, "failed")]
        assert "nothing is sent to this address any more (bounce)" in desk.types("list").stdout

    def test_what_went_well_the_second_time_does_not(self, desk: NoticeDesk) -> None:
        desk.world.mailer.will_answer(REFUSED)
        order = desk.world.has_news()
        desk.world.notify(order)

        desk.world.notify(replace(order, recipient=ADMIN, again=1))

        assert desk.outcomes("--undelivered") == []
        assert "sent 2026-07-01 02:00 UTC, again (1)" in desk.types("list").stdout

    def test_what_was_not_to_be_sent_does_not(self, desk: NoticeDesk) -> None:
        # Nobody waits for an answer.
        desk.world.register()
        desk.world.notify(
            desk.world.record(Notice(ORG, 1, NoticeKind.UPGRADE_APPROVAL_NEEDED, NOW))
        )

        assert desk.outcomes() == [("upgrade_approval_needed/1", "suppressed")]
        assert desk.outcomes("--undelivered") == []
        assert desk.types("list", "--undelivered").stdout == "No such notice.\n"

    def test_news_of_a_scan_that_failed_leads_to_the_scan(self, desk: NoticeDesk) -> None:
        desk.world.slack.will_answer(LOST)
        _finish_a_scan(desk)

        (found,) = desk.reads_json("list", "fleet")

        assert found["outcome"] == "unknown"
        assert found["what_to_do"].endswith("`zoom-migrator scan show scan-20260701T020000Z-0001`.")


class TestShowing:
    def test_the_words_of_its_mail(self, desk: NoticeDesk) -> None:
        desk.world.notify(desk.world.has_news())

        text = desk.types("show", ORG, "upgrade_done").stdout

        assert "Acme 1, upgrade_done/1: told" in text
        assert "slack #zoom: sent" in text
        assert "What the Salesforce admin reads" in text
        assert "\nSubject: Zoom is upgraded in Acme 1" in text
        assert "Org id:" in text

    def test_for_another_reader(self, desk: NoticeDesk) -> None:
        desk.world.has_news()

        document = desk.reads_json("show", ORG, DONE, "--reader", "operators")

        assert document["message"]["reader"] == "operators"
        assert document["facts"]["version_now"] == "3.30"

    def test_without_the_link_in_it(self) -> None:
        desk = a_desk_where_consent_is_asked_for()

        text = desk.types("show", ORG, "upgrade_approval_needed").stdout

        assert "[the link; --link shows it]" in text
        assert "/approve/" not in text
        assert "/approve/" not in str(desk.reads_json("show", ORG, "upgrade_approval_needed"))

    def test_with_it_where_it_is_asked_for(self) -> None:
        desk = a_desk_where_consent_is_asked_for()

        document = desk.reads_json("show", ORG, "upgrade_approval_needed/1", "--link")

        (link,) = [line for line in document["message"]["text"].splitlines() if "/approve/" in line]
        assert link.startswith(f"https://migrator.example/approve/upgrade.{ORG}.1.")
        assert not document["message"]["is_over"]

    def test_that_it_would_not_be_sent_any_more(self) -> None:
        desk = a_desk_where_consent_is_asked_for()
        desk.world.later(days=30)

        text = desk.types("show", ORG, "upgrade_approval_needed").stdout

        assert "It would not be sent any more" in text

    def test_of_a_deadline(self, desk: NoticeDesk) -> None:
        desk.world.register()
        desk.world.remind()
        desk.world.work_off()

        document = desk.reads_json("show", ORG, "deadline_near")

        assert document["milestone"] == "2026-07-21-d30"
        assert document["deliveries"][0]["late_by_days"] == 10
        assert "20 days" in document["message"]["text"]

    def test_of_a_deadline_that_was_moved(self, desk: NoticeDesk) -> None:
        desk.world.register()
        desk.world.remind()
        desk.world.change(deadline=date(2027, 1, 1))

        text = desk.types("show", ORG, "deadline_near").stdout

        assert "It would not be sent any more" in text

    def test_of_a_scan(self, desk: NoticeDesk) -> None:
        _finish_a_scan(desk)

        document = desk.reads_json("show", "fleet", "scan_finished")

        assert document["org_id"] is None
        assert document["message"]["reader"] == "operators"
        assert "Acme" not in document["message"]["text"]
        assert "fleet, scan_finished/0/" in desk.types("show", "fleet", "scan_finished").stdout

    def test_of_a_scan_that_is_gone(self, desk: NoticeDesk) -> None:
        _finish_a_scan(desk)
        desk.connection.__dict__["scans"] = type(desk.world.scans)()

        result = desk.types("show", "fleet", "scan_finished")

        assert result.exit_code == 4
        assert "is not stored any more" in result.stderr

    @pytest.mark.parametrize("name", ["migrated", "upgrade_done/2", "upgrade_done/1/3"])
    def test_one_that_there_is_not_is_not_found(self, desk: NoticeDesk, name: str) -> None:
        desk.world.has_news()

        result = desk.types("show", ORG, name)

        assert result.exit_code == 4
        assert f"no notice {name} of org {ORG}" in result.stderr

    @pytest.mark.parametrize("name", ["upgraded", "upgrade_done/x", "", "upgrade_done/-1"])
    def test_a_name_that_can_be_none_is_refused(self, desk: NoticeDesk, name: str) -> None:
        result = desk.types("show", ORG, name)

        assert result.exit_code == 2
        assert "KIND/ATTEMPT" in result.stderr


def _finish_a_scan(desk: NoticeDesk) -> None:
    """Have a scan end that found something new, and people told of it."""
    scan = replace(
        a_scan(), status=ScanStatus.COMPLETED, ended_at=NOW - timedelta(hours=1), status_changes=1
    )
    desk.world.scans.save(scan)
    before = desk.world.clock.now()
    desk.world.clock.advance(NOW - timedelta(hours=1) - before)
    desk.world.notify(SendOrder((ref_of_scan(scan.scan_id),)))
    desk.world.clock.advance(before - desk.world.clock.now())
