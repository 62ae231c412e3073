from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import APPROVAL_ID, NOW, org_id_of
from zoom_migrator.domain.errors import LinkRefused
from zoom_migrator.domain.signed_link import (
    MAX_LINK_CHARACTERS,
    LinkClaims,
    LinkPurpose,
    split_link,
)

CLAIMS = LinkClaims(
    purpose=LinkPurpose.UPGRADE,
    org_id=org_id_of(1),
    attempt=2,
    subject=APPROVAL_ID,
    expires_at=NOW,
)
TEXT = f"upgrade.{org_id_of(1)}.2.{APPROVAL_ID}.{int(NOW.timestamp())}"
SIGNATURE = "s" * 43

URL_SAFE = "ABCXYZabcxyz0189_-"
claims = st.builds(
    LinkClaims,
    purpose=st.sampled_from(LinkPurpose),
    org_id=st.integers(0, 10**10 - 1).map(org_id_of),
    attempt=st.integers(1, 999_999),
    subject=st.text(URL_SAFE, min_size=22, max_size=22),
    expires_at=st.integers(1_000_000_000, 9_999_999_999).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC)
    ),
)


def test_a_link_says_who_may_do_what_and_until_when() -> None:
    assert CLAIMS.text == TEXT


@given(claims)
def test_what_was_written_is_read_back(claims: LinkClaims) -> None:
    assert LinkClaims.parse(claims.text) == claims


@given(claims)
def test_a_link_is_safe_in_an_address_as_it_is_and_never_too_long(claims: LinkClaims) -> None:
    link = f"{claims.text}.{SIGNATURE}"

    assert set(link) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.")
    assert len(link) <= MAX_LINK_CHARACTERS
    assert split_link(link) == (claims.text, SIGNATURE)


@given(claims, st.data())
def test_a_link_that_lost_or_gained_a_character_is_damaged_or_says_something_else(
    claims: LinkClaims, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(claims.text) - 1))
    extra = data.draw(st.sampled_from([*URL_SAFE, ".", " ", "/", "%", "\n", "\x00", "é"]))
    shorter = claims.text[:place] + claims.text[place + 1 :]
    longer = claims.text[:place] + extra + claims.text[place:]

    for damaged in (shorter, longer):
        try:
            assert LinkClaims.parse(damaged) != claims
        except LinkRefused:
            continue


@given(st.text(max_size=200))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        assert LinkClaims.parse(text).text == text
    except LinkRefused as refused:
        assert refused.message == "This link is damaged or incomplete."


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "....",
        TEXT.upper(),
        TEXT + ".",
        TEXT + "\n",
        " " + TEXT,
        TEXT.replace("upgrade", "restore"),
        TEXT.replace("upgrade", ""),
        TEXT.replace("upgrade.", ""),
        TEXT.replace(org_id_of(1), org_id_of(1)[:15]),
        TEXT.replace(org_id_of(1), "005" + org_id_of(1)[3:]),
        TEXT.replace(".2.", ".0."),
        TEXT.replace(".2.", ".02."),
        TEXT.replace(".2.", ".-2."),
        TEXT.replace(".2.", ".1000000."),
        TEXT.replace(".2.", ".\u0662."),
        TEXT.replace(APPROVAL_ID, APPROVAL_ID[:-1]),
        TEXT.replace(APPROVAL_ID, APPROVAL_ID + "x"),
        TEXT.replace(APPROVAL_ID, "=" + APPROVAL_ID[1:]),
        TEXT[:-1],
        TEXT + "0",
        TEXT[:-1] + "\u0660",
    ],
)
def test_what_is_not_in_the_form_of_a_link_is_damaged(text: str) -> None:
    with pytest.raises(LinkRefused, match="damaged or incomplete"):
        LinkClaims.parse(text)


@pytest.mark.parametrize(
    "link",
    [
        "",
        ".",
        TEXT,
        SIGNATURE,
        f"{TEXT}.{SIGNATURE[:-1]}",
        f"{TEXT}.{SIGNATURE}s",
        f"{TEXT}.{SIGNATURE}=",
        f"{TEXT}.{SIGNATURE}\n",
        f"{TEXT}.{SIGNATURE}/",
        f"{TEXT}.{'é' * 43}",
        f"{'x' * 200}.{SIGNATURE}",
    ],
)
def test_a_link_without_a_whole_signature_is_damaged(link: str) -> None:
    with pytest.raises(LinkRefused, match="damaged or incomplete"):
        claims, _ = split_link(link)
        LinkClaims.parse(claims)


def test_the_words_of_a_refusal_repeat_nothing_of_the_link() -> None:
    with pytest.raises(LinkRefused) as refused:
        split_link(f"{TEXT}.forged-canary")

    assert "canary" not in str(refused.value)
    assert APPROVAL_ID not in str(refused.value)
