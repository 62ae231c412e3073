from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zoom_migrator.domain.salesforce_id import case_checksum, organization_id

letters_and_digits = string.ascii_letters + string.digits
org_ids_15 = st.text(letters_and_digits, min_size=12, max_size=12).map(lambda rest: "00D" + rest)


@pytest.mark.parametrize(
    ("id15", "suffix"),
    [
        ("033370000004aaU", "AAQ"),  # the Zoom package
        ("0338a000000ZZic", "AAG"),  # the other Zoom package
        ("04t1S000000ASBd", "QAO"),
        ("04t8a000000upvw", "AAA"),
        ("00D000000000062", "EAA"),
        ("00DABCDEFGHIJKL", "255"),
        ("00dabcdefghijkl", "AAA"),
    ],
)
def test_the_checksum_is_that_of_known_ids(id15: str, suffix: str) -> None:
    assert case_checksum(id15) == suffix


@given(org_ids_15)
def test_both_forms_of_an_id_are_one_org(id15: str) -> None:
    id18 = organization_id(id15)

    assert len(id18) == 18
    assert id18.startswith(id15)
    assert organization_id(id18) == id18


@given(org_ids_15)
def test_the_case_of_the_checksum_itself_does_not_matter(id15: str) -> None:
    id18 = organization_id(id15)

    assert organization_id(id15 + id18[15:].lower()) == id18


@given(org_ids_15, st.integers(min_value=3, max_value=14))
def test_an_18_character_id_with_a_letter_of_changed_case_is_refused(id15: str, place: int) -> None:
    assume(id15[place].isalpha())
    id18 = organization_id(id15)
    changed = id18[:place] + id18[place].swapcase() + id18[place + 1 :]

    with pytest.raises(ValueError, match="wrong checksum"):
        organization_id(changed)


def test_an_id_that_a_spreadsheet_put_in_capitals_is_refused() -> None:
    with pytest.raises(ValueError, match="wrong checksum"):
        organization_id(organization_id("00D5gabcdefghij").upper())


def test_two_ids_that_differ_in_case_only_are_two_orgs() -> None:
    assert organization_id("00D5g000000abcd") != organization_id("00D5g000000abcD")


def test_spaces_around_an_id_do_not_matter() -> None:
    assert organization_id(" 00D000000000062\t") == "00D000000000062EAA"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "15 or 18"),
        ("00D", "15 or 18"),
        ("00D00000000006", "15 or 18"),
        ("00D0000000000621", "15 or 18"),
        ("00D000000000062EA", "15 or 18"),
        ("00D000000000062EAAA", "15 or 18"),
        ("00D00000000006-", "15 or 18"),
        ("00D00000000 062", "15 or 18"),
        ("00D00000000006\u0662", "15 or 18"),
        ("00D00000000006\u00e9", "15 or 18"),
        ("00D000000000062\x00\x00\x00", "15 or 18"),
        ("00D000000000062EAB", "wrong checksum"),
        ("005000000000062", "begin with 00D"),
        ("00d000000000062", "begin with 00D"),
    ],
)
def test_what_is_not_an_org_id_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        organization_id(text)
    assert str(refused.value).startswith(repr(text.strip()))


def test_a_huge_cell_is_not_repeated_in_the_reason() -> None:
    with pytest.raises(ValueError, match="15 or 18") as refused:
        organization_id("0" * 1_000_000)

    assert len(str(refused.value)) < 200


@given(st.text(max_size=30))
def test_any_text_is_an_org_id_or_refused(text: str) -> None:
    try:
        id18 = organization_id(text)
    except ValueError:
        return
    assert len(id18) == 18
    assert id18[:15] == text.strip()[:15]
