"""The HTML part says what the text part says, fetches nothing, and lets nobody lay it out."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.notice_examples import notices
from scripts.render_notices import telling_of, telling_of_scan
from tests.adapters.slack.lab import a_message
from zoom_migrator.adapters.mail.html import as_html
from zoom_migrator.adapters.mail.text import as_text
from zoom_migrator.domain.digest_words import digest_of
from zoom_migrator.domain.notice_message import Action, ActionKind, Message, Tone
from zoom_migrator.domain.notice_words import message_of

TELLINGS = [*map(telling_of, notices()), telling_of_scan()]
MESSAGES = {telling.kind.value: message_of(telling) for telling in TELLINGS}
DIGEST = digest_of(TELLINGS, lambda telling: telling.action)
MUTE = "https://migrator.example/mute/mute-one.x.y.z"
# Google's mailbox cuts off what is longer; Google Workspace, "Gmail size limits".
LONGEST = 102_000
HOSTILE = (
    "<b>x</b> & \"'\u202e\x00 <script>alert(1)</script> {{ 7 * 7 }} <img src=//evil.example/i>"
)


class Reader(HTMLParser):
    """What a person reads, and what a mailbox would have to fetch."""

    HIDDEN = ("style", "title", "head")
    VOID = ("meta", "br", "img", "link", "hr")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.fetched += [named[name] for name in ("src", "background", "srcset") if name in named]
        self.fetched += re.findall(r"url\([^)]*\)|@import", named.get("style", ""))
        if tag == "a":
            self.links.append(named.get("href", ""))
        elif "href" in named:
            self.fetched.append(named["href"])
        hides = tag in self.HIDDEN or "display:none" in named.get("style", "")
        if tag not in self.VOID:
            self._open.append((tag, hides))
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag, f"{opened} is closed by {tag}"
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if any(tag == "style" for tag, _ in self._open):
            self.fetched += re.findall(r"url\([^)]*\)|@import", data)
        if not any(hides for _, hides in self._open):
            self.words.append(data)

    def is_balanced(self) -> bool:
        return not self._open


def said_by(text: str) -> list[str]:
    """The words of a part, without what only its form makes necessary."""
    bare = re.sub(r"https?://\S+", " ", text)
    bare = re.sub(r"^(\* |\d\. |-+ ?$)", "", bare, flags=re.MULTILINE)
    return re.findall(r"[^\s`:]+", bare.replace("stop them", ""))


def said_by_html(html: str, subject: str) -> list[str]:
    words = said_by(Reader(html).text)
    # The text part leaves the subject to the mail's own header.
    heading = said_by(subject)
    assert words[: len(heading)] == heading
    return [word for word in words[len(heading) :] if not re.fullmatch(r"\*|\d\.", word)]


@pytest.mark.parametrize("kind", MESSAGES)
def test_both_parts_of_every_kind_say_the_same(kind: str) -> None:
    message = MESSAGES[kind]
    url = MUTE if message.is_mutable else ""

    html = as_html(message, unsubscribe_url=url)

    assert said_by_html(html, message.subject) == said_by(as_text(message, unsubscribe_url=url))


def test_both_parts_of_a_digest_say_the_same() -> None:
    assert said_by_html(as_html(DIGEST), DIGEST.subject) == said_by(as_text(DIGEST))


@pytest.mark.parametrize("message", [*MESSAGES.values(), DIGEST], ids=[*MESSAGES, "digest"])
def test_nothing_is_fetched_and_nothing_runs(message: Any) -> None:
    reader = Reader(as_html(message, unsubscribe_url=MUTE))

    assert reader.fetched == []
    assert reader.is_balanced()
    assert not {"script", "img", "link", "form", "iframe", "object", "svg"} & set(reader.tags)
    assert len(as_html(message)) < LONGEST


@pytest.mark.parametrize("message", [*MESSAGES.values(), DIGEST], ids=[*MESSAGES, "digest"])
def test_all_links_are_those_of_the_text_part(message: Any) -> None:
    links = Reader(as_html(message, unsubscribe_url=MUTE)).links

    assert sorted(links) == sorted(
        re.findall(r"https?://[^\s”]+", as_text(message, unsubscribe_url=MUTE))
    )


def test_it_tells_mailboxes_that_it_can_be_dark() -> None:
    html = as_html(a_message())

    assert '<meta name="color-scheme" content="light dark">' in html
    assert '<meta name="supported-color-schemes" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_it_is_one_column_that_is_as_narrow_as_it_has_to_be() -> None:
    html = as_html(a_message())

    assert "max-width:600px" in html
    assert set(re.findall(r'(?<!max-)width[=:]"?(\d+\w*%?)', html)) <= {"100%", "34%", "0"}


def test_what_a_mailbox_shows_of_it_in_its_list_is_the_preheader_alone() -> None:
    html = as_html(a_message(preheader="It is to be upgraded."))

    before, _, rest = html.partition("It is to be upgraded.")
    assert before.endswith('mso-hide:all">')
    assert re.sub(r"&#847;|&zwnj;|&nbsp;", "", rest.partition("</div>")[0]) == ""


def test_nothing_from_outside_is_markup() -> None:
    message = a_message(
        subject=HOSTILE,
        preheader=HOSTILE,
        paragraphs=(HOSTILE, f"`{HOSTILE}`"),
        facts=((HOSTILE, HOSTILE),),
        steps=(HOSTILE, HOSTILE),
        who=HOSTILE,
        obstacles=(HOSTILE,),
        footnotes=(HOSTILE,),
        action=Action(ActionKind.INSTALL, HOSTILE, 'https://x.example/?a="><script>'),
    )

    html = as_html(message, unsubscribe_url='https://x.example/"><script>')

    reader = Reader(html)
    assert not {"script", "img", "b"} & set(reader.tags)
    assert reader.is_balanced()
    assert reader.fetched == []
    assert "49" not in html
    assert "\u202e" not in html
    assert "\x00" not in html


def test_a_command_is_shown_as_one() -> None:
    html = as_html(a_message(paragraphs=("Run `zoom-migrator orgs list` now.",)))

    assert re.search(r"<code [^>]*>zoom-migrator orgs list</code> now\.", html)


@pytest.mark.parametrize("tone", Tone)
def test_each_tone_has_a_colour_in_both_schemes(tone: Tone) -> None:
    html = as_html(a_message(tone=tone))

    assert f'<h1 class="{tone}"' in html
    assert re.search(rf"\.{tone}\b.*color: #", html)


@given(text=st.text(max_size=50))
def test_any_text_leaves_the_document_whole(text: str) -> None:
    message: Message = replace(
        a_message(), org=text, subject=text, paragraphs=(text,), facts=((text, text),)
    )

    assert Reader(as_html(message)).is_balanced()
