"""What of a request the callback reads: parameters and cookies, with all their values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.visits import a_visit
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import Response, see_other


def test_all_values_of_a_parameter_count() -> None:
    event = a_visit("link", query={"code": "last"})
    event["multiValueQueryStringParameters"] = {"code": ["first", "last"], "state": ["a,b"]}

    assert Request.from_event(event).query == {"code": ("first", "last"), "state": ("a,b",)}


def test_where_only_last_values_are_told_those_count() -> None:
    event = a_visit("link", query={"code": "last"}) | {"multiValueQueryStringParameters": None}

    assert Request.from_event(event).query == {"code": ("last",)}


def test_a_request_may_have_no_query() -> None:
    assert Request.from_event(a_visit("link")).query == {}


@pytest.mark.parametrize(
    ("headers", "cookies"),
    [
        ({}, ()),
        ({"Cookie": ["a=1"]}, (("a", "1"),)),
        ({"cookie": ["a=1; b=x=y", "c="]}, (("a", "1"), ("b", "x=y"), ("c", ""))),
        ({"Cookie": ["a=1;a=2"]}, (("a", "1"), ("a", "2"))),
        ({"Cookie": ["lonely"]}, (("lonely", ""),)),
    ],
)
def test_cookies_keep_their_order(
    headers: dict[str, list[str]], cookies: tuple[tuple[str, str], ...]
) -> None:
    event: dict[str, Any] = a_visit("link") | {"multiValueHeaders": headers}

    assert Request.from_event(event).cookies == cookies


def test_every_cookie_is_a_value_of_its_own() -> None:
    answer = see_other("done/x", cookies=("a=1; Path=/", "b=2; Path=/")).event()

    assert answer["multiValueHeaders"]["Set-Cookie"] == ["a=1; Path=/", "b=2; Path=/"]
    assert answer["multiValueHeaders"]["Location"] == ["done/x"]


def test_without_cookies_nothing_is_said_of_them() -> None:
    assert "Set-Cookie" not in Response(see_other("x").status).event()["multiValueHeaders"]


def test_parameters_and_cookies_show_in_no_representation() -> None:
    event = a_visit("link", query={"code": "canary"}, headers={"Cookie": "a=canary"})

    assert "canary" not in repr(Request.from_event(event))
    assert "canary" not in repr(see_other("x", cookies=("canary",)))
