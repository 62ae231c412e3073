"""What people read: of every kind, for every reader, before and after the deadline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.event_kinds import FACTS_OF
from scripts.example_org import DEADLINE, REGISTRATION
from scripts.notice_examples import notices
from scripts.render_notices import telling_of, telling_of_scan
from zoom_migrator.domain.consequences import deadline_in_short, what_stops
from zoom_migrator.domain.dates import day
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import RULES, Audience
from zoom_migrator.domain.notice_message import Message
from zoom_migrator.domain.notice_words import MAX_PREHEADER, MAX_SUBJECT, message_of
from zoom_migrator.domain.org import Environment, ZoomProduct
from zoom_migrator.domain.silence import SILENT_REFUSALS
from zoom_migrator.domain.telling import Telling, masked, quoted

K = NoticeKind
TELLINGS = {notice.kind: telling_of(notice) for notice in notices()} | {
    K.SCAN_FINISHED: telling_of_scan()
}
REQUESTS = [kind for kind in K if RULES[kind].action]
# What somebody could lay a message out with, or take over a channel or a mailbox by.
HOSTILE = "<!channel> *Acme* <b>&amp;</b> {{7*7}}\r\nBcc: x@evil.example\n\n\u202e"


def texts_of(message: Message) -> Iterator[str]:
    yield message.subject
    yield message.preheader
    yield from message.paragraphs
    yield from message.steps
    yield message.who
    yield from message.obstacles
    yield from message.footnotes
    yield from (value for _, value in message.facts)


def said(message: Message) -> str:
    return "\n".join(texts_of(message))


def variants(kind: NoticeKind) -> Iterator[Telling]:
    telling = TELLINGS[kind]
    yield telling
    required, _ = FACTS_OF.get(kind, ((), ()))
    yield replace(telling, facts={name: telling.facts[name] for name in required})
    for reader in Audience:
        yield replace(telling, reader=reader, because="Slack's channel #x takes no messages.")
    for days_left in (60, 1, 0, -1, -1_000):
        today = telling.deadline - timedelta(days=days_left)
        yield replace(telling, today=today, late_by_days=3)


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_message_is_complete_and_short_enough(kind: NoticeKind) -> None:
    for telling in variants(kind):
        message = message_of(telling)

        assert 0 < len(message.subject) <= MAX_SUBJECT
        assert 0 < len(message.preheader) <= MAX_PREHEADER
        assert message.paragraphs
        assert len(message.steps) <= 3
        assert bool(message.steps) <= bool(message.who)
        assert all(text == text.strip() and text for text in texts_of(message) if text != "")
        assert not re.search(r"  |\bNone\b|\{|\}|``|\.\.", said(message))


@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind is not K.SCAN_FINISHED])
def test_every_message_names_its_org(kind: NoticeKind) -> None:
    message = message_of(TELLINGS[kind])

    assert REGISTRATION.display_name in message.subject
    assert ("Org id", REGISTRATION.org_id) in message.facts
    assert message.org == REGISTRATION.display_name


@pytest.mark.parametrize("kind", REQUESTS)
def test_whoever_is_asked_learns_what_stops_on_which_day_and_until_when_an_answer_counts(
    kind: NoticeKind,
) -> None:
    text = said(message_of(TELLINGS[kind]))

    assert day(DEADLINE) in text
    assert "15 July 2026" in text


@pytest.mark.parametrize("kind", REQUESTS)
def test_whoever_is_asked_is_told_who_has_to_act_and_whether_the_link_may_be_passed_on(
    kind: NoticeKind,
) -> None:
    message = message_of(TELLINGS[kind])

    assert message.steps
    assert re.search(r"forward|of no use to anybody else", message.who)


@pytest.mark.parametrize("kind", [K.AUTHORIZATION_NEEDED, K.AUTHORIZATION_REMINDER])
def test_zooms_own_error_pages_are_explained_to_whoever_is_to_consent(kind: NoticeKind) -> None:
    message = message_of(TELLINGS[kind])

    for refusal in SILENT_REFUSALS:
        assert any(refusal.shown in obstacle for obstacle in message.obstacles)
    assert "Oops" in said(message)
    assert "Can't find verify code in cache" in said(message)
    assert "forward this message" in message.who


def test_a_salesforce_admin_who_is_asked_to_consent_learns_why() -> None:
    telling = TELLINGS[K.AUTHORIZATION_NEEDED]

    admin = message_of(replace(telling, reader=Audience.SALESFORCE_ADMIN))

    assert "no Zoom admin of this org is known besides you" in admin.who


def test_a_reminder_tells_of_the_last_setback() -> None:
    message = message_of(TELLINGS[K.AUTHORIZATION_REMINDER])

    assert "another e-mail address than the one expected" in message.paragraphs[0]


def test_an_upgrade_by_hand_has_steps_with_and_without_a_link() -> None:
    telling = TELLINGS[K.UPGRADE_BY_HAND_NEEDED]
    facts = {name: fact for name, fact in telling.facts.items() if name != "install_link"}
    assert telling.org is not None
    sandbox = replace(telling.org, environment=Environment.SANDBOX)

    assert message_of(telling).steps[0].startswith("Open the link")
    without = message_of(replace(telling, facts=facts, org=sandbox)).steps
    assert "AppExchange" in without[0]
    assert "install in sandbox" in without[1]


def test_the_remedys_command_is_a_step_of_the_operators_for_this_org() -> None:
    (first, last) = message_of(TELLINGS[K.UPGRADE_BLOCKED]).steps

    assert first.startswith("Open a case with Salesforce Support")
    assert "(above)" in first
    assert last == (
        "Tell whoever operates the migrator, who goes on with"
        f" `zoom-migrator migrate resume {REGISTRATION.org_id}`."
    )


def test_who_said_no_is_not_told_that_a_link_follows() -> None:
    telling = TELLINGS[K.DISCONNECTED]
    facts = {
        "detail": "The request to authorize was declined at Zoom, and nobody authorized since.",
        "remedy": "Find out why; when they agree: `zoom-migrator migrate start`.",
    }

    message = message_of(replace(telling, facts=facts))

    assert message.steps == (
        f"Find out why; when they agree: `zoom-migrator migrate start {REGISTRATION.org_id}`.",
    )


def test_keys_are_not_offered_back_once_jwt_has_ended() -> None:
    telling = TELLINGS[K.DISCONNECTED]

    over = replace(telling, today=telling.deadline + timedelta(days=1))

    assert "put the old key" in said(message_of(telling))
    assert "put the old key" not in said(message_of(over))


def test_whoever_is_asked_about_keys_is_sent_to_zoom_config_only_where_that_is_needed() -> None:
    telling = TELLINGS[K.CLEANUP_APPROVAL_NEEDED]
    proven = replace(telling, facts={**telling.facts, "needs_confirmation": "no"})

    assert len(message_of(telling).steps) == 3
    assert "Zoom Config" in message_of(telling).steps[0]
    assert "Zoom Config" not in said(message_of(proven))


@pytest.mark.parametrize(
    ("waits_for", "status", "expected"),
    [
        ("approve", "upgrade_approval_pending", "its Salesforce admin to approve the upgrade"),
        ("authorize", "authorization_pending", "a Zoom admin to connect it"),
        ("cleanup", "cleanup_approval_pending", "what becomes of the old keys"),
        ("", "upgrade_required", "its migration to begin"),
        ("", "registered", "its first check"),
        ("", "upgrading", "what is under way to end"),
        ("", "blocked", "somebody to mend what blocks it"),
        ("", "something_new", "its migration to begin"),
        ("something_new", "", "its migration to begin"),
    ],
)
def test_a_deadline_says_what_the_org_waits_for(waits_for: str, status: str, expected: str) -> None:
    facts = {"waits_for": waits_for, "status": status}

    message = message_of(replace(TELLINGS[K.DEADLINE_NEAR], facts=facts))

    assert any(expected in paragraph for paragraph in message.paragraphs)
    assert message.steps


def test_what_comes_late_says_so_with_its_day() -> None:
    message = message_of(replace(TELLINGS[K.DEADLINE_NEAR], late_by_days=2))

    assert message.footnotes[0] == (
        "This was to reach you on 29 June 2026 and comes 2 days late, because the migrator could"
        " not send it before, or its deadline was moved."
    )


def test_a_reminder_of_the_last_day_that_had_to_wait_is_one_of_a_deadline_that_has_passed() -> None:
    telling = TELLINGS[K.DEADLINE_NEAR]
    waited = replace(telling, today=telling.deadline + timedelta(days=1))

    assert message_of(waited).subject == "Overdue: Aster Foods is still not on OAuth"


def test_how_to_hear_less_is_said_where_that_is_possible() -> None:
    operators = replace(TELLINGS[K.DEADLINE_NEAR], reader=Audience.OPERATORS, late_by_days=0)
    final = replace(operators, facts={**operators.facts, "final": "yes"})

    assert message_of(operators).footnotes == (
        f"To be reminded later: `zoom-migrator notices mute {REGISTRATION.org_id} --until DATE`.",
    )
    assert message_of(operators).is_mutable
    assert message_of(final).footnotes == ()
    assert not message_of(final).is_mutable


def test_why_it_comes_by_another_way_is_said() -> None:
    telling = replace(TELLINGS[K.MIGRATED], because="Slack's channel #x takes no messages.")

    assert "Slack's channel #x takes no messages." in message_of(telling).footnotes


@pytest.mark.parametrize(
    ("days_left", "expected"),
    [
        (2, "on 21 July 2026, in 2 days"),
        (1, "on 21 July 2026, in 1 day"),
        (0, "Today, 21 July 2026, is the last day"),
        (-1, "on 21 July 2026, 1 day ago"),
        (-1_048, "1,048 days ago"),
    ],
)
def test_what_stops_is_said_for_each_day(days_left: int, expected: str) -> None:
    today = DEADLINE - timedelta(days=days_left)

    assert expected in what_stops(replace(TELLINGS[K.MIGRATED], today=today))
    assert deadline_in_short(DEADLINE, today)


@pytest.mark.parametrize("product", ZoomProduct)
def test_what_stops_is_said_for_the_products_that_the_org_uses(product: ZoomProduct) -> None:
    telling = TELLINGS[K.MIGRATED]
    assert telling.org is not None
    words = {"meetings": "meetings", "phone": "Zoom Phone", "webinar": "webinars"}

    text = what_stops(replace(telling, org=replace(telling.org, products=(product,))))

    for each in ZoomProduct:
        assert (words[each] in text) is (each is product)


def test_a_scan_tells_its_counts_and_where_to_look() -> None:
    failed = replace(
        TELLINGS[K.SCAN_FINISHED], facts={"org_count": "3", "failure": "The scan timed out."}
    )

    message = message_of(TELLINGS[K.SCAN_FINISHED])
    assert message.subject == "1,000 orgs scanned"
    assert ("To be upgraded", "31") in message.facts
    assert "zoom-migrator scan show" in message.steps[0]
    assert message_of(failed).subject == "The scan of 3 orgs failed"
    assert message_of(failed).paragraphs == ("The scan timed out.",)


@pytest.mark.parametrize("kind", NoticeKind)
def test_what_others_have_written_lays_out_no_message(kind: NoticeKind) -> None:
    telling = TELLINGS[kind]
    facts = {
        name: HOSTILE if not re.fullmatch(r"until|jwt_until|restore_until|deadline|due_on", name)
        else fact
        for name, fact in telling.facts.items()
        if name not in ("org_count", "status_changes")
    }  # fmt: skip
    org = replace(telling.org, display_name=HOSTILE) if telling.org else None

    for text in texts_of(message_of(replace(telling, facts=facts, org=org))):
        assert text.isprintable()


@given(st.text(max_size=2_000))
def test_whatever_somebody_said_is_one_line_that_is_not_too_long(text: str) -> None:
    line = quoted(text)

    assert len(line) <= 301
    assert len(line.splitlines()) <= 1


@pytest.mark.parametrize("kind", NoticeKind)
def test_no_message_shows_an_address_in_full(kind: NoticeKind) -> None:
    text = said(message_of(TELLINGS[kind]))

    for address in (REGISTRATION.salesforce_admin_email, REGISTRATION.zoom_admin_email):
        assert address not in text
    if "@aster.example" in text and kind is not K.AUTHORIZATION_BLOCKED:
        assert masked(REGISTRATION.zoom_admin_email) in text or "a•••@aster.example" in text


def test_an_address_is_shown_by_its_first_letter_and_domain() -> None:
    assert masked("ada@acme.example") == "a•••@acme.example"
    assert masked("no address") == ""
