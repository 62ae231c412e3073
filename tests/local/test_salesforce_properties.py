"""Whatever is sent, the parsers answer or refuse; they never fall over."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from local.salesforce.ids import derived_id, is_record_id, to_18
from local.salesforce.oauth import TokenRequest
from local.salesforce.soql_parser import SoqlError, parse
from local.salesforce.versions import VersionNumber

KEYWORDS = "SELECT FROM WHERE AND OR NOT IN LIKE ORDER BY LIMIT OFFSET NULLS LAST COUNT"
OTHERS = "( ) , = != < 'a' '\\' null true 5 -1 2024-01-01T00:00:00Z Id Name User Owner.Name ;"
WORDS = [*KEYWORDS.split(), *OTHERS.split()]


@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_text_is_a_query_or_is_refused(text: str) -> None:
    with contextlib.suppress(SoqlError):
        parse(text)


@given(st.text(alphabet=st.characters(exclude_characters="\\", codec="utf-8"), max_size=50))
def test_a_quoted_text_comes_out_as_it_went_in(text: str) -> None:
    quoted = text.replace("'", "\\'")
    where = parse(f"SELECT Id FROM User WHERE Name = '{quoted}'").where  # noqa: S608
    assert getattr(where, "values", None) == (text,)


@given(st.binary(max_size=300), st.text(max_size=50))
def test_any_login_body_can_be_read(body: bytes, authorization: str) -> None:
    TokenRequest.read(body, authorization, "login.salesforce.com", None).assertion_subject()


@given(st.text(max_size=30), st.sampled_from(["00D", "005", "04t"]))
def test_both_forms_of_an_id_are_the_same_id(seed: str, prefix: str) -> None:
    made = derived_id(prefix, seed)
    assert is_record_id(made, prefix)
    assert is_record_id(made[:15], prefix)
    assert to_18(made[:15]) == made


@given(*(st.integers(0, 9999) for _ in range(4)))
def test_a_version_is_written_as_it_is_read(major: int, minor: int, patch: int, build: int) -> None:
    number = VersionNumber(major, minor, patch, build)
    assert VersionNumber.parse(str(number)) == number
