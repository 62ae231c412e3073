"""``zoom-migrator notices mute``, ``unmute`` and ``addresses``."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders import NOW
from tests.cli.conftest import ACTOR
from tests.cli.notice_desk import ORG, NoticeDesk
from tests.cli.situations import HOSTILE
from tests.notices import ADMIN, OPERATORS, addresses
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.mute import ChannelTrouble, Mute, Suppression

UNTIL = ("--until", "2026-08-01")
MUTE = ("mute", ORG, *UNTIL)
BOUNCE = Suppression(ADMIN.address, "bounce", NOW, "550 5.1.1 user unknown")
COMPLAINT = Suppression(OPERATORS.address, "complaint", NOW)
TROUBLE = ChannelTrouble("#zoom", "not_in_channel", since=NOW - timedelta(days=2), at=NOW)
BY_MAIL = Mute("", ADMIN.address, None, f"person:{ADMIN.address}", NOW, "unsubscribed by mail")


@pytest.fixture
def desk() -> NoticeDesk:
    desk = NoticeDesk()
    desk.world.register()
    return desk


def mutes(desk: NoticeDesk) -> list[Mute]:
    return desk.world.contacts.mutes([ORG])


class TestMuting:
    def test_nobody_is_reminded_of_an_org_until_a_day(self, desk: NoticeDesk) -> None:
        result = desk.types(*MUTE, "--reason", "change freeze")

        assert result.exit_code == 0, result.output
        assert mutes(desk) == [Mute(ORG, "", date(2026, 8, 1), ACTOR, NOW, "change freeze")]
        desk.world.remind()
        desk.world.work_off()
        assert desk.world.sent == []

    def test_it_says_what_is_sent_all_the_same(self, desk: NoticeDesk) -> None:
        text = desk.types(*MUTE).stdout

        assert "Nobody is reminded of Acme 1 before 2026-08-01" in text
        assert "Sent all the same: requests, results, failures, and the reminder of the day" in text
        assert "Before that day, on 2026-07-21, JWT ends for the org." in text

    def test_a_day_before_the_deadline_needs_no_warning(self, desk: NoticeDesk) -> None:
        assert "Before that day" not in desk.types("mute", ORG, "--until", "2026-07-20").stdout

    def test_scripts_are_told_which_kinds(self, desk: NoticeDesk) -> None:
        document = desk.reads_json(*MUTE)

        kinds = document.pop("muted_kinds")
        assert document == {
            "org_id": ORG,
            "name": "Acme 1",
            "address": None,
            "until": "2026-08-01",
            "by": ACTOR,
            "at": "2026-07-01T02:00:00+00:00",
            "reason": None,
            "jwt_ends": "2026-07-21",
        }
        assert "deadline_near" in kinds
        assert "upgrade_approval_needed" not in kinds

    def test_who_did_it_and_why_is_on_record(self, desk: NoticeDesk) -> None:
        desk.types(*MUTE, "--reason", "change freeze")

        (entry,) = desk.world.orgs.audit_trail(ORG, limit=3)
        assert (entry.action, entry.actor) == (AuditAction.NOTICES_MUTED, ACTOR)
        assert entry.detail == "until 2026-08-01; change freeze"

    def test_of_all_orgs_is_asked_about(self, desk: NoticeDesk) -> None:
        result = desk.types("mute", "--all", *UNTIL, answers="n\n")

        assert result.exit_code == 1
        assert "Have nobody reminded of any org until 2026-08-01?" in result.stdout
        assert mutes(desk) == []

    def test_of_all_orgs(self, desk: NoticeDesk) -> None:
        text = desk.types("mute", "--all", *UNTIL, "--yes").stdout

        assert "Nobody is reminded of any org before 2026-08-01" in text
        assert "JWT ends for the fleet" in text
        assert mutes(desk) == [Mute("", "", date(2026, 8, 1), ACTOR, NOW)]

    @pytest.mark.parametrize(
        "words",
        [
            ("mute", ORG),
            ("mute", *UNTIL),
            ("mute", ORG, "--all", *UNTIL),
            ("mute", ORG, "--until", "2026-07-01"),
            ("mute", ORG, "--until", "tomorrow"),
            ("mute", ORG, *UNTIL, "--reason", "\t"),
            ("unmute",),
            ("unmute", ORG, "--all"),
            ("unmute", "--all", "--address", "ada@acme.example"),
        ],
        ids=" ".join,
    )
    def test_what_is_not_meant_by_anybody_is_refused(
        self, desk: NoticeDesk, words: tuple[str, ...]
    ) -> None:
        assert desk.types(*words).exit_code == 2
        assert mutes(desk) == []

    def test_an_org_that_is_not_registered_is_not_found(self) -> None:
        assert NoticeDesk().types(*MUTE).exit_code == 4


class TestUnmuting:
    def test_people_are_reminded_again(self, desk: NoticeDesk) -> None:
        desk.types(*MUTE)

        text = desk.types("unmute", ORG).stdout

        assert text == "Acme 1 is not muted any more.\n"
        assert mutes(desk) == []

    def test_whoever_has_unsubscribed_stays_so(self, desk: NoticeDesk) -> None:
        desk.world.contacts.mute(BY_MAIL)
        desk.types(*MUTE)

        text = desk.types("unmute", ORG).stdout

        assert "Still not reminded: salesforce.admin@acme.example, about all orgs, for good" in text

    def test_unless_they_are_named(self, desk: NoticeDesk) -> None:
        desk.world.contacts.mute(BY_MAIL)

        document = desk.reads_json("unmute", ORG, "--address", ADMIN.address)

        assert document == {"org_id": ORG, "was_muted": True, "still_muted": []}

    def test_of_all_orgs(self, desk: NoticeDesk) -> None:
        desk.types("mute", "--all", *UNTIL, "--yes")
        desk.types(*MUTE)

        assert desk.types("unmute", "--all").stdout == "All orgs are not muted any more.\n"
        assert [mute.org_id for mute in mutes(desk)] == [ORG]

    def test_where_nothing_was_muted_that_is_said(self, desk: NoticeDesk) -> None:
        assert "Acme 1 is not muted by that." in desk.types("unmute", ORG).stdout
        assert not desk.reads_json("unmute", "--all")["was_muted"]


class TestWhatKeepsPeopleFromBeingTold:
    def test_where_it_is_nothing_that_is_said(self, desk: NoticeDesk) -> None:
        assert desk.types("addresses").stdout == "Nothing keeps anybody from being told.\n"

    def test_all_of_it_is_shown(self, desk: NoticeDesk) -> None:
        _trouble(desk)
        desk.types(*MUTE, "--reason", "change freeze")

        text = desk.types("addresses").stdout

        for part in (
            "bounce: 550 5.1.1 user unknown",
            "the operators",
            "complaint",
            "not_in_channel, tried once more after 2026-07-02 02:00 UTC",
            "Acme 1",
            "everybody, until 2026-08-01",
            f"change freeze, by {ACTOR}",
            "salesforce.admin@acme.example, about all orgs, for good",
        ):
            assert part in text

    def test_scripts_are_told_the_same(self, desk: NoticeDesk) -> None:
        _trouble(desk)

        document = desk.reads_json("addresses")

        assert document["addresses"][1] == {
            "address": ADMIN.address,
            "cause": "bounce",
            "since": "2026-07-01T02:00:00+00:00",
            "said": "550 5.1.1 user unknown",
            "orgs": [ORG],
        }
        assert document["slack_channels"] == [
            {
                "channel": "#zoom",
                "error": "not_in_channel",
                "since": "2026-06-29T02:00:00+00:00",
                "last_refused_at": "2026-07-01T02:00:00+00:00",
                "orgs": [ORG],
            }
        ]
        assert [each["address"] for each in document["mutes"]] == [ADMIN.address]

    def test_a_mute_that_is_over_is_not(self, desk: NoticeDesk) -> None:
        desk.types(*MUTE)
        desk.world.later(days=31)

        assert desk.reads_json("addresses")["mutes"] == []

    def test_channels_of_orgs_are_looked_at(self, desk: NoticeDesk) -> None:
        desk.world.change(slack_channel="C012AB3CD")
        desk.world.contacts.note_trouble(ChannelTrouble("C012AB3CD", "is_archived", NOW, NOW))
        desk.world.contacts.note_trouble(ChannelTrouble("", "no_service", NOW, NOW))

        found = desk.reads_json("addresses")["slack_channels"]

        assert [(each["channel"], each["orgs"]) for each in found] == [
            ("webhook", []),
            ("C012AB3CD", [ORG]),
        ]

    def test_names_full_of_markup_are_shown_as_they_are(self, desk: NoticeDesk) -> None:
        desk.world.change(display_name=HOSTILE)
        _trouble(desk)

        assert HOSTILE in desk.types("addresses").stdout
        assert HOSTILE in desk.types(*MUTE).stdout
        assert HOSTILE in desk.types("unmute", ORG).stdout


class TestLifting:
    def test_an_address_is_sent_to_again(self, desk: NoticeDesk) -> None:
        _trouble(desk)

        result = desk.types("addresses", "--allow", f" {ADMIN.address.upper()} ", "--yes")

        assert result.exit_code == 0, result.output
        assert "Nothing is sent to salesforce.admin@acme.example since" in result.stdout
        assert "is sent to again" in result.stdout
        assert "delete-suppressed-destination" in result.stdout
        desk.world.notify(desk.world.has_news(2))
        assert ADMIN.address in addresses(desk.world.mailer.sent)

    def test_who_did_it_is_on_record(self, desk: NoticeDesk) -> None:
        _trouble(desk)

        desk.types("addresses", "--allow", ADMIN.address, "--yes")

        (entry,) = desk.world.orgs.audit_trail(ORG, limit=3)
        assert (entry.action, entry.actor) == (AuditAction.NOTICES_UNMUTED, ACTOR)

    def test_it_is_asked_about_and_a_complaint_is_pointed_out(self, desk: NoticeDesk) -> None:
        _trouble(desk)

        result = desk.types("addresses", "--allow", OPERATORS.address, answers="n\n")

        assert result.exit_code == 1
        assert "Its owner called a mail spam" in result.stdout
        assert desk.world.contacts.suppressed([OPERATORS.address])

    def test_a_channel_is_tried_at_once(self, desk: NoticeDesk) -> None:
        _trouble(desk)

        text = desk.types("addresses", "--allow", "#zoom", answers="y\n").stdout

        assert "#zoom has taken nothing since 2026-06-29 02:00 UTC: not_in_channel." in text
        assert "suppressed-destination" not in text
        assert desk.world.contacts.troubles(["#zoom"]) == {}

    def test_so_is_the_webhooks(self, desk: NoticeDesk) -> None:
        desk.world.contacts.note_trouble(ChannelTrouble("", "no_service", NOW, NOW))

        assert desk.reads_json("addresses", "--allow", "webhook") == {
            "channel": "slack",
            "address": None,
            "lifted": True,
        }
        assert "webhook's channel was not stopped" in (
            desk.types("addresses", "--allow", "webhook").stdout
        )

    def test_what_was_not_stopped_is_said_so(self, desk: NoticeDesk) -> None:
        result = desk.types("addresses", "--allow", ADMIN.address)

        assert (result.exit_code, result.stdout) == (0, f"{ADMIN.address} was not stopped.\n")
        assert not desk.reads_json("addresses", "--allow", ADMIN.address)["lifted"]


def _trouble(desk: NoticeDesk) -> None:
    desk.world.contacts.suppress(BOUNCE)
    desk.world.contacts.suppress(COMPLAINT)
    desk.world.contacts.note_trouble(TROUBLE)
    desk.world.contacts.mute(BY_MAIL)
