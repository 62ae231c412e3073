from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.notice_examples import notices
from scripts.render_notices import telling_of
from zoom_migrator.adapters.mail.text import WIDTH, as_text
from zoom_migrator.domain.digest_words import digest_of
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import Action, ActionKind, Message, Tone
from zoom_migrator.domain.notice_words import message_of

TELLINGS = [telling_of(notice) for notice in notices()]
URL = "https://migrator.example/approve/" + "x" * 150


def a_message(**changes: object) -> Message:
    message = Message(NoticeKind.MIGRATED, Tone.GOOD, "Acme", "Done", "All done.", ("It is done.",))
    return replace(message, **changes)  # type: ignore[arg-type]


def test_a_message_stands_in_blocks() -> None:
    message = a_message(
        facts=(("Org", "Acme"), ("Version now", "3.30")),
        steps=("Open it.", "Read it."),
        who="The admin.",
        action=Action(ActionKind.APPROVE, "Look", URL),
        obstacles=("If it breaks: mend it.",),
        footnotes=("It is late.",),
    )

    assert as_text(message, unsubscribe_url="https://migrator.example/mute/x") == (
        "It is done.\n\n"
        "Org:         Acme\n"
        "Version now: 3.30\n\n"
        "What to do\n"
        "----------\n"
        "1. Open it.\n"
        "2. Read it.\n\n"
        f"Look:\n{URL}\n\n"
        "Who has to do it\n"
        "----------------\n"
        "The admin.\n\n"
        "If something goes wrong\n"
        "-----------------------\n"
        "* If it breaks: mend it.\n\n"
        "-- \n"
        "It is late.\n\n"
        "To end reminders like this one, and nothing else:\n"
        "https://migrator.example/mute/x\n"
    )


def test_what_is_not_there_leaves_no_gap() -> None:
    assert as_text(a_message()) == "It is done.\n"


def test_a_single_step_has_no_number() -> None:
    assert "----------\nOpen it.\n" in as_text(a_message(steps=("Open it.",), who="You."))


def test_no_line_is_wider_than_mailboxes_show_but_addresses_stay_whole() -> None:
    message = a_message(paragraphs=("word " * 60,), action=Action(ActionKind.APPROVE, "Look", URL))

    lines = as_text(message).splitlines()

    assert URL in lines
    assert all(len(line) <= WIDTH for line in lines if line != URL)


def test_a_command_stays_on_one_line() -> None:
    command = "`zoom-migrator migrate start 00D5g0000000001EAA`"
    message = a_message(paragraphs=(f"{'word ' * 10}then {command} and no more.",))

    assert any(command in line for line in as_text(message).splitlines())


@pytest.mark.parametrize("telling", TELLINGS, ids=lambda telling: telling.kind)
def test_every_kind_can_be_shown(telling: object) -> None:
    assert as_text(message_of(telling)).endswith("\n")  # type: ignore[arg-type]


def test_a_digest_lists_its_orgs_with_their_links() -> None:
    text = as_text(digest_of(TELLINGS, lambda telling: telling.action))

    assert "Upgrades to approve (1)\n-----------------------\n\n* Aster Foods\n" in text
    assert "  Connect to Zoom: https://migrator.example/authorize/" in text


def test_a_digest_counts_what_it_does_not_list() -> None:
    many = [
        replace(TELLINGS[0], ref=TELLINGS[0].ref._replace(attempt=number))
        for number in range(1, 31)
    ]

    assert "* and 6 more" in as_text(digest_of(many, lambda _: None))
