"""Words of the other side: made legible, cut, and rid of what looks like a secret."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoom_migrator.adapters.http_client.wording import (
    Spellings,
    legible,
    public_detail,
    public_name,
    spellings,
)
from zoom_migrator.adapters.salesforce.queries import quoted

TOKEN = "00D5g0000000001!AQoAQGx.made_up-9"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("as it is", "as it is"),
        ("  blanks around \n", "blanks around"),
        ("two\nlines", "two lines"),
        ("a\x00b\x1b[0mc\x7f", "ab[0mc"),
        ("Acme \u202e evil", "Acme  evil"),
        ("half \ud83d a pair", "half  a pair"),
        ("Zürich \N{SNOWMAN}", "Zürich \N{SNOWMAN}"),
        ("123456789012", "123456789…"),
    ],
)
def test_a_text_is_made_legible(text: str, shown: str) -> None:
    assert legible(text, 10 if text.startswith("123") else 100) == shown


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"Session {TOKEN} is expired",
        f"sid={TOKEN.replace('!', '%21')}&x=y",
        f'{{"access_token":"{TOKEN}"}}',
        TOKEN[:20] + "\x00" + TOKEN[20:],
        f"assertion={JWT}",
        f"Bearer {JWT}.",
        JWT.rpartition(".")[0],
        "canary-secret inside",
        "canary-\u200bsecret with something invisible",
    ],
)
def test_what_looks_like_a_secret_or_is_one_is_removed(text: str) -> None:
    shown = public_detail(text, ["canary-secret", ""])

    assert "[removed]" in shown
    for part in ("AQoAQ", "made_up", "eyJ", "c2ln", "canary"):
        assert part not in shown


def test_a_name_is_rid_of_what_looks_like_a_secret_and_cut() -> None:
    assert public_name(f"Acme {TOKEN} {'x' * 300}") == f"Acme [removed] {'x' * 239}…"


def test_ids_that_are_no_secrets_stay() -> None:
    said = "org 00D5g0000000001AAA has no version 04t1S000000ASBdQAO!"

    assert public_detail(said) == said


@given(st.text(max_size=600), st.text(max_size=600))
def test_a_detail_is_always_fit_to_be_stored_and_shown(before: str, after: str) -> None:
    shown = public_detail(f"{before} {TOKEN} {after}")

    assert len(shown) <= 300
    assert shown.isprintable()
    assert "AQoAQ" not in shown
    shown.encode()


@given(st.text())
def test_a_quoted_value_cannot_end_its_own_quotes(value: str) -> None:
    literal = quoted(value)

    assert literal[0] == literal[-1] == "'"
    inner = literal[1:-1].replace("\\\\", "").replace("\\'", "")
    assert "'" not in inner
    assert "\n" not in literal
    assert "\r" not in literal


@pytest.mark.parametrize(
    "written",
    [
        lambda key: key,
        quote_plus,
        lambda key: quoted(key)[1:-1],
        lambda key: json.dumps(quoted(key))[2:-2],
        lambda key: quote_plus(quoted(key)[1:-1]),
        lambda key: json.dumps({"q": quote_plus(quoted(key)[1:-1])}),
        lambda key: html.escape(key).replace("&#x27;", "&#39;"),
    ],
)
def test_a_secret_is_recognised_however_it_is_written(written: Callable[[str], str]) -> None:
    key = 'it\'s \\ "ключ" & <key>'

    shown = public_detail(f"before {written(key)} after", spellings(key))

    assert "[removed]" in shown
    assert "ключ" not in shown
    assert quote_plus("ключ") not in shown
    assert "it" not in shown


def test_what_is_spelled_late_is_spelled_alike_and_can_be_gone_through_again() -> None:
    late = Spellings("a secret", "", "it's another")

    expected = [*spellings("a secret"), *spellings("it's another")]
    assert [*late] == [*late] == expected
    assert "secret" not in repr(late)


def test_no_secret_has_no_spellings() -> None:
    assert spellings("") == ()


@given(st.text(min_size=1, max_size=30))
def test_the_spellings_of_a_secret_are_few(secret: str) -> None:
    assert secret in spellings(secret)
    assert len(spellings(secret)) <= 62


def test_what_is_hidden_by_its_looks_is_hidden_before_the_words_are_shortened() -> None:
    said = "x" * 295 + " 0123456789"

    shown = public_detail(said, hide=lambda text: text.replace("0123456789", "?"))

    assert shown == "x" * 295 + " ?"
