"""The query of the callback, of which nothing is to be believed; ids as in the list of inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.callback import Consent, Refusal, Unusable, read_callback

ISSUER = "https://zoom.us"
STATE = "s" * 43
CODE = "code-canary"


def read(**parameters: str | Sequence[str]) -> object:
    query = {
        name: [value] if isinstance(value, str) else value for name, value in parameters.items()
    }
    return read_callback(query, issuer=ISSUER)


def test_a_consent() -> None:
    assert read(code=CODE, state=STATE) == Consent(CODE, STATE)


def test_its_secrets_do_not_show() -> None:
    shown = repr(read(code=CODE, state=STATE)) + repr(read(error="access_denied", state=STATE))

    assert CODE not in shown
    assert STATE not in shown


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"state": STATE},
        {"code": "", "state": STATE},
        {"code": CODE, "state": ""},
        {"code": [CODE, CODE], "state": STATE},
        {"code": CODE, "state": [STATE, STATE]},
        {"error": ["access_denied", "access_denied"]},
        {"code": CODE, "state": STATE, "error": "access_denied"},
        {"code": "c" * 2_049, "state": STATE},
        {"code": CODE, "state": "s" * 9_000},
        {"error": "e" * 9_000},
        {"code": "two words", "state": STATE},
        {"code": "two\r\nlines", "state": STATE},
        {"code": "c\x00de", "state": STATE},
        {"code": "cödé", "state": STATE},
        {"redirect": "https://evil.example", "next": "//evil.example"},
    ],
    ids=str,
)
def test_c01_c03_c19_c22_what_is_no_answer_is_malformed(
    parameters: Mapping[str, str | Sequence[str]],
) -> None:
    assert read(**parameters) == Unusable(Outcome.MALFORMED)


def test_c02_a_code_without_a_state() -> None:
    assert read(code=CODE) == Unusable(Outcome.MARKETPLACE_INITIATED)


@pytest.mark.parametrize(
    "state", [STATE[:-1], STATE + "s", STATE + "=", STATE[:-1] + "+", STATE[:-1] + "/", " " + STATE]
)
@pytest.mark.parametrize("other", [{"code": CODE}, {"error": "access_denied"}])
def test_c14_a_state_that_was_not_made_like_this(state: str, other: dict[str, str]) -> None:
    assert read(state=state, **other) == Unusable(Outcome.UNKNOWN_STATE)


def test_c15_any_error_counts_as_declined() -> None:
    for error in ("access_denied", "user_cancelled", "server_error", "<script>"):
        assert read(error=error, state=STATE) == Refusal(Outcome.DECLINED, STATE)


def test_c15b_a_denial_may_lack_the_state() -> None:
    assert read(error="access_denied", error_description="x") == Refusal(Outcome.DECLINED, None)


@pytest.mark.parametrize(
    "error",
    ["invalid_request", "invalid_scope", "unauthorized_client", "unsupported_response_type"],
)
def test_some_errors_can_only_be_about_the_app(error: str) -> None:
    assert read(error=error, state=STATE) == Refusal(Outcome.OUR_MISCONFIGURATION, STATE)


def test_c21_a_comma_separates_nothing() -> None:
    assert read(code="one,two", state=STATE) == Consent("one,two", STATE)


def test_c24_an_issuer_that_is_sent_has_to_be_zoom() -> None:
    assert read(code=CODE, state=STATE, iss=ISSUER) == Consent(CODE, STATE)
    for iss in ("https://login.salesforce.com", "https://zoom.us/", "zoom.us"):
        assert read(code=CODE, state=STATE, iss=iss) == Unusable(Outcome.MALFORMED)


def test_c28_parameters_that_are_not_zooms_are_ignored() -> None:
    answer = read(code=CODE, state=STATE, redirect="https://evil.example", RelayState="//evil")

    assert answer == Consent(CODE, STATE)


@given(
    st.dictionaries(
        st.sampled_from(["code", "state", "error", "iss", "error_description", "next"]),
        st.lists(st.text(max_size=60), max_size=3),
    )
)
def test_whatever_is_sent_nothing_breaks(query: dict[str, list[str]]) -> None:
    assert isinstance(read_callback(query, issuer=ISSUER), Consent | Refusal | Unusable)
