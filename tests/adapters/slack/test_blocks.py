"""Every message stays within Slack's limits, and nothing in it means anything to Slack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from local.slack import block_rules
from scripts.notice_examples import notices
from scripts.render_notices import telling_of, telling_of_scan
from tests.adapters.slack.lab import CLAIMS, LINK, a_message, with_choices
from zoom_migrator.adapters.slack.blocks import SlackContent, content_of, content_of_reply
from zoom_migrator.adapters.slack.parts import MAX_BLOCKS, MAX_CHARACTERS
from zoom_migrator.domain.digest_words import MAX_ITEMS, digest_of
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_message import (
    Action,
    ActionKind,
    Choice,
    ChoiceAnswer,
    DigestItem,
    DigestMessage,
    DigestSection,
    Message,
    Tone,
)
from zoom_migrator.domain.notice_words import message_of

TELLINGS = [*map(telling_of, notices()), telling_of_scan()]
UNTIL = datetime(2026, 7, 15, 7, tzinfo=UTC)
HOSTILE = "<!channel> <https://evil.example|Approve> & @here #general *x* `y` :tada:\u202e\x00\n"
# JSON doubles quotation marks, and nobody knows whether Slack counts them twice.
LETTERS = st.characters(exclude_characters='"\\')
PARTS = st.text(LETTERS, max_size=8) | st.text("<&>*`|", max_size=8)
TEXTS = st.builds(lambda part, times: part * times, PARTS, st.integers(1, 800))


def checked(content: SlackContent) -> SlackContent:
    """The same content, if Slack takes it."""
    block_rules.check(content.text, content.blocks)
    # What slack_sdk reads again it checks again.
    assert [block.to_dict() for block in Block.parse_all(content.blocks)] == content.blocks
    assert len(content.blocks) <= MAX_BLOCKS
    assert len(json.dumps(content.blocks, ensure_ascii=False)) <= MAX_CHARACTERS
    return content


def texts_of(content: SlackContent) -> Iterator[dict[str, Any]]:
    """Every text object, wherever it is."""

    def within(part: Any) -> Iterator[dict[str, Any]]:
        if isinstance(part, dict):
            if part.get("type") in ("mrkdwn", "plain_text"):
                yield part
            else:
                for value in part.values():
                    yield from within(value)
        elif isinstance(part, list):
            for value in part:
                yield from within(value)

    yield from within(content.blocks)


def shown(content: SlackContent) -> str:
    """All texts, one after the other."""
    return "\n".join(part["text"] for part in texts_of(content))


@pytest.mark.parametrize("with_buttons", [True, False])
@pytest.mark.parametrize("telling", TELLINGS, ids=lambda telling: telling.kind)
def test_every_kind_is_within_the_limits_and_says_everything(
    telling: Any, with_buttons: bool
) -> None:
    message = message_of(telling)

    content = checked(content_of(message, with_buttons=with_buttons))

    said = shown(content)
    for text in (*message.paragraphs, *message.steps, *message.obstacles, *message.footnotes):
        assert escape(text, quote=False) in said
    if message.action:
        assert message.action.url.replace("&", "&amp;") in json.dumps(content.blocks)


def test_the_examples_are_of_every_kind() -> None:
    assert {telling.kind for telling in TELLINGS} == set(NoticeKind)


def test_a_digest_of_a_thousand_orgs_lists_some_and_counts_the_others() -> None:
    first = TELLINGS[0]
    many = [
        replace(
            telling,
            ref=telling.ref._replace(attempt=number),
            action=Action(ActionKind.APPROVE, "Look at the upgrade", LINK + "x" * 160),
        )
        for number in range(1, 501)
        for telling in (first, TELLINGS[8])
    ]

    content = checked(content_of(digest_of(many, lambda each: each.action), with_buttons=True))

    said = shown(content)
    listed = len(re.findall(r"^• \*", said, re.MULTILINE))
    counted = sum(map(int, re.findall(r"^• and (\d+) more$", said, re.MULTILINE)))
    assert 10 <= listed <= MAX_ITEMS
    assert listed + counted == 1_000


def test_a_digest_of_every_kind_at_once_has_a_heading_for_each() -> None:
    content = checked(content_of(digest_of(TELLINGS, lambda each: each.action), with_buttons=True))

    assert len(re.findall(r"^\*.*\(1\)\*$", shown(content), re.MULTILINE)) == len(TELLINGS)


def test_what_a_digest_has_no_room_for_is_counted_with_its_section() -> None:
    item = DigestItem("Acme", "x" * 400, Action(ActionKind.APPROVE, "Look", LINK + "y" * 1_000))
    digest = DigestMessage(
        Tone.TO_DO,
        "Zoom: two things",
        "Acme.",
        ("Two things.",),
        (
            DigestSection("First", Tone.BAD, (item,) * 3),
            DigestSection("Second", Tone.TO_DO, (item,) * 9, more=1_000),
        ),
    )

    said = shown(checked(content_of(digest, with_buttons=False)))

    assert "*First (3)*" in said
    assert said.count("*Acme*") == 4
    assert "• and 1,008 more" in said


def test_links_alone_where_nobody_listens_for_presses() -> None:
    content = checked(content_of(with_choices(a_message()), with_buttons=False))

    assert '"button"' not in json.dumps(content.blocks)
    assert f"➜ *<{LINK}|Look at the upgrade>*" in shown(content)


def test_a_button_carries_claims_and_asks_back_and_has_no_signature() -> None:
    content = checked(content_of(with_choices(a_message()), with_buttons=True))

    (actions,) = [block for block in content.blocks if block["type"] == "actions"]
    approve, decline, opens = actions["elements"]
    assert [one["action_id"] for one in actions["elements"]] == ["approve", "decline", "open"]
    assert [one.get("value") for one in (approve, decline)] == [CLAIMS, CLAIMS]
    assert opens["url"] == LINK
    assert "value" not in opens
    assert "canary" not in json.dumps([approve, decline])
    assert approve["confirm"]["title"]["text"] == "Install it?"
    assert [one.get("style") for one in actions["elements"]] == ["primary", None, None]


def test_nothing_from_outside_becomes_a_link_a_mention_or_a_layout() -> None:
    message = a_message(
        subject=HOSTILE,
        preheader=HOSTILE,
        paragraphs=(HOSTILE,),
        facts=((HOSTILE, HOSTILE),),
        steps=(HOSTILE, HOSTILE),
        who=HOSTILE,
        obstacles=(HOSTILE,),
        footnotes=(HOSTILE,),
    )

    content = checked(content_of(message, with_buttons=False))

    for part in texts_of(content):
        own = part["text"].replace(f"<{LINK}|Look at the upgrade>", "")
        if part["type"] == "mrkdwn":
            assert part["verbatim"] is True
            assert "<" not in own
            assert ">" not in own
        assert "\u202e" not in own
        assert "\x00" not in own
    assert "<" not in content.text


def test_a_links_address_cannot_end_the_link() -> None:
    action = Action(ActionKind.INSTALL, "In|st>all <it>", "https://x.example/?a=1&b=<|> 2")

    content = checked(content_of(a_message(action=action), with_buttons=False))

    assert "<https://x.example/?a=1&amp;b=%3C%7C%3E%202|In|st&gt;all &lt;it&gt;>" in shown(content)


def test_an_entity_is_never_cut_in_two() -> None:
    content = checked(content_of_reply("&" * 5_000))

    assert content.text.endswith("&amp;…")
    assert re.fullmatch(r"(&amp;)+…", content.text)


@given(
    text=TEXTS,
    count=st.integers(0, 40),
    label=st.text(min_size=1, max_size=60),
    with_buttons=st.booleans(),
)
def test_no_text_is_too_long_however_it_is_repeated(
    text: str, count: int, label: str, with_buttons: bool
) -> None:
    choice = Choice(ChoiceAnswer.APPROVE, label, text or "x", text or "x", label)
    other = replace(choice, answer=ChoiceAnswer.DECLINE)
    message = Message(
        kind=NoticeKind.UPGRADE_APPROVAL_NEEDED,
        tone=Tone.TO_DO,
        org=text,
        subject=text or "x",
        preheader=text,
        paragraphs=(text,) * count,
        facts=((text, text),) * count,
        steps=(text,) * min(count, 3),
        who=text,
        obstacles=(text,) * count,
        action=Action(
            ActionKind.APPROVE,
            label,
            f"https://migrator.example/{'x' * 200}",
            UNTIL,
            claims="c" * 150,
            choices=(choice, other),
        ),
        footnotes=(text,) * count,
    )

    checked(content_of(message, with_buttons=with_buttons))


@given(text=TEXTS, sections=st.integers(0, 28), items=st.integers(0, 24))
def test_no_digest_is_too_long(text: str, sections: int, items: int) -> None:
    item = DigestItem(text, text, Action(ActionKind.APPROVE, text or "x", "https://x.example/"))
    section = DigestSection(text, Tone.BAD, (item,) * items, more=7)
    digest = DigestMessage(
        Tone.BAD, text, text, (text,), (section,) * sections, (text,) * 9, (text,) * 9
    )

    checked(content_of(digest, with_buttons=True))
