"""Requests and forms, of which nothing is to be believed."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Any

import pytest

from tests.visits import FORM, a_form, a_visit
from zoom_migrator.adapters.web.form import FORM_LIMIT_BYTES, read_form
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request


def a_request(**changes: Any) -> Request:
    return Request.from_event(a_visit("link", **changes))


def posted(body: str, content_type: str = FORM, *, is_base64: bool = False) -> Request:
    return a_request(
        method="POST", headers={"Content-Type": content_type}, body=body, is_base64=is_base64
    )


def refusal_of(request: Request) -> tuple[HTTPStatus, str]:
    with pytest.raises(Refusal) as refused:
        read_form(request)
    return refused.value.status, refused.value.outcome


def test_a_request_is_read_from_its_event() -> None:
    request = a_request(method="HEAD", headers={"X-Some": "thing"})

    assert (request.method, request.resource) == ("HEAD", "/approve/{link}")
    assert request.path == {"link": "link"}
    assert request.header("x-SOME") == "thing"
    assert request.header("x-other") == ""


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"requestContext": None, "headers": None, "multiValueHeaders": None, "body": None},
        {"requestContext": {"identity": None}, "pathParameters": None},
    ],
)
def test_what_an_event_lacks_is_empty(event: dict[str, Any]) -> None:
    request = Request.from_event(event)

    assert (request.method, request.resource, request.source_ip) == ("", "", "")
    assert (request.path, request.headers, request.body(10)) == ({}, {}, b"")


def test_all_values_of_a_header_count_whatever_the_case_of_its_name() -> None:
    event = a_visit("link")
    event["multiValueHeaders"] = {"Accept": ["a", "b"], "accept": ["c"]}
    event["headers"] = {"Accept": "last only"}

    assert Request.from_event(event).header("Accept") == "a, b, c"


def test_headers_in_their_single_form_are_read_where_there_is_no_other() -> None:
    event = a_visit("link", headers={"X-Some": "thing"})
    del event["multiValueHeaders"]

    assert Request.from_event(event).header("X-Some") == "thing"


@pytest.mark.parametrize(
    ("address", "browser", "source"),
    [
        ("203.0.113.7", "Firefox", "203.0.113.7 Firefox"),
        ("2001:db8::1", "", "2001:db8::1 unknown browser"),
        ("", "Firefox", "unknown address Firefox"),
        ("203.0.113.7", "Fire\r\nfox\x1b[31m\u202e", "203.0.113.7 Firefox[31m"),
        ("9" * 500, "x" * 5000, "9" * 45 + " " + "x" * 200),
    ],
)
def test_where_a_request_came_from_is_clean_and_short(
    address: str, browser: str, source: str
) -> None:
    assert a_request(source_ip=address, headers={"User-Agent": browser}).source == source


def test_secrets_of_a_request_are_not_printed() -> None:
    event = a_visit("signed-link", headers={"Cookie": "session"}, body="token=form-token")

    printed = repr(Request.from_event(event))

    assert not [each for each in ("signed-link", "session", "form-token") if each in printed]


def test_a_form_is_read_as_browsers_send_it() -> None:
    request = Request.from_event(a_form("link", {"name": "Zoë & Co", "empty": "", "plus": "a+b c"}))

    assert read_form(request) == {"name": "Zoë & Co", "empty": "", "plus": "a+b c"}


def test_an_encoded_body_is_the_same_form() -> None:
    encoded = base64.b64encode(b"name=Grace").decode()

    assert read_form(posted(encoded, is_base64=True)) == {"name": "Grace"}


def test_a_form_may_name_its_alphabet() -> None:
    assert read_form(posted("name=Grace", FORM + "; charset=UTF-8")) == {"name": "Grace"}


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "multipart/form-data; boundary=x", "text/plain", "x" * 99],
)
def test_what_is_no_form_is_refused(content_type: str) -> None:
    assert refusal_of(posted("name=Grace", content_type)) == (415, "not_a_form")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("name=a&name=b", id="a field twice"),
        pytest.param("name=%ff%fe", id="no UTF-8"),
        pytest.param("name=ä", id="not encoded"),
        pytest.param("&".join(f"f{number}=x" for number in range(21)), id="too many fields"),
    ],
)
def test_a_malformed_form_is_refused(body: str) -> None:
    assert refusal_of(posted(body)) == (400, "malformed_form")


@pytest.mark.parametrize("body", ["%%%", "bmFtZT1=x", "not base 64", "=", "a"])
def test_a_body_that_is_not_encoded_as_it_says_is_refused(body: str) -> None:
    assert refusal_of(posted(body, is_base64=True)) == (400, "malformed_body")


@pytest.mark.parametrize("is_base64", [False, True])
def test_a_long_form_is_taken_up_to_its_limit_and_refused_beyond(is_base64: bool) -> None:
    def of_length(length: int) -> Request:
        body = ("n=" + "x" * length)[:length]
        encoded = base64.b64encode(body.encode()).decode()
        return posted(encoded if is_base64 else body, is_base64=is_base64)

    assert read_form(of_length(FORM_LIMIT_BYTES))
    assert refusal_of(of_length(FORM_LIMIT_BYTES + 1)) == (413, "too_large")
    assert refusal_of(of_length(FORM_LIMIT_BYTES * 100)) == (413, "too_large")


def test_length_counts_in_bytes() -> None:
    assert refusal_of(posted("ä" * (FORM_LIMIT_BYTES // 2 + 1))) == (413, "too_large")


def test_half_a_character_is_malformed() -> None:
    assert refusal_of(posted("name=\ud83d")) == (400, "malformed_body")
